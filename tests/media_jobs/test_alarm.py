import pytest

from media_jobs.alarm import Alarm, guarded
from tests.platform.loop import run

NOW_MS = 1_790_000_000_000


class Timer:
    """Keeps what it is set to, and how often it was set."""

    def __init__(self) -> None:
        self.due_ms: int | None = None
        self.sets = 0

    def set(self, due_ms: int) -> None:
        self.due_ms, self.sets = due_ms, self.sets + 1

    def clear(self) -> None:
        self.due_ms = None


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def alarm(timer: Timer) -> Alarm:
    return Alarm(timer, lambda: NOW_MS)


def test_an_earlier_alarm_takes_the_place_of_a_later_one(timer: Timer, alarm: Alarm) -> None:
    alarm.arm(NOW_MS + 2000)
    alarm.arm(NOW_MS + 1000)

    assert timer.due_ms == NOW_MS + 1000


def test_a_later_alarm_does_not_put_off_an_earlier_one_and_costs_no_write(
    timer: Timer, alarm: Alarm
) -> None:
    alarm.arm(NOW_MS + 1000)
    alarm.arm(NOW_MS + 2000)
    alarm.arm(NOW_MS + 1000)
    alarm.arm(None)

    assert (timer.due_ms, timer.sets) == (NOW_MS + 1000, 1)


def test_an_alarm_can_be_put_off_or_taken_away_on_purpose(timer: Timer, alarm: Alarm) -> None:
    alarm.rearm(NOW_MS + 1000)
    alarm.rearm(NOW_MS + 2000)
    later = timer.due_ms
    alarm.rearm(None)
    none = timer.due_ms
    alarm.arm(NOW_MS + 3000)

    assert (later, none, timer.due_ms) == (NOW_MS + 2000, None, NOW_MS + 3000)


@pytest.mark.parametrize(
    ("late_ms", "repaired"), [(-1000, False), (0, False), (30_000, False), (30_001, True)]
)
def test_an_alarm_that_is_half_a_minute_late_was_lost(
    timer: Timer, alarm: Alarm, late_ms: int, *, repaired: bool
) -> None:
    alarm.rearm(NOW_MS - late_ms)

    alarm.repair(None)
    alarm.repair(NOW_MS - late_ms)

    assert timer.due_ms == (NOW_MS if repaired else NOW_MS - late_ms)


def test_after_its_storage_was_deleted_an_object_may_be_armed_again(
    timer: Timer, alarm: Alarm
) -> None:
    alarm.arm(NOW_MS)
    timer.clear()

    alarm.forget()
    alarm.arm(NOW_MS + 1000)

    assert timer.due_ms == NOW_MS + 1000


def test_a_handler_that_fails_is_logged_with_what_it_is_about_and_fails_nobody() -> None:
    lines: list[dict[str, object]] = []

    async def fail() -> None:
        raise OSError("The disk is full.")

    run(guarded(fail(), lines.append, lambda: {"jobId": "job_1"}))

    (line,) = lines
    assert line == {"event": "alarm_failed", "jobId": "job_1", "why": "OSError: The disk is full."}
