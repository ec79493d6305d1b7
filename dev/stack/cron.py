"""Fires the cron triggers of the configs on time, which Miniflare does not do by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from dev.crons import is_due
from dev.stack.errors import StackError
from dev.stack.log import LogStream

TICK_S = 1.0


class CronClock:
    """A thread that calls *trigger* for each (Worker, expression) once in each minute it is due."""

    def __init__(
        self,
        crons: Sequence[tuple[str, str]],
        trigger: Callable[[str, str], None],
        log: LogStream,
    ) -> None:
        self._crons = crons
        self._trigger = trigger
        self._log = log
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="cron")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        last = _minute(datetime.now(UTC))
        while not self._stopped.wait(TICK_S):
            now = _minute(datetime.now(UTC))
            if now == last:
                continue
            last = now
            for worker, cron in self._crons:
                if is_due(cron, now):
                    self._fire(worker, cron)

    def _fire(self, worker: str, cron: str) -> None:
        try:
            self._trigger(worker, cron)
        except StackError as error:
            self._log.write("stack", f"cron {cron}: {error}", error=True)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
