"""A dispatcher on its storage, with a container and jobs that a test plays."""

from collections.abc import Callable
from dataclasses import dataclass, field

from media_jobs.alarm import Alarm
from media_jobs.dispatch import Ticket
from media_jobs.errors import UpstreamError
from media_jobs.hosts import HostState, host_id
from media_jobs.outward import outward_host, socket_url
from orchestrator.dispatch import dispatcher
from orchestrator.dispatch.dispatcher import DispatchPorts
from tests.platform.durable import CLASSES, Disk
from tests.platform.loop import run

T0 = 1_790_000_000_000
BURNER = "burner-ffmpeg"


@dataclass
class Stage:
    """A dispatcher, its hosts and the jobs that it tells.

    *said*: what each host says of itself, None for no answer; empty: the only one its *capacity*.
    *connected*: the URLs of those that connect outward.
    """

    now_ms: int = T0
    capacity: int | None = 2
    urls: list[str] = field(default_factory=lambda: ["http://burner.example"])
    said: list[HostState | None] = field(default_factory=list)
    connected: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    disk: Disk = field(default_factory=Disk)
    needed: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    during_hold: Callable[[], object] | None = None

    def __post_init__(self) -> None:
        self.wake()

    def wake(self) -> None:
        """Begin anew on the same storage, as after an eviction."""
        self.store = CLASSES.ticket(self.disk)
        self.alarm = Alarm(CLASSES.timer(self.disk), lambda: self.now_ms)

    async def hold(self, ticket: Ticket) -> bool:
        job_id = ticket.job_id
        if job_id in self.unreachable:
            raise UpstreamError("upstream_failed", part="A Durable Object", why="Error")
        self.told.append(job_id)
        if self.during_hold is not None:
            self.during_hold()
        return job_id in self.needed

    async def health(self, url: str) -> HostState:
        self.asked += 1
        at = self.urls.index(url) if url in self.urls else -1
        said = self.said[at] if self.said else HostState(capacity=self.capacity)
        if said is None or said.capacity is None:
            raise UpstreamError("upstream_failed", part="burner.example", why="Error")
        return said

    @property
    def ports(self) -> DispatchPorts:
        return DispatchPorts(
            store=self.store,
            alarm=self.alarm,
            jobs=self,
            hosts=lambda engine: self.hosts,
            health=self.health,
            now_ms=lambda: self.now_ms,
            log=lambda record: None,
        )

    @property
    def hosts(self) -> dict[str, str]:
        return {host_id(url): url for url in self.urls} | self.connected

    def connect(self, name: str) -> None:
        """Have a host connect, which says what the last one of *said* is."""
        self.connected[outward_host(name)] = socket_url(BURNER, name)
        dispatcher.connected(BURNER, outward_host(name), self.ports)

    def disconnect(self, name: str) -> None:
        del self.connected[outward_host(name)]
        dispatcher.disconnected(outward_host(name), self.ports)

    def standing(self) -> dict[str, tuple[object, ...]]:
        """Return the slots of each host, those in use, and how it is."""
        known = dispatcher.standing(self.ports)
        return {host: (one["slots"], one["inUse"], one["state"]) for host, one in known.items()}

    def request(self, job_id: str, attempt: int = 1, since_ms: int | None = None) -> bool:
        self.needed.add(job_id)
        at_ms = self.now_ms if since_ms is None else since_ms
        ticket = Ticket(job_id=job_id, attempt=attempt, since_ms=at_ms)
        return dispatcher.request(BURNER, ticket, self.ports) is not None

    def release(self, job_id: str, attempt: int = 1) -> None:
        self.needed.discard(job_id)
        dispatcher.release(job_id, attempt, self.ports)

    def wait(self, wait_ms: int = 0) -> None:
        """Let time pass, with the alarm at each moment it is set for."""
        end_ms = self.now_ms + wait_ms
        for _ in range(1000):
            alarm_ms = self.disk.alarm_ms
            if alarm_ms is None or alarm_ms > end_ms:
                self.now_ms = end_ms
                return
            self.now_ms = max(self.now_ms, alarm_ms)
            self.disk.alarm_ms = None
            run(dispatcher.rest(self.ports))
        raise AssertionError("The alarm rings without end.")

    def holders(self) -> set[str]:
        return set(self.places())

    def places(self) -> dict[str, str]:
        """Return the host of each job that holds a slot."""
        return {t.job_id: t.host for t in self.store.held.tickets.values()}
