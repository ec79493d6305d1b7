"""`make bench`: start a stack without containers, measure, print a table, keep the figures.

`python -m bench burn`, `pieces`, `remotion`, `encoders`, `preview`, `download`, `transfer`,
`memory` and `transcribe` measure the engines, without a stack; `page` what people wait for over a
slow line, `editor` what a key costs in the subtitle editor, `timeline` what a frame of its timeline
takes, `imports` what the start of a Worker imports, `jobs` what a whole job costs, `isolates`
where that goes, `load` what thousands at once do, `floods` how long one takes beside strangers,
`queue` what a step of a dispatcher costs by how many jobs wait, `cancels` how long until a
cancellation has ended the work on the right one of three hosts. `--against REV` measures the routes
of that commit, its jobs, its comments engine, its editor or its queue in the same run.
"""

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench import (
    against,
    burning,
    cancels,
    comments_against,
    comments_video,
    downloads,
    editor,
    encoders,
    floods,
    imports,
    isolates,
    jobs,
    load,
    memory,
    page_loads,
    pieces,
    previews,
    queue,
    timeline,
    transcripts,
    transfers,
)
from bench.calls import KeptConnection, Storage
from bench.floor import Floor
from bench.measure import measure
from bench.peers import BenchPeers
from bench.report import document, table
from bench.running import running_stack
from bench.scenarios import Deployment, Scenario, floor_scenarios, scenarios
from dev.scratch import scratch_folder

ROUNDS = 7
ROUNDS_AGAINST = 5
ENGINE_ROUNDS_MAX = 5
ENGINES = {
    "burn": burning.main,
    "pieces": pieces.main,
    "remotion": comments_video.main,
    "download": downloads.main,
    "transfer": transfers.main,
    "memory": memory.main,
    "encoders": encoders.main,
    "preview": previews.main,
    "page": page_loads.main,
    "timeline": timeline.main,
    "transcribe": transcripts.main,
    "editor": editor.main,
    "imports": imports.main,
    "jobs": jobs.main,
    "isolates": isolates.main,
    "floods": floods.main,
    "load": load.main,
    "queue": queue.main,
    "cancels": cancels.main,
}
COMPARED = ("routes", "jobs", "load", "remotion", "editor", "queue")
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    arguments = _arguments()
    if arguments.subject == "load":
        load.compare(arguments.against, arguments.jobs, arguments.minutes)
    elif arguments.against and arguments.subject == "remotion":
        print(comments_against.compare(arguments.against, rounds=arguments.rounds, tell=_tell))
    elif arguments.against and arguments.subject == "editor":
        print(editor.compare(arguments.against, rounds=arguments.rounds, tell=_tell))
    elif arguments.against and arguments.subject == "queue":
        print(queue.compare(arguments.against, rounds=arguments.rounds, tell=_tell))
    elif arguments.against and arguments.subject == "jobs":
        print(jobs.compare(arguments.against, rounds=arguments.rounds, tell=_tell))
    elif arguments.against:
        print(
            against.compare(
                arguments.against,
                rounds=arguments.rounds,
                warm_up=arguments.warm_up,
                only=arguments.only,
                tell=_tell,
            )
        )
    elif arguments.subject == "routes":
        _measure_routes(arguments)
    else:
        ENGINES[arguments.subject](min(arguments.rounds, ENGINE_ROUNDS_MAX))


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measure_routes(arguments: argparse.Namespace) -> None:
    with ExitStack() as exit_stack:
        folder = Path(exit_stack.enter_context(tempfile.TemporaryDirectory(dir=scratch_folder())))
        peers = exit_stack.enter_context(BenchPeers())
        told = {"orchestrator": {"APP_BASE_URL": peers.url}}
        stack = exit_stack.enter_context(running_stack(peers.url, worker_vars=told))
        secrets = stack.secrets
        storage = Storage(stack.s3_url, secrets.s3_access_key_id, secrets.s3_secret_access_key)
        deployment = Deployment(
            stack.orchestrator_url, stack.app_url, stack.secret, stack.admin_token, storage
        )
        exit_stack.callback(deployment.close)
        measured: list[tuple[int, Scenario]] = [
            (stack.workerd_pid, scenario) for scenario in scenarios(deployment, peers)
        ]
        floor = exit_stack.enter_context(Floor(folder / "floor", peers.url))
        connection = KeptConnection(floor.url)
        exit_stack.callback(connection.close)
        measured += [
            (floor.workerd_pid, scenario)
            for scenario in floor_scenarios(connection, floor.secret, peers)
        ]
        measured = [pair for pair in measured if arguments.only in pair[1].name or _is_base(pair)]
        measurements = measure(
            measured,
            rounds=arguments.rounds,
            warm_up_rounds=arguments.warm_up,
            tell=_tell,
        )
        imports_s = stack.import_times_s()
    print(table(measurements))
    print("import, CPU: " + ", ".join(f"{name} {spent:.1f} s" for name, spent in imports_s.items()))
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%MZ")
    if not arguments.only:
        RESULTS.mkdir(exist_ok=True)
        kept = RESULTS / f"{stamp}.json"
        kept.write_text(json.dumps(document(measurements, imports_s, stamp), indent=1) + "\n")
        print(f"kept in {kept}")


def _is_base(pair: tuple[int, Scenario]) -> bool:
    return pair[1].name.endswith("GET /healthz")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    subjects = ("routes", *ENGINES)
    parser.add_argument("subject", nargs="?", choices=subjects, default="routes")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--warm-up", type=int, default=3, help="rounds that are not counted")
    parser.add_argument("--only", default="", help="part of a route's name; nothing is kept then")
    parser.add_argument("--against", metavar="REV", help="a commit to compare with")
    parser.add_argument("--jobs", type=int, default=load.JOBS, help="of `load`")
    parser.add_argument(
        "--minutes", type=float, default=load.MINUTES, help="of `load`, for each commit"
    )
    arguments = parser.parse_args()
    if arguments.against and arguments.subject not in COMPARED:
        parser.error(f"--against compares these only: {', '.join(COMPARED)}")
    if arguments.against and not against.is_commit(arguments.against):
        parser.error(f"there is no commit {arguments.against}")
    if arguments.rounds is None:
        arguments.rounds = ROUNDS_AGAINST if arguments.against else ROUNDS
    return arguments


if __name__ == "__main__":
    main()
