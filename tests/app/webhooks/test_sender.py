"""When a sender's alarm rings next."""

from app.webhooks.deliver import send_due
from media_jobs.alarm import AGAIN_MS, Alarm
from media_jobs.ports import PeerAnswer
from tests.app.stage import Stage
from tests.app.webhooks.test_webhooks import FakeCourier, always, delivery_ports, ended
from tests.platform.loop import run


class Timer:
    """The alarm, and every time that it was set for."""

    def __init__(self) -> None:
        self.due_ms: int | None = None
        self.times: list[int] = []

    def set(self, due_ms: int) -> None:
        self.due_ms = due_ms
        self.times.append(due_ms)

    def clear(self) -> None:
        self.due_ms = None


def test_a_sender_looks_again_soon_until_it_knows_when_to(stage: Stage) -> None:
    made, timer = stage.webhook(), Timer()
    ended(stage)
    began_ms = stage.now_ms
    ports = delivery_ports(stage, FakeCourier(always(500)))

    run(send_due(made["webhookId"], Alarm(timer, lambda: stage.now_ms), ports))

    again_ms, due_ms = timer.times
    assert again_ms == began_ms + AGAIN_MS
    assert timer.due_ms == due_ms
    assert due_ms != again_ms


def test_a_sender_with_nothing_left_sleeps(stage: Stage) -> None:
    made, timer = stage.webhook(), Timer()
    ended(stage)
    ports = delivery_ports(stage, FakeCourier(always(200)))

    run(send_due(made["webhookId"], Alarm(timer, lambda: stage.now_ms), ports))

    assert timer.due_ms is None


def test_a_sender_that_is_woken_while_it_sends_looks_again_at_once(stage: Stage) -> None:
    made, timer = stage.webhook(), Timer()
    ended(stage)
    alarm = Alarm(timer, lambda: stage.now_ms)

    def wake(body: bytes) -> PeerAnswer:
        alarm.arm(stage.now_ms)
        return PeerAnswer(status=200, text="")

    run(send_due(made["webhookId"], alarm, delivery_ports(stage, FakeCourier(wake))))

    assert timer.due_ms == stage.now_ms
