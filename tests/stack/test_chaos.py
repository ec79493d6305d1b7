"""Many jobs at once on the running stack: a network that loses and repeats, containers that die.

A fifth of all callbacks is lost on its way or on its way back, a tenth comes twice, and containers
fall silent at random points, at most twice in a job's life (once in the short run): each death
costs a lease and a growing pause. Every accepted job ends, once, and everybody agrees on how.
"""

from __future__ import annotations

import random
import threading
from collections import Counter

import httpx
import pytest

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

LOST, TWICE, DIES = 0.2, 0.1, 0.06


class Chaos:
    """The fate of each attempt's container, by chance; of downloads it is the same every time."""

    def __init__(self, deaths_max: int) -> None:
        self.deaths_max = deaths_max
        self.faults: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._begun = 0

    def take(self, render: Render) -> int:
        """Answer `/render` at once and let the container live its life."""
        threading.Thread(target=self._live, args=(render,), daemon=True).start()
        return 202

    def _live(self, render: Render) -> None:
        luck = random.Random(self._seed(render))  # noqa: S311 - faults.
        dies = DIES if render.attempt <= self.deaths_max else 0.0
        for progress in (0.1, 0.5, 0.9):
            if luck.random() < dies:
                self._note("died")
                return
            self._send(render, luck, render.message("running", progress=progress))
        outputs = render.outputs()
        if luck.random() < dies:
            self._note("died")
            return
        last = render.message("completed", outputs=outputs)
        while self._send(render, luck, last) is None:
            pass

    def _seed(self, render: Render) -> str:
        """Return what decides an attempt's fate: a download's URL, or how many there were."""
        with self._lock:
            self._begun += 1
            number = self._begun
        return f"{render.payload['engineOptions'].get('url', number)}:{render.attempt}"

    def _send(self, render: Render, luck: random.Random, body: bytes) -> int | None:
        """Send one callback over the bad network; return the answer that came back, if one did."""
        fate = luck.random()
        if fate < LOST / 2:
            self._note("lost")
            return None
        try:
            answer = render.post(body)
            if luck.random() < TWICE:
                self._note("repeated")
                answer = render.post(body)
        except httpx.TransportError:
            self._note("broken")
            return None
        if fate < LOST:
            self._note("answer lost")
            return None
        return answer.status_code

    def _note(self, fault: str) -> None:
        with self._lock:
            self.faults[fault] += 1


