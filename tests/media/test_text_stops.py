"""Work on what strangers wrote, in the real programs: it ends with its job, and with who asks for a
preview and hangs up (A05, A17).
"""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dev.engines.stage import SECRETS, RunningEngine, surroundings
from dev.engines.usage import tree_cpu_s
from media_jobs.signing import SIGNATURE_HEADER, sign
from tests.media.burning import Burner, burner, vtt
from tests.media.pictures import plain_clip

WORK = "text-work"
GONE_S = 30.0
"""Less than the work would take that is stopped."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SLOW = vtt(
    *((0, 9, " ".join(f"{n}{LETTERS[m % 26] * 9}{m}" for m in range(120))) for n in range(900))
)
"""Words that are all new, in cues that stand at one time: minutes of layout."""
LONG = {
    "video": {"title": "A title"},
    "comments": [{"author": "Emma", "content": f"{n} {LETTERS} " * 160} for n in range(100)],
}


@pytest.fixture(scope="module")
def burns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burner]:
    """A running burner with one slot."""
    with burner(tmp_path_factory.mktemp("burner"), CAPACITY="1") as running:
        yield running


def until_working(engine: RunningEngine, *, works: bool, within_s: float) -> None:
    deadline_s = time.monotonic() + within_s
    while (WORK in engine.children()) is not works:
        assert time.monotonic() < deadline_s, engine.children()
        time.sleep(0.02)


def assert_idle(engine: RunningEngine) -> None:
    """Nothing of the work is left: no process, no file, and no processor time."""
    before_s = tree_cpu_s(engine.process.pid)
    time.sleep(0.5)
    assert tree_cpu_s(engine.process.pid) - before_s < 0.2
    assert engine.children() == []


def hang_up(engine: RunningEngine, message: dict[str, object]) -> None:
    """Ask for a preview, and go when the work has begun."""
    now_ms = int(time.time() * 1000)
    text = {"type": "container.preview", "ts": now_ms, "nonce": f"nonce-{now_ms}", **message}
    body = json.dumps(text).encode()
    place = urlsplit(engine.origin)
    head = (
        f"POST /preview HTTP/1.1\r\nhost: {place.netloc}\r\ncontent-length: {len(body)}\r\n"
        f"{SIGNATURE_HEADER}: {sign(body, SECRETS)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=30) as caller:
        caller.sendall(head.encode() + body)
        until_working(engine, works=True, within_s=GONE_S)


def test_a05_a_canceled_jobs_layout_ends_and_its_slot_memory_and_files_are_free(
    burns: Burner, tmp_path: Path
) -> None:
    clip = plain_clip(tmp_path / "clip.mp4", "640x360", 1)
    job_id = burns.order(clip, SLOW)
    burns.world.wait_for_request(f"{job_id}.video")
    until_working(burns.engine, works=True, within_s=30)

    answer = burns.engine.cancel(job_id)

    assert answer.json() == {"ok": True, "status": "canceled"}
    until_working(burns.engine, works=False, within_s=GONE_S)
    health = httpx.get(f"{burns.engine.origin}/health", trust_env=False).json()
    assert health["active"] == 0
    assert_idle(burns.engine)
    assert list((burns.folder / "work").glob(f"*/{job_id}-*")) == []


def test_a17_a_burns_preview_ends_with_its_caller(burns: Burner) -> None:
    hang_up(burns.engine, {"subtitles": SLOW[:700_000], "atS": 1})

    until_working(burns.engine, works=False, within_s=GONE_S)
    assert_idle(burns.engine)


def test_a17_a_preview_of_comments_ends_with_its_caller(tmp_path: Path) -> None:
    with surroundings(), RunningEngine("remotion", tmp_path, {}) as engine:
        for _ in range(2):
            hang_up(engine, {"document": LONG, "atS": 3})
            until_working(engine, works=False, within_s=GONE_S)

        assert_idle(engine)
