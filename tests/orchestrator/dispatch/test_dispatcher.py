"""The dispatcher: tickets in, grants out, no slot lost for ever."""

from contextlib import suppress

import pytest

from media_jobs.dispatch import DispatchState, Place
from media_jobs.errors import UpstreamError
from orchestrator.dispatch import dispatcher
from orchestrator.dispatch.dispatcher import read_capacity
from tests.orchestrator.dispatch.stage import T0, Stage


def test_the_first_job_is_told_as_soon_as_the_container_has_said_what_it_can() -> None:
    stage = Stage()

    assert not stage.request("j1")
    stage.wait()

    assert (stage.told, stage.holders(), stage.asked) == (["j1"], {"j1"}, 1)


def test_with_a_known_capacity_a_free_slot_is_granted_in_the_answer() -> None:
    stage = Stage()
    stage.request("j1")
    stage.wait()

    assert stage.request("j2")
    assert stage.request("j2")  # Asking twice takes no second slot.
    assert not stage.request("j3")
    assert stage.holders() == {"j1", "j2"}


def test_a_slot_given_back_goes_to_who_waits_longest() -> None:
    stage = Stage(capacity=1)
    for job_id in ("j1", "j2", "j3"):
        stage.request(job_id)
        stage.wait(10)

    stage.release("j1")
    stage.wait()

    assert (stage.holders(), stage.told) == ({"j2"}, ["j1", "j2"])


def test_a_silent_container_is_granted_nothing_and_asked_with_growing_pauses() -> None:
    stage = Stage(capacity=None)
    stage.request("j1")

    stage.wait(600_000)

    assert stage.holders() == set()
    assert 10 <= stage.asked <= 25
    stage.capacity = 1
    stage.wait(60_000)
    assert stage.holders() == {"j1"}


def test_nobody_waiting_costs_nothing() -> None:
    stage = Stage()
    stage.request("j1")
    stage.wait()
    stage.release("j1")
    stage.wait()
    asked = stage.asked

    stage.wait(24 * 3_600_000)

    assert (stage.disk.alarm_ms, stage.asked) == (None, asked)


def test_a_full_container_lets_its_job_wait_and_is_asked_again_when_it_said() -> None:
    stage = Stage(capacity=1)
    stage.request("j1")
    stage.wait()

    dispatcher.defer("j1", 1, 7_000, stage.ports)
    stage.wait(6_999)
    assert stage.holders() == set()
    stage.wait(1)

    assert (stage.holders(), stage.told) == ({"j1"}, ["j1", "j1"])


def test_a_job_that_was_not_reached_is_told_again() -> None:
    stage = Stage()
    stage.unreachable.add("j1")
    stage.request("j1")
    stage.wait()
    assert (stage.holders(), stage.told) == ({"j1"}, [])

    stage.unreachable.clear()
    stage.wait(60_000)

    assert stage.told == ["j1"]


def test_a_slot_whose_job_forgot_it_comes_back_by_itself() -> None:
    stage = Stage(capacity=1)
    stage.request("j1")
    stage.wait()
    stage.request("j2")
    stage.needed.discard("j1")

    stage.wait(15 * 60_000)

    assert stage.holders() == {"j2"}


def test_a_held_slot_stays_as_long_as_its_job_needs_it() -> None:
    stage = Stage(capacity=1)
    stage.request("j1")
    stage.wait()
    stage.request("j2")

    stage.wait(6 * 3_600_000)

    assert stage.holders() == {"j1"}


def test_a_late_return_of_an_old_attempt_takes_nothing_from_the_new_one() -> None:
    stage = Stage()
    stage.request("j1", attempt=1)
    stage.wait()
    stage.request("j1", attempt=2)
    stage.wait()

    dispatcher.release("j1", 1, stage.ports)

    assert stage.holders() == {"j1"}
    assert not stage.request("j1", attempt=1)


def test_capacity_that_shrinks_grants_nothing_until_there_is_room() -> None:
    stage = Stage(capacity=2)
    for job_id in ("j1", "j2", "j3"):
        stage.request(job_id)
        stage.wait(1)
    stage.capacity = 1
    stage.wait(6 * 60_000)

    stage.release("j1")
    stage.wait()
    assert stage.holders() == {"j2"}
    stage.release("j2")
    stage.wait()

    assert stage.holders() == {"j3"}


def test_a_waiting_job_can_see_its_place_and_its_wait() -> None:
    stage = Stage(capacity=1)
    stage.request("j0")
    stage.wait(40_000)
    stage.release("j0")
    for job_id in ("j1", "j2", "j3"):
        stage.request(job_id)
        stage.wait(1)

    assert dispatcher.where("j3", stage.ports) == Place(position=2, eta_ms=80_000)
    assert dispatcher.where("j1", stage.ports) is None


def test_the_alarm_is_set_again_by_whoever_wakes_the_dispatcher() -> None:
    stage = Stage(capacity=None)
    stage.request("j1")
    stage.disk.alarm_ms = None
    stage.wake()

    dispatcher.rearm(stage.ports)

    assert stage.disk.alarm_ms is not None


def test_who_asks_while_a_grant_is_on_its_way_takes_no_slot_that_is_promised() -> None:
    stage = Stage(capacity=2)
    stage.request("j0")
    stage.request("j1")
    stage.during_hold = lambda: stage.request("j2", since_ms=T0 - 1000)

    stage.wait(1)

    assert stage.holders() == {"j0", "j2"}


def test_a_lost_alarm_is_set_again_when_somebody_asks_after_a_waiting_job() -> None:
    stage = Stage(capacity=None)
    stage.request("j1")
    stage.disk.alarm_ms = None
    stage.now_ms += 60_000

    dispatcher.where("j1", stage.ports)

    assert stage.disk.alarm_ms == stage.now_ms


@pytest.mark.parametrize(
    ("status", "text", "slots"),
    [
        (200, '{"capacity":4}', 4),
        (200, '{"ok":true}', 1),
        (200, '{"capacity":0}', 1),
        (200, '{"capacity":"x"}', 1),
        (200, "<html>", 1),
        (404, "", 1),
    ],
)
def test_a_container_has_the_slots_it_says_and_otherwise_one(
    status: int, text: str, slots: int
) -> None:
    assert read_capacity(status, text) == slots


@pytest.mark.parametrize(
    ("status", "text"),
    [(502, '{"capacity":4}'), (200, '{"ok":false,"capacity":4,"error":"reports_refused"}')],
)
def test_j18_a_container_behind_a_broken_gateway_or_whose_reports_are_refused_counts_as_down(
    status: int, text: str
) -> None:
    with pytest.raises(UpstreamError):
        read_capacity(status, text)


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("capacity", [None, 2])
def test_a_request_that_fails_at_a_write_leaves_no_ticket_without_an_alarm(
    at: int, capacity: int | None
) -> None:
    stage = Stage()
    stage.store.put_state(DispatchState(capacity=capacity))
    stage.disk.fails_at = at

    with suppress(OSError):
        stage.request("job_1")

    stage.wake()

    assert not stage.store.tickets() or stage.disk.alarm_ms is not None