@pytest.mark.long
def test_200_jobs_at_once_all_end_once_on_a_network_that_loses_and_repeats(
    own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    _all_end_once(200, 2, own_stack, client, containers)


def test_forty_jobs_at_once_all_end_once_on_that_network(
    own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    _all_end_once(40, 1, own_stack, client, containers)


def _all_end_once(
    count: int, deaths_max: int, own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    chaos = Chaos(deaths_max)
    media_id = client.new_media()
    containers.rules[media_id] = chaos.take
    wanted = {
        "engine": "media-downloader",
        "mediaId": media_id,
        "limits": {"heartbeatS": 15, "maxAttempts": 10},
    }
    urls = [{"url": f"https://example.com/{number}.mp4"} for number in range(count)]
    asked = [{**wanted, "options": options} for options in urls]
    job_ids = [client.api("POST", "/api/jobs", one).json()["jobId"] for one in asked]

    def all_ended() -> bool:
        rows = own_stack.sql(
            "SELECT count(*) AS n FROM jobs WHERE media_id = ? AND finished_ms IS NULL", media_id
        )
        return bool(rows[0]["n"] == 0)

    eventually(all_ended, "all jobs have ended", within_s=200)

    rows = own_stack.sql(
        "SELECT job_id, status, event_seq, attempt FROM jobs WHERE media_id = ?", media_id
    )
    ends = own_stack.sql(
        "SELECT job_id, count(*) AS n FROM job_events"
        " WHERE job_id IN (SELECT job_id FROM jobs WHERE media_id = ?) AND status = 'completed'"
        " GROUP BY job_id",
        media_id,
    )
    assert sorted(row["job_id"] for row in rows) == sorted(job_ids)
    assert {row["status"] for row in rows} == {"completed"}
    assert [row["n"] for row in ends] == [1] * count
    for row in rows:
        there = client.get_signed(f"/jobs/{row['job_id']}").json()
        assert (there["status"], there["eventSeq"]) == ("completed", row["event_seq"])
        assert f"/1-{row['attempt']}/" in there["outputs"]["video"]["key"]
    ours = [render for render in containers.renders if render.payload["mediaId"] == media_id]
    starts = Counter((render.job_id, render.attempt) for render in ours)
    assert len(starts) == sum(row["attempt"] for row in rows)
    assert {"lost", "answer lost", "repeated", "died"} <= set(chaos.faults), chaos.faults
    print(f"{count} jobs, {sum(starts.values())} starts, faults: {dict(chaos.faults)}")


RECIPE = {
    "title": {"en": "Burn what is said"},
    "source": "media",
    "steps": [
        {"step": "download", "engine": "media-downloader"},
        {
            "step": "transcribe",
            "engine": "asr-pipeline",
            "inputs": {"video": {"fromStep": "download", "output": "video"}},
        },
        {"step": "review", "review": [{"fromStep": "transcribe", "output": "subtitles"}]},
        {
            "step": "burn",
            "engine": "burner-ffmpeg",
            "inputs": {
                "video": {"fromStep": "download", "output": "video"},
                "subtitles": {"fromStep": "transcribe", "output": "subtitles"},
            },
        },
    ],
}
REJECTED_EVERY = 5
"""Of so many reviews a person rejects one."""


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_200_runs_of_a_recipe_at_once_all_end_on_that_network(
    own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    _all_runs_end(200, own_stack, client, containers)


def test_six_runs_of_a_recipe_all_end_on_that_network(
    own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    _all_runs_end(6, own_stack, client, containers)


def _all_runs_end(
    count: int, own_stack: Stack, client: ApiClient, containers: FakeContainers
) -> None:
    chaos = Chaos(1 if count > 6 else 0)
    media_id = client.new_media()
    containers.rules[media_id] = chaos.take
    assert client.api("PUT", "/api/recipes/chaos", RECIPE).status_code == 200
    run_ids = []
    for number in range(count):
        options = {"download": {"url": f"https://example.com/{number}.mp4"}}
        body = {"mediaId": media_id, "options": options}
        answered = client.api("POST", "/api/recipes/chaos/runs", body)
        assert answered.status_code == 201, answered.text
        run_ids.append(answered.json()["runId"])
    decided: list[str] = []

    def all_ended() -> bool:
        asked = own_stack.sql(
            "SELECT run_id, review_id FROM reviews WHERE media_id = ? AND state = 'requested'",
            media_id,
        )
        for row in asked:
            decision = "approve" if len(decided) % REJECTED_EVERY else "reject"
            path = f"/api/runs/{row['run_id']}/reviews/{row['review_id']}"
            assert client.api("POST", path, {"decision": decision}).status_code == 200
            decided.append(decision)
        open_jobs = "SELECT count(*) AS n FROM jobs WHERE media_id = ? AND finished_ms IS NULL"
        return bool(own_stack.sql(open_jobs, media_id)[0]["n"] == 0)

    eventually(all_ended, "all runs have ended", within_s=1200)

    ends = Counter(client.api("GET", f"/api/runs/{run_id}").json()["status"] for run_id in run_ids)
    approved = decided.count("approve")
    wrong = "SELECT engine, error FROM jobs WHERE media_id = ? AND status = 'failed'"
    assert own_stack.sql(wrong, media_id) == []
    assert len(decided) == count
    assert ends == Counter({"completed": approved, "canceled": count - approved})
    burns = own_stack.sql(
        "SELECT j.job_id, i.object_key, w.from_job FROM jobs AS j JOIN job_waits AS w"
        " ON w.job_id = j.job_id AND w.slot = 'subtitles' JOIN inputs AS i"
        " ON i.input_id = w.input_id WHERE j.media_id = ? AND j.status = 'completed'"
        " AND j.engine = 'burner-ffmpeg'",
        media_id,
    )
    assert len(burns) == approved
    assert all(f"/transcripts/{row['from_job']}/" in row["object_key"] for row in burns)
    assert chaos.faults
    print(f"{count} runs, {dict(ends)}, {chaos._begun} starts, faults: {dict(chaos.faults)}")
