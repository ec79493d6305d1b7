"""The dispatcher: tickets in, grants out, no slot lost for ever."""

from contextlib import suppress

import pytest

from media_jobs.dispatch import DispatchState, Place, Ticket
from media_jobs.hosts import HostState
from orchestrator.dispatch import dispatcher
from tests.orchestrator.dispatch.stage import BURNER, T0, Stage


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

    dispatcher.defer("j1", 1, 7_000, stage.ports, "burner.example")
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


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("capacity", [None, 2])
def test_a_request_that_fails_at_a_write_leaves_no_ticket_without_an_alarm(
    at: int, capacity: int | None
) -> None:
    stage = Stage()
    hosts = {"burner.example": HostState(capacity=capacity)}
    stage.store.put_state(DispatchState(hosts=hosts))
    stage.disk.fails_at = at

    with suppress(OSError):
        stage.request("job_1")

    stage.wake()

    has_tickets = stage.store.held.tickets or stage.store.is_anybody_waiting()
    assert not has_tickets or stage.disk.alarm_ms is not None


@pytest.mark.parametrize("at", [1, 2])
def test_a_slot_that_is_given_back_by_halves_is_given_back_when_that_is_said_again(at: int) -> None:
    stage = Stage(capacity=1)
    stage.request("j1")
    stage.wait()
    stage.disk.fails_at = at
    with suppress(OSError):
        dispatcher.defer("j1", 1, 7_000, stage.ports, "burner.example")
    assert stage.disk.fails_at <= 0

    dispatcher.defer("j1", 1, 7_000, stage.ports, "burner.example")
    stage.wait(7_000)

    assert stage.told == ["j1", "j1"]


HOSTS = ["http://h1.example", "http://h2.example", "http://h3.example"]


def _fleet(*said: HostState | None) -> Stage:
    return Stage(urls=HOSTS[: len(said)], said=list(said))


def test_each_job_gets_a_slot_of_the_host_with_the_largest_free_share() -> None:
    stage = _fleet(HostState(capacity=1), HostState(capacity=4))
    for job_id in ("j1", "j2", "j3", "j4", "j5", "j6"):
        stage.request(job_id)
        stage.wait()

    assert stage.places() == {
        "j1": "h1.example",
        "j2": "h2.example",
        "j3": "h2.example",
        "j4": "h2.example",
        "j5": "h2.example",
    }


def test_while_a_host_is_silent_jobs_go_to_the_others_and_it_is_asked_now_and_then() -> None:
    stage = _fleet(None, HostState(capacity=1))
    stage.request("j1")
    stage.wait()
    stage.request("j2")
    stage.wait(600_000)
    assert stage.places() == {"j1": "h2.example"}
    assert 10 <= stage.asked <= 25

    stage.said[0] = HostState(capacity=1)
    stage.wait(60_000)

    assert stage.places() == {"j1": "h2.example", "j2": "h1.example"}


def test_a_draining_host_gets_nothing_new_and_keeps_what_it_has() -> None:
    stage = _fleet(HostState(capacity=2), HostState(capacity=2))
    stage.request("j1")
    stage.wait()
    stage.said[0] = HostState(capacity=2, draining=True, version="0.7.1")
    for job_id in ("j2", "j3", "j4"):
        stage.request(job_id)
        stage.wait()
    stage.request("j5")
    stage.wait(6 * 60_000)
    stage.release("j2")
    stage.release("j3")
    stage.wait()

    assert stage.places() == {"j1": "h1.example", "j4": "h2.example", "j5": "h2.example"}


def test_a_job_whose_start_failed_goes_to_another_host_and_the_failing_one_comes_last() -> None:
    stage = _fleet(HostState(capacity=2), HostState(capacity=2))
    stage.request("j1")
    stage.wait()

    dispatcher.defer("j1", 1, 0, stage.ports, "h1.example", failed=True)
    stage.wait()
    assert stage.places() == {"j1": "h2.example"}
    for job_id in ("j2", "j3"):
        stage.request(job_id)
        stage.wait()

    assert stage.places() == {"j1": "h2.example", "j2": "h2.example", "j3": "h1.example"}
    stage.release("j3")
    assert stage.store.state().hosts["h1.example"].standing == "ok"


def test_a_host_that_is_back_gets_its_share_while_the_others_have_room() -> None:
    stage = _fleet(HostState(capacity=2), None, HostState(capacity=4, draining=True))
    stage.request("j1")
    stage.wait()
    assert stage.places() == {"j1": "h1.example"}

    stage.said[1:] = [HostState(capacity=2), HostState(capacity=4)]
    stage.wait(60_000)
    for job_id in ("j2", "j3"):
        stage.request(job_id)

    assert stage.places() == {"j1": "h1.example", "j2": "h2.example", "j3": "h3.example"}


def test_a_host_that_fails_again_is_left_out_for_a_while() -> None:
    stage = _fleet(HostState(capacity=1), HostState(capacity=1))
    stage.request("j1")
    stage.wait()
    stage.request("j2")
    for _ in range(2):
        dispatcher.defer("j1", 1, 0, stage.ports, "h1.example", failed=True)
        stage.wait()
    assert stage.places() == {"j2": "h2.example"}

    stage.wait(10_000)

    assert stage.places() == {"j1": "h1.example", "j2": "h2.example"}


