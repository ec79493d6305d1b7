"""What a test of one fault needs: to listen at a node's gate, to answer there, to speak for a work.

A life (`lives.py`) goes its way, and the test does the one thing that matters.
"""

from typing import Any

from tests.sim.containers import Work
from tests.sim.lives import Life, LifeWorld
from tests.sim.network import Answer, HttpRequest, Receiver, Reply
from tests.sim.shipped import Shipped

TTL_S = 30 * 24 * 3600
"""Jobs are remembered for so long after their end."""


class Gate:
    """Stands before a node and keeps what it was asked and what it answered.

    *troubles*: by path, which of the requests for it, from 0, meets what: an HTTP status in the
    node's place, `cut` before the node has it, or `deaf` after that, without the answer.
    *delays*: by path, which of the requests is cut and comes later all the same, behind how many
    more.
    """

    def __init__(self, inside: Receiver) -> None:
        self.seen: list[tuple[HttpRequest, Answer | None]] = []
        self.troubles: dict[str, tuple[int, int | str]] = {}
        self.delays: dict[str, tuple[int, int]] = {}
        self.met = False
        self._inside = inside
        self._counts: dict[str, int] = {}
        self._kept: HttpRequest | None = None

    def now_ms(self) -> int:
        return self._inside.now_ms()

    def is_silent(self) -> bool:
        return self._inside.is_silent()

    def receive(self, request: HttpRequest, reply: Reply) -> None:
        number = self._counts.get(request.path, 0)
        self._counts[request.path] = number + 1
        late, more = self.delays.get(request.path, (-1, 0))
        if number == late:
            self._kept = request
            reply(None)
            return
        turn, trouble = self.troubles.get(request.path, (-1, ""))
        self._meet(request, reply, trouble if number == turn else "")
        if number == late + more and self._kept is not None:
            self.met = True
            self._meet(self._kept, _nobody, "")

    def _meet(self, request: HttpRequest, reply: Reply, trouble: int | str) -> None:
        self.met = self.met or bool(trouble)
        if isinstance(trouble, int):
            reply(Answer(trouble, "<html>"))
        elif trouble == "cut":
            reply(None)
        else:
            self._inside.receive(
                request, lambda answer: self._answer(request, answer, reply, trouble)
            )

    def _answer(
        self, request: HttpRequest, answer: Answer | None, reply: Reply, trouble: str
    ) -> None:
        self.seen.append((request, answer))
        reply(None if trouble == "deaf" else answer)

    def asked(self, path: str) -> list[HttpRequest]:
        """Return the requests for *path* that came in."""
        return [request for request, _ in self.seen if request.path == path]


def _nobody(answer: Answer | None) -> None:
    """Nobody waits for it any more."""


class DrivenWorld(LifeWorld):
    """One life with a gate at each node."""

    def __init__(self, shipped: Shipped, life: Life, **more: Any) -> None:
        self.lines: list[dict[str, Any]] = []
        super().__init__(shipped, life, **more)
        hosts = self.network.hosts
        self.gates = {name.partition(".")[0]: Gate(node) for name, node in hosts.items()}
        self.network.hosts = {f"{name}.sim": gate for name, gate in self.gates.items()}

    def setting(self, node: Any, name: str) -> str:
        return str(TTL_S) if name == "JOB_TTL_SECONDS" else super().setting(node, name)

    def log(self, node: Any, record: dict[str, Any]) -> None:
        self.lines.append(record)
        super().log(node, record)

    def go_on(self, duration_ms: int) -> None:
        """Let this much more time pass."""
        self.kernel.at(duration_ms, lambda: None)
        self.kernel.run(self.oracle.broken, self.kernel.now_ms + duration_ms)

    @property
    def record(self) -> Any:
        """What the one job's object stores."""
        return next(iter(self.jobs.objects.values())).disk.written

    def row(self) -> dict[str, Any]:
        """What the app has of the one job."""
        (row,) = self.database.look("SELECT * FROM jobs")
        return row


def work_of(world: DrivenWorld, attempt: int) -> Work:
    """Return the work of an attempt of the one job."""
    works = [work for host in world.containers for work in host.works.values()]
    return next(work for work in works if work.attempt == attempt)


def say(work: Work, status: str, answers: list[int | None], **more: Any) -> None:
    """Send a report for *work*, whatever it has said before; its answer joins *answers*."""
    host, sent = work.host, work.state
    work.state = {"status": status, "progress": 1.0, **more}
    body = work._made()
    work.state = sent
    work.world.network.send(
        host,
        "POST",
        work.message["callbackUrl"],
        body,
        {"x-signature": host.sign(body)},
        10_000,
        lambda answer: answers.append(answer.status),
        lambda: answers.append(None),
    )
