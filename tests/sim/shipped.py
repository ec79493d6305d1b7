"""The shipped sources, loaded as a module set of their own on the simulated runtime.

Between the Workers' entry points, everything is as deployed: `app.entry`, `orchestrator.entry`
with its Durable Objects, and all they import. Only `workers`, `pyodide` and the calls into the
runtime (`edge`, but for `edge.rpc`, `edge.slots`, `edge.host_sockets` and `edge.host_peers`) are
the simulator's. A set of its own, so that settings cached by a Worker and a mutation of its source
reach no other test.
"""

import importlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.sim.kernel import Here
from tests.sim.lines import simulated_asyncio
from tests.sim.runtime import simulated_modules

SOURCES = Path(__file__).parents[2] / "src"
PACKAGES = ("app", "edge", "js", "media_jobs", "orchestrator", "pyodide", "workers")


@dataclass(frozen=True)
class Mutation:
    """A seeded bug: in *module*, the one place that reads *old* reads *new*."""

    module: str
    old: str
    new: str


@dataclass(frozen=True)
class Shipped:
    """What the simulator touches of the loaded set. Any: another set has other classes."""

    here: Here
    modules: dict[str, ModuleType]

    def __getitem__(self, name: str) -> Any:
        return self.modules[name]


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, mutations: Sequence[Mutation]) -> None:
        super().__init__(name, path)
        self._mutations = mutations

    def get_code(self, fullname: str) -> Any:
        source = Path(self.path).read_text("utf-8")
        for mutation in self._mutations:
            if source.count(mutation.old) != 1:
                raise ValueError(f"{fullname} does not have this once: {mutation.old}")
            source = source.replace(mutation.old, mutation.new)
        return _compiled(source, self.path)


@cache
def _compiled(source: str, path: str) -> CodeType:
    """Return the code of a source, which most sets have unchanged: compiling it is half of one."""
    code: CodeType = compile(source, path, "exec")
    return code


class _Finder(MetaPathFinder):
    def __init__(self, root: Path, mutations: Sequence[Mutation]) -> None:
        self._root = root
        self._mutations = mutations

    def find_spec(
        self, fullname: str, path: Any = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        folder = self._root / fullname.replace(".", "/")
        package = folder / "__init__.py"
        file = package if package.exists() else folder.with_suffix(".py")
        if not file.exists():
            return None
        chosen = [m for m in self._mutations if m.module == fullname]
        loader = _Loader(fullname, str(file), chosen)
        locations = [str(folder)] if file == package else None
        return spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=locations
        )


def load(mutations: Iterable[Mutation] = (), root: Path = SOURCES) -> Shipped:
    """Load the sources in *root*, with *mutations*, on a simulated runtime."""
    mutations = tuple(mutations)
    here = Here()
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if _is_ours(name)}
    finder = _Finder(root, mutations)
    sys.meta_path.insert(0, finder)
    try:
        for name in ("media_jobs.errors", "media_jobs.record", "media_jobs.routing", "edge"):
            importlib.import_module(name)
        sys.modules.update(simulated_modules(here, dict(sys.modules)))
        for name in ("app.entry", "orchestrator.entry"):
            importlib.import_module(name)
        # At the first request it would be those of the tests.
        modules: dict[str, Any] = dict(sys.modules)
        modules["media_jobs.later"].import_all()
        for engine in modules["media_jobs.engines"].ENGINES.values():
            engine.options()
        loaded = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)
    loaded["edge.host_sockets"].asyncio = simulated_asyncio(here)  # type: ignore[attr-defined]
    _watch_effects(here, loaded["orchestrator.jobs.lifecycle"])
    return Shipped(here=here, modules=loaded)


def _watch_effects(here: Here, lifecycle: Any) -> None:
    """Let the oracle see when a job's object begins and ends an effect."""
    perform = lifecycle.perform

    async def watched(job: Any, entry: Any, ports: Any) -> Any:
        oracle, owner = here.world.oracle, here.node
        begun = oracle.effect_begins(owner, entry)
        try:
            return await perform(job, entry, ports)
        finally:
            oracle.effect_ends(begun)

    lifecycle.perform = watched


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in PACKAGES
