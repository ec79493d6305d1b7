"""What must hold of hosts that connect outward, judged by what goes over their lines.

A host marks each of its answers, so that it is known over which line an answer came that somebody
was given.
"""

import json
from collections.abc import Callable
from typing import Any

from tests.sim.lines import Line, Request, Response

WAITS_MS = 100
"""How long after the end of a line somebody may wait for an answer over it."""

NOT_CONNECTED = "down.not_connected"


class Lines:
    """Watches the lines of one world. *wrong* notes a broken promise."""

    def __init__(self, world: Any, wrong: Callable[[str], None]) -> None:
        self._world = world
        self._wrong = wrong
        self._answers: dict[str, tuple[str, bool]] = {}
        self._opened: set[str] = set()
        self._questions: dict[str, str] = {}
        """What a host has said so far, by each question of its dispatcher how it is."""

    def called(self, owner: Any, line: Line, frame: str) -> None:
        """Look at a call as it leaves its dispatcher."""
        if owner.sockets.newest(line.name) is not line:
            self._wrong(
                f"{owner.name}: {line.name} is called over a connection that it has replaced"
            )
        call = json.loads(frame)
        line.timers[call["id"]] = owner.sockets.timer
        if call["path"] == "/health" and self._world.here.task.label == "alarm":
            self._questions[call["id"]] = ""

    def answered(self, owner: Any, line: Line, frame: str) -> None:
        """Take note of what comes over which line."""
        part = json.loads(frame)
        mark = part.get("headers", {}).get("X-Answer")
        if mark is not None:
            self._answers[mark] = line.name, owner.sockets.newest(line.name) is line
        call_id = part["id"]
        if call_id in self._questions:
            self._questions[call_id] += part["body"]
            if not part["more"] and line.timers[call_id].is_running:
                said = self._questions.pop(call_id)
                self._world.oracle.placement.heard(owner, f"socket:{line.name}", said)

    def fetched(self, owner: Any, request: Request, response: Response) -> None:
        """Look at what the dispatcher answers to who calls a host, or to a host that connects."""
        name = request.headers.get("x-host")
        assert name is not None
        if response.status == 101:
            nonce = str(request.headers.get("x-nonce"))
            if nonce in self._opened:
                self._wrong(f"{owner.name}: one handshake of {name} opens two connections")
            self._opened.add(nonce)
            self._world.oracle.placement.connected(owner, f"socket:{name}")
            return
        if response.headers.get("x-host-lost") == NOT_CONNECTED and owner.sockets.newest(name):
            self._wrong(f"{owner.name}: {name} is said not to be connected, and is")
        whose, is_newest = self._answers.get(str(response.headers.get("x-answer")), (name, True))
        if whose != name:
            self._wrong(f"{owner.name}: {whose} answers for {name}")
        if not is_newest:
            self._wrong(f"{owner.name}: an answer of {name} over an older connection is taken")

    def ended(self, line: Line) -> None:
        """See that nobody goes on waiting for answers over a line."""
        self._world.kernel.at(WAITS_MS, self._look, line)

    def _look(self, line: Line) -> None:
        if any(timer.is_running for timer in line.timers.values()):
            self._wrong(f"{line.name}: an answer is waited for over a connection that has ended")
