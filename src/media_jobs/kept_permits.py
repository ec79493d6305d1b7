"""The permits that one isolate keeps: good for a time, for whichever of its jobs has to tell.

In the isolate's memory, as plain data that nobody waits for. It dies with the isolate, and the
governor takes each permit back at its end; so a lost one narrows the window for seconds.
"""

from dataclasses import dataclass

__all__ = ["KeptPermit", "KeptPermits"]


@dataclass(slots=True, eq=False)
class KeptPermit:
    """A permit that is good from *from_ms* to *until_ms*, for one delivery after the other.

    *busy*: one is on its way. A sender that dies amid it frees the permit by its end.
    """

    name: str
    from_ms: int
    until_ms: int
    busy: bool = True


class KeptPermits:
    """The permits that the jobs of one isolate share."""

    def __init__(self) -> None:
        self._kept: list[KeptPermit] = []

    def take(self, now_ms: int) -> KeptPermit | None:
        """Return a permit that nobody uses, which is used from now on; None: one is to be asked."""
        # Nor is one good whose beginning lies ahead: the clock was set back.
        self._kept = [one for one in self._kept if one.from_ms <= now_ms < one.until_ms]
        free = next((one for one in self._kept if not one.busy), None)
        if free is not None:
            free.busy = True
        return free

    def keep(self, name: str, keep_ms: int, now_ms: int) -> KeptPermit:
        """Keep a permit that was given for *keep_ms*; it is used from now on."""
        permit = KeptPermit(name, now_ms, now_ms + keep_ms)
        self._kept.append(permit)
        return permit

    def leave(self, permit: KeptPermit) -> None:
        """Let *permit* be used by the next."""
        permit.busy = False

    def drop(self, permit: KeptPermit) -> None:
        """Use *permit* no more: it is given back."""
        self._kept = [one for one in self._kept if one is not permit]
