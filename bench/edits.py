"""What it costs a Worker to store an edit of a translation, and what learning from it adds.

    python -m bench.edits

The CPU time of workerd, in rounds in turn: the same 3,000 cues stored as subtitles of their own, as
an edit that changes every hundredth cue, and as one that changes each; and a translation that is
submitted without a memory and with one of 20,000 pairs.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.calls import BenchCall, KeptConnection, Storage
from bench.measure import measure
from bench.peers import BenchPeers
from bench.scenarios import Scenario
from dev.stack.overlay import CONTAINERS
from dev.stack.stack import Stack
from media_jobs.engines import ENGINES
from media_jobs.keys import output_key
from media_jobs.subtitles.markup import clock
from media_jobs.translation.limits import PAIRS_MAX

CUES = 3_000
ROUNDS = 7
MEDIA, JOB, VERSION = "med_bench", "job_bench", "sub_bench"
TRANSLATOR = ENGINES["subtitle-translator"]


def text_of(number: int, *, is_changed: bool = False) -> str:
    """Return what is said in a cue, as a film of two hours has them."""
    better = ", as somebody has put it better" if is_changed else ""
    return f"This is what is said in the cue number {number}{better},\nin two lines."


def file(changed: Callable[[int], bool]) -> bytes:
    """Return a file of subtitles whose cues are *changed*."""
    cues = (
        f"{clock(n * 2_000)} --> {clock(n * 2_000 + 1_900)}\n{text_of(n, is_changed=changed(n))}"
        for n in range(CUES)
    )
    return "\n\n".join(("WEBVTT", *cues, "")).encode()


def document() -> bytes:
    """Return the translation, cue by cue."""
    cues = [
        {
            "id": n + 1,
            "startMs": n * 2_000,
            "endMs": n * 2_000 + 1_900,
            "source": f"What is said in the cue number {n},\nin another language.",
            "target": text_of(n),
            "from": "model",
            "notices": [],
        }
        for n in range(CUES)
    ]
    return json.dumps({"version": 1, "from": "en", "to": "fr", "cues": cues}).encode()


def add_translation(stack: Stack, storage: Storage) -> None:
    """Put a media there whose newest subtitles a job has translated."""
    keys = {
        name: output_key(TRANSLATOR, slot, MEDIA, JOB, 1, 1)
        for name in ("subtitles", "translation")
        if (slot := TRANSLATOR.output(name)) is not None
    }
    made = document()
    storage.put(keys["translation"], made, "application/json")
    storage.put(keys["subtitles"], file(lambda _: False), "text/vtt")
    outputs = {"translation": {"key": keys["translation"], "sizeBytes": len(made)}}
    stack.sql("INSERT INTO media (media_id, title, created_ms) VALUES (?, 'x', 1)", MEDIA)
    stack.sql(
        "INSERT INTO jobs (job_id, media_id, engine, generation, options, status, progress,"
        " attempt, outputs, event_seq, accepted, handover_tries, created_ms, updated_ms,"
        " finished_ms) VALUES (?, ?, ?, 1, '{}', 'completed', 1.0, 1, ?, 1, 1, 0, 1, 1, 1)",
        JOB,
        MEDIA,
        TRANSLATOR.id,
        json.dumps(outputs),
    )
    stack.sql(
        "INSERT INTO inputs (input_id, media_id, slot, object_key, content_type, size_bytes, ready,"
        " created_ms, language, origin)"
        " VALUES (?, ?, 'subtitles', ?, 'text/vtt', 1, 1, 1, 'fr', 'translation')",
        VERSION,
        MEDIA,
        keys["subtitles"],
    )
    stack.sql(
        "INSERT INTO memory_pairs (pair_id, owner_id, from_language, to_language, source_key,"
        " source, target, media_id, job_id, updated_ms)"
        " WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " SELECT 'pair_0' || i, 'ws_default', 'fr', 'de', 'text ' || i, 'text ' || i,"
        " hex(zeroblob(40)), ?, 'job_other', i FROM n",
        PAIRS_MAX - CUES,
        MEDIA,
    )


def main() -> None:
    """Measure, and print a table."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        peers = held.enter_context(BenchPeers())
        urls = {one.name: peers.url for one in CONTAINERS}
        stack = held.enter_context(
            Stack(
                state_dir=folder,
                containers=(),
                container_urls=urls,
                worker_vars={"app": {"CF_ORCHESTRATOR_URL": peers.url}},
            )
        )
        storage = Storage(
            stack.s3_url, stack.secrets.s3_access_key_id, stack.secrets.s3_secret_access_key
        )
        add_translation(stack, storage)
        app = KeptConnection(stack.app_url)
        headers = {"authorization": f"Bearer {stack.admin_token}"}

        def sending(method: str, target: str, body: bytes, status: int = 201) -> Scenario:
            call = BenchCall(
                method=method, target=target, body=body, headers=headers, status=status
            )

            def prepare(count: int) -> Callable[[], None]:
                def send() -> None:
                    for _ in range(count):
                        app.send(call)

                return send

            return Scenario(name=f"{method} {target}", requests=2, prepare=prepare)

        put = f"/api/media/{MEDIA}/subtitles?language=fr"
        edit = f"{put}&parent={VERSION}"
        one_in_100, each = file(lambda n: n % 100 == 0), file(lambda _: True)

        def job(to: str) -> bytes:
            inputs = {"subtitles": VERSION}
            wanted = {"engine": TRANSLATOR.id, "mediaId": MEDIA, "options": {"to": to}}
            return json.dumps({**wanted, "inputs": inputs}).encode()

        named = {
            "subtitles of their own": sending("PUT", put, one_in_100),
            "an edit of every hundredth cue": sending("PUT", edit, one_in_100),
            "an edit of each cue": sending("PUT", edit, each),
            "a translation without a memory": sending("POST", "/api/jobs", job("nl")),
            f"a translation with {PAIRS_MAX - CUES:,} pairs": sending(
                "POST", "/api/jobs", job("de")
            ),
        }
        found = measure(
            [(stack.workerd_pid, scenario) for scenario in named.values()],
            rounds=ROUNDS,
            warm_up_rounds=2,
            tell=lambda text: print(text, file=sys.stderr, flush=True),
        )
        print("| request | CPU ms | least | most |\n|---|---:|---:|---:|")
        for name, one in zip(named, found, strict=True):
            least, most = min(one.rounds_ms), max(one.rounds_ms)
            print(f"| {name} | {one.median_ms:.0f} | {least:.0f} | {most:.0f} |")
        app.close()
        storage.close()


if __name__ == "__main__":
    main()
