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
    """The fate of each attempt's container, by chance that is the same in every run."""

    def __init__(self, deaths_max: int) -> None:
        self.deaths_max = deaths_max
        self.faults: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, render: Render) -> int:
        """Answer `/render` at once and let the container live its life."""
        threading.Thread(target=self._live, args=(render,), daemon=True).start()
        return 202

    def _live(self, render: Render) -> None:
        url = render.payload["engineOptions"]["url"]
        luck = random.Random(f"{url}:{render.attempt}")  # noqa: S311 - faults.
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
