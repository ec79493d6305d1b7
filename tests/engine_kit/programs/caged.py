"""`python -m caged`: a container that runs the programs which a test names.

Its attempts take a moment and upload nothing.
"""

import asyncio
import os
import sys
from dataclasses import replace
from importlib import import_module

from engine_kit.engine import Answer, Desk, DirectAnswer, EngineJob, Outputs, Program
from engine_kit.fork_server import ForkServer
from engine_kit.processes import run_process
from engine_kit.serve import main
from pydantic import BaseModel, Field
from pydantic_core import to_json

from media_jobs.engines.burner import ENGINE
from media_jobs.wire import Foreign, OutputClaim

STEPS, STEP_S = 20, 0.05
FORKS = ForkServer("snoop", cpu_s=20, memory_bytes=1 << 30)


class _Options(BaseModel):
    pass


class _Run(Foreign):
    """`POST /run`: a program, its environment, and whether it is to reach the network.

    Without a program, a process of the fork server looks for a secret that comes reversed.
    """

    argv: list[str] = Field(default_factory=list)
    reversed_secret: str = ""
    env: dict[str, str] = Field(default_factory=dict)
    network: bool = False


async def _work(job: EngineJob[_Options]) -> Outputs:
    for _ in range(STEPS):
        await run_process(["true"], cwd=job.work_dir)
        await asyncio.sleep(STEP_S)
    return {"video": OutputClaim(key="k", size_bytes=1)}


async def _run(body: bytes, desk: Desk) -> Answer:
    wanted = _Run.model_validate_json(body)
    lines: list[str] = []
    if not wanted.argv:
        seen = await FORKS.run(import_module("snoop").look, os.getpid(), wanted.reversed_secret)
        return Answer(content=to_json(seen), headers={"content-type": "application/json"})
    ended = await run_process(
        wanted.argv,
        cwd=desk.cache_dir,
        on_line=lines.append,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **wanted.env},
        network=wanted.network,
    )
    said = {"code": ended.code, "lines": lines, "errors": ended.stderr_tail}
    return Answer(content=to_json(said), headers={"content-type": "application/json"})


PROGRAM = Program(
    engine=replace(
        ENGINE,
        name="caged",
        inputs=(),
        outputs=(replace(ENGINE.outputs[0], required=False),),
        options=lambda: _Options,
    ),
    run=_work,
    forks=FORKS,
    answers={"/run": DirectAnswer(type="container.run", make=_run)},
)

if __name__ == "__main__":
    sys.exit(main(PROGRAM))
