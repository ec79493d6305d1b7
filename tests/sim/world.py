"""One simulated world: the nodes, what goes wrong, the people; run from a seed to its rest."""

from random import Random
from typing import Any

from tests.sim.chain_oracle import Chains
from tests.sim.chains import make_chain
from tests.sim.clients import Client
from tests.sim.containers import ContainerHost
from tests.sim.faults import Faults
from tests.sim.fleets import MIXED, SEVERAL, Fleets
from tests.sim.isolates import Isolates
from tests.sim.kernel import Kernel, Node, Op, Task
from tests.sim.network import HttpRequest, Network
from tests.sim.nodes import DispatcherObject, DurableObject, JobObject, Namespace, WorkerNode
from tests.sim.oracle import Oracle
from tests.sim.outward import OUTWARD, Outwards
from tests.sim.recipe_runs import Runs, make_runner
from tests.sim.rotation import rotate
from tests.sim.runtime import SETTINGS
from tests.sim.shipped import Shipped
from tests.sim.split import SHARED
from tests.sim.storage import Bucket, Database
from tests.sim.viewers import Viewers

START_MS = 1_790_000_000_000
FAULTY_MS = 30 * 60_000
PEOPLE_MS = 40 * 60_000
"""After this nobody asks for anything new."""

REST_MS = 3 * 3_600_000
"""How long after the last fault the last job may end."""
CRON_MS = 60_000
SKEW_MS = 60_000
TOKEN = "simulated-token"
SHORT_URLS_S = 150
MANY_TRIES, FEW_TRIES = 64, 5
"""Deliveries of an event before it is given up, as shipped and where that happens early."""

CHAINED = 0.5
"""In how many worlds some jobs wait for others."""
RUNNING = 0.25
"""In how many worlds somebody runs a recipe."""

CRASHES = frozenset({"crash before", "crash after"})


class Chance:
    """What is random without being a fault."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"world {seed}")  # noqa: S311 - a seed must give the same world again.
        self.draw = self._random.random

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to *limit* - 1."""
        return int(self.draw() * limit)

    def plan(self) -> list[tuple[str, float]]:
        """Return what a container reports before it is done: few steps, sometimes many."""
        kind = self.draw()
        if kind < 0.75:
            return []
        if kind < 0.9:
            return [("running", 0.5)]
        if kind < 0.98:
            return [("running", 0.3), ("running", 0.6), ("uploading", 0.9)]
        return [("running", n / 10) for n in range(1, 9)]

    def pause_ms(self) -> int:
        """Return how long a container takes for a step: mostly seconds."""
        share = self.draw()
        return 5 + int(share * share * 7000)

    def large(self) -> bool:
        """Return whether a work's first output is uploaded in parts."""
        return self.draw() < 0.1

    def silent(self) -> bool:
        """Return whether nothing is said in what is transcribed: there are no subtitles then."""
        return self.draw() < 0.1


