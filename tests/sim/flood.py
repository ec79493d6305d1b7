"""Many jobs at once, before an app that does one thing after the other.

What is asked here is how many jobs come to their end in a second, their *goodput*, and how long a
page waits meanwhile. Nothing goes wrong but that the app has more to do than it can: each event
costs it time, also one that it has had before; what it refuses at its door costs next to nothing.
"""

from collections import deque
from typing import Any

from tests.sim.clients import Client
from tests.sim.faults import Scripted
from tests.sim.isolates import Isolates
from tests.sim.network import Answer, HttpRequest, Receiver, Reply
from tests.sim.shipped import Mutation, Shipped
from tests.sim.world import START_MS, Chance, World

EVENT_MS, MORE_MS, PAGE_MS, DOOR_MS = 100, 10, 20, 1
"""What an event costs, each further one of a list, a page, and a refusal."""
EVENTS = "/api/render/cf-callback"
PAGE_EVERY_MS = 1000
SPREAD_MS = 1000
"""All jobs are there within so long."""
REST_MS = 24 * 3_600_000

STORM = (
    Mutation(
        "orchestrator.dispatch.dispatcher_do",
        "self.governor.ask(job_id, now_ms())",
        "Governor().ask(job_id, now_ms())",
    ),
    Mutation("app.jobs.events", "event.deadline_ms < ports.now_ms()", "event.deadline_ms < 0"),
)
"""How a retry storm is planted: everybody may send, and the app does what nobody waits for."""
SHARED = Mutation("media_jobs.kept_permits", "if not one.busy", "if one")
"""A kept permit that all jobs of its isolate use at once."""


class BusyApp:
    """The app behind a queue: one request after the other, in the order in which they came."""

    def __init__(self, world: Any, inside: Receiver) -> None:
        self._world = world
        self._inside = inside
        self._queue: deque[tuple[HttpRequest, Reply]] = deque()
        self._busy = False
        self.page_ms: list[int] = []
        self.requests = 0

    def now_ms(self) -> int:
        return self._inside.now_ms()

    def is_silent(self) -> bool:
        """Return True: who waits in the queue for too long gets no answer in time."""
        return True

    def receive(self, request: HttpRequest, reply: Reply) -> None:
        self._queue.append((request, reply))
        if not self._busy:
            self._begin()

    def load_page(self) -> None:
        """Ask for a page, whose wait is measured."""
        began_ms = self._world.kernel.now_ms
        page = HttpRequest("GET", "/healthz", "", b"", {})
        self.receive(page, lambda answer: self.page_ms.append(self.now_ms() - began_ms))

    def _begin(self) -> None:
        self._busy = True
        request, reply = self._queue.popleft()
        self._inside.receive(request, lambda answer: self._end(request, answer, reply))

    def _end(self, request: HttpRequest, answer: Answer | None, reply: Reply) -> None:
        self._world.kernel.at(_cost_ms(request, answer), self._done, answer, reply)

    def _done(self, answer: Answer | None, reply: Reply) -> None:
        self.requests += 1
        reply(answer)
        if self._queue:
            self._begin()
        else:
            self._busy = False


def _cost_ms(request: HttpRequest, answer: Answer | None) -> int:
    if request.path != EVENTS:
        return PAGE_MS
    if answer is not None and answer.status == 503:
        return DOOR_MS
    return EVENT_MS + MORE_MS * request.body.count(b'"job.event"')


class _Calm(Chance):
    """Engines that are done at once."""

    def plan(self) -> list[tuple[str, float]]:
        return []

    def pause_ms(self) -> int:
        return 5

    def large(self) -> bool:
        return False


class FloodWorld(World):
    """A world with so many *jobs* at once."""

    def __init__(self, shipped: Shipped, jobs: int) -> None:
        self.ends_ms: list[int] = []
        self._jobs = jobs
        super().__init__(
            shipped,
            1,
            faults=Scripted({}),
            only=frozenset(),
            chained=0.0,
            running=0.0,
            several=0.0,
            outward=0.0,
            mixed=0.0,
        )
        self.busy = BusyApp(self, self.app)
        self.network.hosts["app.sim"] = self.busy
        for host in self.containers:
            host.capacity, host.old = jobs, False
        self._capacities = dict.fromkeys(self._capacities, jobs)
        self.clients = [Client(self, n, n, "burner-ffmpeg", {}) for n in range(jobs)]
        for client in self.clients:
            self.kernel.at(client.number * SPREAD_MS // jobs, self._submit, client)
        self.kernel.at(PAGE_EVERY_MS, self._look)

    def _chance(self) -> Chance:
        return _Calm(self.seed)

    def _isolates(self) -> Isolates:
        return Isolates(self.seed, 0)

    def _skewed(self, node: Any) -> Any:
        return node

    def _submit(self, client: Client) -> None:
        """Submit past the queue: what is asked is what becomes of the events."""
        headers = {
            "authorization": "Bearer simulated-token",
            "idempotency-key": f"key-{client.number}",
        }
        request = HttpRequest("POST", "/api/jobs", "", client.body, headers)

        def submitted(answer: Answer | None) -> None:
            if answer is None or answer.status not in (200, 201):
                self.kernel.at(SPREAD_MS, self._submit, client)

        self.app.receive(request, submitted)

    def _look(self) -> None:
        if len(self.ends_ms) < self._jobs:
            self.busy.load_page()
            self.kernel.at(PAGE_EVERY_MS, self._look)

    def log(self, node: Any, record: dict[str, Any]) -> None:
        if record["event"] == "event_applied" and record["status"] == "completed":
            self.ends_ms.append(self.kernel.now_ms)
        super().log(node, record)

    def __len__(self) -> int:
        """Return whether there is nothing more to see, as the kernel asks."""
        return len(self.oracle.broken) or int(len(self.ends_ms) == self._jobs)

    def run(self) -> "FloodWorld":
        """Run until all have come to their end."""
        self.kernel.run(self, START_MS + REST_MS)
        if not len(self):
            self.oracle.wrong(f"{len(self.ends_ms)} of {self._jobs} jobs have ended in a day")
        return self

    @property
    def goodput(self) -> float:
        """Jobs that came to their end, by seconds."""
        return self._jobs * 1000 / (self.ends_ms[-1] - START_MS)
