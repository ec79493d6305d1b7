"""`python -m bench isolates`: where the CPU time of whole jobs goes, by V8's own profiler.

Every isolate of workerd is sampled while burns are taken from their creation to their ends: both
Workers, and those of Miniflare that play D1, R2 and the front. A sample counts for one millisecond
at most, as an isolate that waits for a processor has long pauses between two. Then the same of two
routes of the orchestrator, one request after the other.
"""

import asyncio
import json
import os
import socket
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import connect

from bench.calls import Storage
from bench.jobs import PACE_S, TIMED_JOBS, Cpu, running, whole_jobs
from bench.peers import BenchPeers
from bench.running import running_stack
from bench.scenarios import Deployment, scenarios
from dev.installation import ROOT

ENGINE = "burner-ffmpeg"
SAMPLE_US, SAMPLE_US_MAX = 500, 1000
ISOLATES = {
    "core:user:media-orchestrator": "the orchestrator",
    "core:user:vid-genius-start": "the app",
    "d1:db": "D1",
    "d1:db:entry": "D1",
    "r2:bucket": "R2",
    "r2:bucket:entry": "R2",
    "core:entry": "Miniflare's front",
}
"""By their names in the inspector."""
ORCHESTRATOR, APP = "core:user:media-orchestrator", "core:user:vid-genius-start"
ROUTES = {"POST /callbacks/container": 1000, "POST /jobs": 100}
"""Routes by their names in the benchmark, and how many requests of each are sampled."""
WARM_UP = 50
WAITING = frozenset({"(idle)", "(program)"})
"""What is no work of the isolate's own."""
PARTS = {
    "pyodide.asm.mjs": "Pyodide's JavaScript",
    "(garbage collector)": "V8's garbage collector",
}
LARGEST_WASM = "CPython"
OTHER_WASM = "extensions, pydantic above all"

Profile = dict[str, Any]