class World:
    """Everything of one seed; *only*: the numbers of the clients that take part.

    *chained*: how likely it is that there are jobs that wait for others among them; *running*: that
    somebody runs a recipe; *several*: that engines have several hosts; *shared*: that burns are
    made in pieces; *outward*: that some hosts connect outward; *mixed*: that
    burners are of two versions.
    """

    def __init__(
        self,
        shipped: Shipped,
        seed: int,
        *,
        faults: Faults | None = None,
        only: frozenset[int] | None = None,
        traced: bool = False,
        chained: float = CHAINED,
        running: float = RUNNING,
        several: float = SEVERAL,
        shared: float = SHARED,
        outward: float = OUTWARD,
        mixed: float = MIXED,
    ) -> None:
        self.shipped = shipped
        self.seed = seed
        self.here = shipped.here
        self.here.world = self
        self.kernel = Kernel(self.here, START_MS)
        self.kernel.traced = [] if traced else None
        self.faults = Faults(seed) if faults is None else faults
        if self._is_struck_at_awaits():
            self.kernel.on_await = self._fate_of_await
        self.random = self._chance()
        self.chained, self.running = chained, running
        self.fleets = Fleets(self, SETTINGS, several, mixed)
        # By a source of its own, as above all that came later.
        draw = Random(f"pieces {seed}").random()  # noqa: S311 - a seed must give the same again.
        self.shared = draw < shared
        self.saves = 0
        self._drawn = 0
        self._upstream_error = shipped["media_jobs.errors"].UpstreamError
        self.conflict = shipped["media_jobs.errors"].Conflict
        self.oracle = Oracle(self)
        self.chains = Chains(self)
        self.runs = Runs(self)
        self.viewers = Viewers(self)
        self.bucket = Bucket(self)
        self.database = Database(self)
        self.network = Network(self)
        self.acknowledged: dict[str, None] = {}
        self.secrets = (SETTINGS["JOB_CALLBACK_HMAC_SECRET"],)
        self.put_expires_s = int(SETTINGS["PUT_EXPIRES"])
        self.outwards = Outwards(self, outward)
        self._make_settings()
        self._make_nodes()
        self._make_media()
        self._plan_faults()
        self.clients = self._make_clients(only)

    def _chance(self) -> Chance:
        return Chance(self.seed)

    def _isolates(self) -> Isolates:
        return Isolates(self.seed, SKEW_MS)

    # --- what it is made of ---------------------------------------------------------------------

    def _make_settings(self) -> None:
        """Choose what differs between deployments, and let the Workers read it anew."""
        if self.faults.hit("urls live minutes"):
            self.put_expires_s = SHORT_URLS_S
        record = self.shipped["media_jobs.record"]
        record.EVENT_TRIES_MAX = FEW_TRIES if self.faults.hit("events die early") else MANY_TRIES
        for worker in ("app", "orchestrator"):
            self.forget_settings(worker)

    def forget_settings(self, worker: str) -> None:
        """Begin a new isolate of *worker* as far as its settings go."""
        self.shipped[f"{worker}.settings"].cached_settings.forget()

    def _make_nodes(self) -> None:
        app = self.shipped["app.entry"]
        app._ports.cache_clear()  # A fresh isolate: what one world counted is not another's.
        self.app = WorkerNode(self, "app", app.Default())
        orchestrator = self.shipped["orchestrator.entry"]
        orchestrator._context.cache_clear()
        self.orchestrator = WorkerNode(self, "orchestrator", orchestrator.Default())
        job = self.shipped["orchestrator.jobs.job_do"].RenderJobDO
        dispatcher = self.shipped["orchestrator.dispatch.dispatcher_do"].DispatcherDO
        self.isolates = self._isolates()
        self.jobs = Namespace(lambda name: JobObject(self, name, job))
        self.dispatchers = Namespace(lambda name: DispatcherObject(self, name, dispatcher))
        self._namespaces = {"RENDER_JOB_DO": self.jobs, "DISPATCHER_DO": self.dispatchers}
        self.containers = [
            ContainerHost(self, f"{name}.sim", 1 + self.random.below(6))
            for name in ("burner", "remotion", "downloader", "transcriber")
        ]
        for others in (hosts[1:] for hosts in self.fleets.named.values()):
            self.containers += [ContainerHost(self, n, 1 + self.random.below(3)) for n in others]
        self.containers += self.outwards.hosts
        self._capacities = {host.name: host.capacity for host in self.containers}
        for host in self.containers:
            host.old = self.random.draw() < 0.1
            host.models = self.fleets.models.get(host.name)
        for host in self.outwards.hosts:
            host.old = False  # The earlier system has no such hosts.
        self.fleets.set_versions(self.containers)
        self.network.hosts = {"app.sim": self.app, "orchestrator.sim": self.orchestrator}
        self.network.hosts |= {host.name: host for host in self.containers}
        for node in (self.app, self.orchestrator, *self.containers):
            self._skewed(node)
        self.kernel.at(CRON_MS, self._cron)

    def _skewed(self, node: Any) -> Any:
        """Let a node's clock be a little off, as all are; not enough to be refused."""
        node.skew_ms = self.random.below(2 * SKEW_MS) - SKEW_MS
        return node

    def _make_media(self) -> None:
        execute = self.database.sqlite.execute
        digest = self.shipped["app.access.auth"].token_hash(TOKEN)
        execute(
            "INSERT INTO tokens (token_hash, name, scopes, created_ms)"
            " VALUES (?, 'people', 'read submit', 0)",
            (digest,),
        )
        execute("INSERT INTO media (media_id, title, created_ms) VALUES ('med_1', 'Clip', 0)")
        versions = {slot: slot for slot in ("video", "subtitles", "comments-data")}
        for name, slot in {**versions, "another": "subtitles"}.items():
            key = f"media/med_1/inputs/up_1/{name}"
            self.bucket.put(key, 5)
            row = (f"in_{name}", "med_1", slot, key, "text/plain", 5, 1, 0)
            execute(
                "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type,"
                " size_bytes, ready, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def _make_clients(self, only: frozenset[int] | None) -> list[Client]:
        count = 4 + self.random.below(25)
        clients = [
            Client(self, number, self.random.below(1 << 30), **self.fleets.wished())
            for number in range(count)
        ]
        # By a source of its own: with it and without, the others are the same.
        random = Random(f"chain {self.seed}")  # noqa: S311 - a seed must give the same world again.
        if random.random() < self.chained:
            members = make_chain(self, count, random)
            self.chains.watch(members)
            clients += members
        random = Random(f"run {self.seed}")  # noqa: S311 - as above.
        if random.random() < self.running:
            clients.append(make_runner(self, len(clients), random))
        if only is not None:
            clients = [client for client in clients if client.number in only]
        for client in clients:
            client.begin()
        return clients

    def _plan_faults(self) -> None:
        self.kernel.at(FAULTY_MS, self._end_faults)
        self.fleets.plan(FAULTY_MS)
        self.outwards.plan(FAULTY_MS)
        if self.faults.rates:
            self._plan_outages()
            self._plan_clocks()
            if self.faults.hit("secrets rotate"):
                rotate(self)

    def _some_time(self) -> int:
        return self.faults.between(0, FAULTY_MS)

    def _plan_outages(self) -> None:
        faults, at, pick, when = self.faults, self.kernel.at, self.faults.between, self._some_time
        for node in (self.app, self.orchestrator):
            if faults.hit(f"{node.name} down"):
                at(when(), node.stop, pick(1_000, pick(10_000, 3_600_000)))
        for host in self.containers:
            if faults.hit("container down"):
                at(when(), host.kill, pick(0, pick(1_000, 600_000)))
            if faults.hit("container hangs"):
                at(when(), host.freeze, pick(1_000, 1_200_000))
            if faults.hit("container stops"):
                at(when(), host.stop, pick(0, 60_000))

    def _plan_clocks(self) -> None:
        faults, pick = self.faults, self.faults.between
        for host in self.containers:
            if faults.hit("container clock off"):
                off_ms = pick(-600_000, 600_000)
                # A host of old cannot put its clock right: whoever has one keeps its clock.
                host.skew_ms = host.skew_ms if host.old else off_ms
        for _ in range(4):
            if faults.hit("clock jumps"):
                jump = (pick(0, 1 << 20), pick(-600_000, 600_000))
                self.kernel.at(self._some_time(), self._jump, *jump)

    def _jump(self, which: int, by_ms: int) -> None:
        nodes = self._cloud_nodes()
        node = nodes[which % len(nodes)]
        self.kernel.trace(node.name, f"its clock jumps by {by_ms} ms")
        if isinstance(node, DurableObject):
            node.isolate.jump(by_ms)
        else:
            node.skew_ms += by_ms

    def _end_faults(self) -> None:
        """Let everything be well from now on; clocks are set."""
        self.kernel.trace("world", "nothing goes wrong any more")
        self.faults.end()
        self.kernel.on_await = None
        for node in self._cloud_nodes():
            if abs(node.skew_ms) > SKEW_MS:
                self._set_clock(node)

    def _cloud_nodes(self) -> list[Any]:
        objects = (*self.jobs.objects.values(), *self.dispatchers.objects.values())
        return [self.app, self.orchestrator, *objects]

    def _set_clock(self, node: Node) -> None:
        if isinstance(node, DurableObject):
            node.isolate.jump(-node.skew_ms)
        else:
            node.skew_ms = 0

    # --- what the nodes ask of it ---------------------------------------------------------------

    def binding(self, name: str) -> Any:
        """Return a Durable Object namespace; other bindings are the simulated runtime's own."""
        return self._namespaces.get(name)

    def setting(self, node: Any, name: str) -> str:
        """Return a setting of the Worker whose code runs on *node*."""
        if name == "JOB_CALLBACK_HMAC_SECRET":
            return ",".join(self.app.secrets if node is self.app else self.orchestrator.secrets)
        if name in self.outwards.alone:
            return "outward"
        if name in self.fleets.named:
            return self.fleets.setting(name)
        return str(self.put_expires_s) if name == "PUT_EXPIRES" else SETTINGS[name]

    @property
    def short_lived(self) -> bool:
        """Whether URLs live for minutes."""
        return self.put_expires_s == SHORT_URLS_S

    def silent(self, part: str) -> Any:
        """Return the error of a call to *part* that had no answer."""
        return self._upstream_error("upstream_failed", part=part, why="simulated")

    def token(self) -> str:
        """Return a token that was never given before."""
        self._drawn += 1
        return f"token-{self._drawn:08d}"

    nonce = token

    def capacity(self, host: str) -> int:
        """Return how many works *host* takes at once."""
        return self._capacities[host]

    def entropy(self, size: int) -> bytes:
        """Return bytes that were never given before."""
        self._drawn += 1
        return self._drawn.to_bytes(size)

    def latency(self, base_ms: int) -> int:
        """Return how long a step takes that takes about *base_ms*."""
        return 1 + int(self.random.draw() * 2 * base_ms)

    def log(self, node: Node, record: dict[str, Any]) -> None:
        """Take a log line."""
        if self.kernel.traced is not None:
            self.kernel.trace(node.name, f"logs {record}")
        self.oracle.logged(node, record)

    def heard(self, request: HttpRequest) -> None:
        """Take what the app is told."""

    def alarm_fate(self) -> str:
        """Return what becomes of an alarm that goes off."""
        hit = self.faults.hit
        if hit("alarm lost"):
            return "lost"
        if hit("alarm late"):
            return "late"
        return "twice" if hit("alarm twice") else "once"

    def lateness_ms(self) -> int:
        """Return how late an alarm is."""
        return self.faults.between(100, 900_000)

    def _is_struck_at_awaits(self) -> bool:
        """Whether a node may crash where its code waits: most is awaited in worlds without."""
        return not CRASHES.isdisjoint(self.faults.rates)

    def _fate_of_await(self, task: Task, op: Op) -> str | None:
        faults = self.faults
        if faults.hit("crash before"):
            self._trace_crash(task, op, "before")
            return "before"
        if faults.hit("crash after"):
            self._trace_crash(task, op, "after")
            return "after"
        return None

    def _trace_crash(self, task: Task, op: Op, when: str) -> None:
        self.kernel.trace(task.node.name, f"will crash in {task.label} {when} {op.name}")

    # --- its course -----------------------------------------------------------------------------

    def _cron(self) -> None:
        """Run the sweeper each minute, while anything is unfinished."""
        open_jobs = self.database.look("SELECT 1 FROM jobs WHERE check_ms IS NOT NULL LIMIT 1")
        if open_jobs:
            now_ms = self.app.now_ms()
            due = "SELECT 1 FROM jobs WHERE check_ms <= ? LIMIT 1"
            if self.database.look(due, (now_ms,)):
                self.app.scheduled()
        if open_jobs or self.kernel.now_ms < START_MS + PEOPLE_MS:
            self.kernel.at(CRON_MS, self._cron)

    def lives(self) -> int:
        """Return how many lives there were: one per job, and one for each time it began again."""
        return int(self.database.look("SELECT total(generation) AS n FROM jobs")[0]["n"])

    def run(self) -> "World":
        """Run to rest and judge; what has not ended in time, never does."""
        broken = self.oracle.broken
        self.kernel.run(broken, START_MS + FAULTY_MS + REST_MS)
        if not broken:
            self.oracle.at_rest()
        return self