def test_slots_of_a_host_that_was_taken_out_are_no_longer_counted_nor_given() -> None:
    stage = _fleet(HostState(capacity=1), HostState(capacity=1))
    for job_id in ("j1", "j2"):
        stage.request(job_id)
        stage.wait()
    stage.urls = HOSTS[1:2]
    stage.said = stage.said[1:]

    stage.request("j3")
    stage.wait(10 * 60_000)
    assert "j3" not in stage.holders()
    stage.release("j2")
    stage.wait()

    assert stage.places() == {"j1": "h1.example", "j3": "h2.example"}
    assert list(stage.store.state().hosts) == ["h2.example"]


def test_a_job_that_no_host_can_do_waits_and_is_told_what_is_missing() -> None:
    small = HostState(capacity=1, offers={"model": ("base",)})
    stage = _fleet(small, small)
    ticket = Ticket(job_id="j1", attempt=1, since_ms=T0, needs=("model:large",))
    stage.needed.add("j1")
    dispatcher.request("burner-ffmpeg", ticket, stage.ports)
    stage.wait()

    place = dispatcher.where("j1", stage.ports)
    assert place is not None
    assert (stage.holders(), place.missing) == (set(), ("model:large",))
    offers = {"model": ("base", "large"), "gpu": ("L4",)}
    stage.said[1] = HostState(capacity=1, version="0.7.0", region="eu", weight=2, offers=offers)
    stage.wait(6 * 60_000)

    assert stage.places() == {"j1": "h2.example"}
    assert stage.standing() == {"h1.example": (1, 0, "ok"), "h2.example": (1, 1, "ok")}
    second = dispatcher.standing(stage.ports)["h2.example"]
    assert (second["version"], second["region"], second["costWeight"]) == ("0.7.0", "eu", 2.0)
    assert (second["models"], second["gpus"]) == (("base", "large"), ("L4",))


# --- hosts that connect outward -------------------------------------------------------------------


def test_a_host_that_connects_is_asked_at_once_and_gets_what_waits() -> None:
    stage = Stage(urls=[], said=[HostState(capacity=1)])
    assert not stage.request("job_1")
    stage.wait(60_000)
    assert stage.places() == {}

    stage.connect("garage")
    stage.wait()

    assert stage.places() == {"job_1": "socket:garage"}


def test_a_slot_is_not_given_again_to_a_host_that_has_connected_anew() -> None:
    stage = Stage(urls=[], said=[HostState(capacity=1)])
    stage.connect("garage")
    stage.request("job_1")
    stage.request("job_2")
    stage.wait()
    assert stage.places() == {"job_1": "socket:garage"}

    stage.disconnect("garage")
    stage.request("job_3")
    stage.wait(60_000)
    assert stage.standing() == {"socket:garage": (0, 1, "silent")}
    stage.connect("garage")
    stage.wait(60_000)

    assert stage.places() == {"job_1": "socket:garage"}
    assert stage.standing() == {"socket:garage": (1, 1, "ok")}
    stage.release("job_1")
    stage.wait()
    assert stage.places() == {"job_2": "socket:garage"}


def test_a_host_that_fails_at_starts_gets_no_job_by_connecting_anew() -> None:
    stage = Stage(urls=["http://b.example"], said=[HostState(capacity=1)] * 2)
    stage.connect("garage")
    for name in ("job_1", "job_2"):
        stage.request(name)
    stage.wait()
    held = {host: job for job, host in stage.places().items()}
    stage.release(held["b.example"])
    dispatcher.defer(held["socket:garage"], 1, 0, stage.ports, "socket:garage", 1)
    stage.wait()
    assert stage.places() == {held["socket:garage"]: "b.example"}


def test_a_job_waits_for_what_it_needs_where_another_host_may_connect() -> None:
    stage = Stage(urls=[], said=[HostState(capacity=1, offers={"model": ("small",)})])
    stage.connect("garage")
    ticket = Ticket(job_id="job_1", attempt=1, since_ms=T0, needs=("model:large-v3",))
    dispatcher.request(BURNER, ticket, stage.ports)
    stage.wait(60_000)

    assert stage.places() == {}
    place = dispatcher.where("job_1", stage.ports)
    assert place is not None
    assert place.missing == ("model:large-v3",)


def test_a_nonce_of_a_handshake_is_new_once_within_its_life() -> None:
    store = Stage().store

    assert store.is_new("n1", T0)
    assert not store.is_new("n1", T0 + 9 * 60_000)
    assert store.is_new("n2", T0)
    assert store.is_new("n1", T0 + 10 * 60_000)


def test_a_job_of_an_engine_without_any_host_is_said_to_lack_one_until_one_connects() -> None:
    stage = Stage(urls=[])
    stage.request("job_1")

    alone = dispatcher.where("job_1", stage.ports)
    stage.connect("garage")
    connected = dispatcher.where("job_1", stage.ports)

    assert alone is not None
    assert alone.missing == ("host",)
    assert connected is not None
    assert connected.missing == ()