@contextmanager
def _inspected() -> Iterator[str]:
    """Have stacks that start in the block be open to the inspector; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ["INSPECTOR_PORT"] = str(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        del os.environ["INSPECTOR_PORT"]


class _Sampler(threading.Thread):
    """Samples the isolate at *url* from its start until `over`."""

    def __init__(self, url: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.begun = threading.Event()
        self.profile: Profile = {}
        self._url = url
        self._over = over
        self._sent = 0

    def run(self) -> None:
        asyncio.run(self._sample())

    async def _sample(self) -> None:
        async with connect(self._url, max_size=None) as line:
            await self._do(line, "Profiler.enable")
            await self._do(line, "Profiler.setSamplingInterval", interval=SAMPLE_US)
            await self._do(line, "Profiler.start")
            self.begun.set()
            await asyncio.to_thread(self._over.wait)
            self.profile = (await self._do(line, "Profiler.stop"))["profile"]

    async def _do(self, line: Any, method: str, **params: object) -> dict[str, Any]:
        self._sent += 1
        await line.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while True:
            answer: dict[str, Any] = json.loads(await line.recv())
            if answer.get("id") == self._sent:
                result: dict[str, Any] = answer.get("result", {})  # Enabling may be no command.
                return result


def spent_ms(profile: Profile) -> Counter[str]:
    """Return the milliseconds of *profile* by where its frames come from."""
    frames = {node["id"]: node["callFrame"] for node in profile["nodes"]}
    found: Counter[str] = Counter()
    for node, delta_us in zip(profile["samples"], profile["timeDeltas"], strict=True):
        frame = frames[node]
        if frame["functionName"] not in WAITING:
            origin = frame["url"].rsplit("/", 1)[-1] or frame["functionName"]
            found[_part(origin, frame["url"])] += min(delta_us, SAMPLE_US_MAX) / 1000
    return found


def _part(origin: str, url: str) -> str:
    if url.startswith("wasm:"):
        return f"wasm {origin}"
    return PARTS.get(origin, "the runtime, and its calls" if "." not in origin else "JavaScript")


class _Uncounted(Cpu):
    """Of a process that is sampled, which keeps it from ever being idle."""

    @contextmanager
    def measured(self) -> Iterator[None]:
        yield


@contextmanager
def _sampled(address: str, names: Sequence[str]) -> Iterator[dict[str, Profile]]:
    """Sample the isolates with *names* during the block; what is yielded is filled at its end."""
    with urllib.request.urlopen(f"{address}/json") as answer:  # noqa: S310 - on loopback.
        targets = {target["id"]: target["webSocketDebuggerUrl"] for target in json.load(answer)}
    over = threading.Event()
    samplers = {name: _Sampler(targets[name], over) for name in names if name in targets}
    for sampler in samplers.values():
        sampler.start()
    for sampler in samplers.values():
        assert sampler.begun.wait(30), "the inspector does not answer"
    found: dict[str, Profile] = {}
    yield found
    over.set()
    for name, sampler in samplers.items():
        sampler.join(60)
        found[name] = sampler.profile


def main(rounds: int) -> None:
    """Print what each isolate spends on one job, and what the orchestrator and the app spend."""
    with _inspected() as address, running(ROOT, is_counted=False) as side:
        cpu = Cpu(side.stack.workerd_pid)
        whole_jobs(side, ENGINE, TIMED_JOBS, PACE_S, cpu)  # What is made once.
        with _sampled(address, tuple(ISOLATES)) as found:
            whole_jobs(side, ENGINE, TIMED_JOBS, PACE_S, _Uncounted(side.stack.workerd_pid))
    print(table({name: spent_ms(profile) for name, profile in found.items()}))
    for route, spent in _routes().items():
        print(f"\n{parts_table(f'`{route}`, {spent.total():.2f} ms', spent)}")


def _routes() -> dict[str, Counter[str]]:
    """Return what the orchestrator spends on one request of each of ROUTES, in milliseconds."""
    found: dict[str, Counter[str]] = {}
    with (
        _inspected() as address,
        BenchPeers() as peers,
        running_stack(
            peers.url, worker_vars={"orchestrator": {"APP_BASE_URL": peers.url}}
        ) as stack,
    ):
        keys = stack.secrets.s3_access_key_id, stack.secrets.s3_secret_access_key
        deployment = Deployment(
            stack.orchestrator_url,
            stack.app_url,
            stack.secret,
            stack.admin_token,
            Storage(stack.s3_url, *keys),
        )
        for scenario in scenarios(deployment, peers):
            if scenario.name in ROUTES:
                requests = ROUTES[scenario.name]
                scenario.prepare(WARM_UP)()
                scenario.clean()
                run = scenario.prepare(requests)
                with _sampled(address, (ORCHESTRATOR,)) as profiles:
                    run()
                scenario.clean()
                spent = spent_ms(profiles[ORCHESTRATOR])
                found[scenario.name] = Counter({part: ms / requests for part, ms in spent.items()})
        deployment.close()
    return found


def table(found: Mapping[str, Counter[str]]) -> str:
    """Return the shares of the isolates, and of the parts of the two Workers, as tables."""
    by_role: Counter[str] = Counter()
    for name, spent in found.items():
        by_role[ISOLATES[name]] += spent.total()
    whole = by_role.total()
    lines = ["| isolate | ms of a job | share |", "|---|---:|---:|"]
    lines += [
        f"| {role} | {ms / TIMED_JOBS:.1f} | {ms / whole:.0%} |"
        for role, ms in by_role.most_common()
    ]
    tables = [parts_table(f"of {ISOLATES[name]}", found[name]) for name in (ORCHESTRATOR, APP)]
    return "\n\n".join(["\n".join(lines), *tables])


def parts_table(title: str, spent: Counter[str]) -> str:
    """Return the shares of the parts of what was *spent* by one isolate."""
    named = _named(spent)
    rows = [f"| {part} | {ms / named.total():.0%} |" for part, ms in named.most_common()]
    return "\n".join([f"| {title} | share |", "|---|---:|", *rows])


def _named(spent: Counter[str]) -> Counter[str]:
    """Return *spent* with names for WebAssembly: the largest module is the interpreter."""
    modules = [part for part, _ in spent.most_common() if part.startswith("wasm ")]
    named: Counter[str] = Counter()
    for part, ms in spent.items():
        if part.startswith("wasm "):
            part = LARGEST_WASM if part == modules[0] else OTHER_WASM
        named[part] += ms
    return named
