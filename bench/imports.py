"""`python -m bench imports`: what the import of the Workers' main modules costs at a start.

Interleaved in one run: a Worker that says hello, one that imports pydantic as well, and both of
this project. The CPU time is that of workerd's main thread from the import's begin to its end, the
interpreter's own start not included. And the other end: what the first request of a kind costs a
new isolate, beside the second, as what is imported late is imported then.
"""

import json
import os
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.calls import BenchCall, KeptConnection
from bench.cpu import cpu_s, wait_until_idle
from dev.installation import CONFIGS, ROOT
from dev.stack.log import LogStream
from dev.stack.ports import any_free_port
from dev.stack.process import Guard
from dev.stack.runtimes.miniflare import MiniflareWorkers, StackSettings, Worker
from dev.stack.stack import Stack
from dev.stack.state import Secrets

PLAIN = Path(__file__).parent / "plain"
HELLO, PYDANTIC = "hello", "pydantic"
BURN = {"engine": "media-downloader", "options": {"url": "https://example.com/video.mp4"}}
FIRST: tuple[tuple[str, str, object], ...] = (
    ("GET", "/api/session", None),
    ("GET", "/api/jobs", None),
    ("POST", "/api/jobs/check", BURN),
    ("POST", "/api/jobs", BURN),
    ("GET", "/api/media", None),
    ("GET", "/api/runs", None),
    ("GET", "/api/webhooks", None),
)
"""What is asked of a new app, in this order; the start itself has asked for /healthz."""
STATUS = {"/api/jobs/check": 200}

First = dict[str, list[tuple[float, float]]]
"""Milliseconds of CPU of the first and the second request of a kind, one pair for each round."""


def main(rounds: int) -> None:
    """Measure *rounds* times, interleaved, and print medians and ratios."""
    imports: dict[str, list[float]] = {}
    first: First = defaultdict(list)
    for _ in range(rounds):
        for name, spent_s in _round():
            imports.setdefault(name, []).append(spent_s * 1000)
        _ask_new(first)
    print(_imports(imports))
    print()
    print(_first(first))


def _round() -> Iterator[tuple[str, float]]:
    """Give the seconds of each import, of the first Worker of a workerd of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for label in (HELLO, PYDANTIC):
            yield label, _started([_copied(label, folder)], folder / "v3")[label]
    own = [
        Worker(
            label=label,
            config=ROOT / config,
            port=any_free_port(),
            bindings={},
            assets=ROOT / "public",
        )
        for label, config in CONFIGS.items()
    ]
    for workers in (own, own[::-1]):
        with tempfile.TemporaryDirectory() as name:
            label = workers[0].label
            yield label, _started(workers, Path(name) / "v3")[label]


def _started(workers: Sequence[Worker], persist: Path) -> Mapping[str, float]:
    """Start *workers* in one workerd, and return the seconds of their imports."""
    settings = StackSettings(
        workers=workers, persist=persist, secrets=Secrets.make(), compiled=False
    )
    guard = Guard()
    running = MiniflareWorkers(settings, guard=guard, log=LogStream(None), env=os.environ)
    try:
        running.wait()
        return running.import_times_s()
    finally:
        running.part.stop()
        guard.close()


def _copied(label: str, folder: Path) -> Worker:
    own = folder / label
    shutil.copytree(PLAIN / label, own)
    (own / "python_modules").symlink_to(ROOT / "python_modules")
    config = own / "wrangler.jsonc"
    return Worker(label=label, config=config, port=any_free_port(), bindings={})


def _ask_new(first: First) -> None:
    """Start both Workers, and ask the app what is asked."""
    with (
        tempfile.TemporaryDirectory() as name,
        Stack(state_dir=Path(name), containers=(), compiled=False) as stack,
    ):
        connection = KeptConnection(stack.app_url)
        headers = {
            "authorization": f"Bearer {stack.admin_token}",
            "content-type": "application/json",
        }
        for method, target, body in FIRST:
            call = BenchCall(
                method=method,
                target=target,
                body=b"" if body is None else json.dumps(body).encode(),
                headers=headers,
                status=STATUS.get(target, 201) if method == "POST" else 200,
            )
            spent = [_spent_ms(stack, connection, call) for _ in range(2)]
            first[f"{method} {target}"].append((spent[0], spent[1]))
        connection.close()


def _spent_ms(stack: Stack, connection: KeptConnection, call: BenchCall) -> float:
    wait_until_idle(stack.workerd_pid)
    before_s = cpu_s(stack.workerd_pid)
    connection.send(call)
    return (cpu_s(stack.workerd_pid) - before_s) * 1000


def _imports(found: Mapping[str, list[float]]) -> str:
    """Return the table. A ratio is the median of the rounds' own."""
    rows = ["| Import | × pydantic | CPU ms | least | most |", "|---|---:|---:|---:|---:|"]
    for name, spent_ms in found.items():
        ratio = statistics.median(
            own / base for own, base in zip(spent_ms, found[PYDANTIC], strict=True)
        )
        median = statistics.median(spent_ms)
        rows.append(
            f"| {name} | {ratio:.2f} | {median:.0f} | {min(spent_ms):.0f} | {max(spent_ms):.0f} |"
        )
    return "\n".join(rows)


def _first(found: Mapping[str, list[tuple[float, float]]]) -> str:
    rows = ["| app | first, CPU ms | second |", "|---|---:|---:|"]
    for target, pairs in found.items():
        first, second = (statistics.median(pair[n] for pair in pairs) for n in (0, 1))
        rows.append(f"| {target} | {first:.0f} | {second:.0f} |")
    return "\n".join(rows)
