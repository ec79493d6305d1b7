"""A network that repeats and reorders, an app that is away, hosts that lose their power.

One stack of this module's own: its parts reach each other through proxies, the burner is the real
one, and it can be killed whole and started again on its state.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from dev.stack.stack import Stack
from tests.media.pictures import ffmpeg
from tests.stack.api_client import OPTIONS, VTT, ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render
from tests.stack.proxy import Proxy

SHORT_LEASE = {"heartbeatS": 15}
LONG_LEASE = {"startS": 600, "heartbeatS": 600, "noProgressS": 3600}
LEASE_LOST_S = 60.0
BURN_S = 90.0


class Site:
    """The stack, what plays its downloader, and the proxies between its parts."""

    def __init__(self, folder: Path, containers: FakeContainers, app: Proxy, orchestrator: Proxy):
        self.folder = folder
        self.containers = containers
        self.app = app
        self.orchestrator = orchestrator
        self.ports: dict[str, int] = {}

    def start(self) -> None:
        between = {
            "APP_BASE_URL": self.app.url,
            "ORCHESTRATOR_BASE_URL_CONTAINER": self.orchestrator.url,
        }
        urls = {name: self.containers.urls[name] for name in ("downloader", "remotion")}
        self.stack = Stack(
            state_dir=self.folder,
            containers=("burner",),
            container_urls=urls,
            worker_vars={"orchestrator": between},
            ports=self.ports,
        ).__enter__()
        self.ports = self.stack.ports
        self.app.target = self.stack.app_url
        self.orchestrator.target = self.stack.orchestrator_url
        self.containers.secret = self.stack.secret
        self.client = ApiClient(self.stack)

    def stop(self) -> None:
        self.client.http.close()
        self.stack.__exit__()

    def new_job(
        self, media_id: str, engine: str = "media-downloader", lease: object = SHORT_LEASE
    ) -> str:
        """Return a new job."""
        wanted = {
            "engine": engine,
            "mediaId": media_id,
            "options": OPTIONS[engine],
            "limits": lease,
        }
        answer = self.client.api("POST", "/api/jobs", wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["jobId"])

    def started(self) -> Render:
        """Return the attempt of a new download, with all the time it may need.

        The app knows of its start.
        """
        job_id = self.new_job(self.client.new_media(), lease=LONG_LEASE)
        self.client.job_in(job_id, "fetching_metadata")
        return self.containers.render(job_id)

    def burning(self, clip: Path) -> str:
        """Return a job that the burner is at work on."""
        media_id = self.client.new_media()
        assert self.client.upload(media_id, clip.read_bytes()).status_code == 200
        assert self.client.api("PUT", f"/api/media/{media_id}/subtitles", VTT).status_code == 201
        job_id = self.new_job(media_id, "burner-ffmpeg")
        self.client.job_when(job_id, lambda job: job["status"] == "running", "running")
        return job_id


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with FakeContainers() as containers, Proxy() as app, Proxy() as orchestrator:
        site = Site(folder, containers, app, orchestrator)
        site.start()
        try:
            yield site
        finally:
            site.stop()


@pytest.fixture
def site(standing: Site) -> Iterator[Site]:
    """The site; its proxies are as they should be again afterwards."""
    yield standing
    for proxy in (standing.app, standing.orchestrator):
        proxy.copies, proxy.fault = 1, ""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that takes a few seconds to burn."""
    clip = tmp_path_factory.mktemp("clip") / "clip.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=8"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(clip)),
    )
    return clip


def _at_once(site: Site, render: Render, bodies: list[bytes]) -> list[httpx.Response]:
    """Send all in this order; the proxy passes them on in the opposite one."""
    site.orchestrator.reverse(len(bodies))
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = []
        for number, body in enumerate(bodies, start=1):
            answers.append(pool.submit(render.post, body))
            if number < len(bodies):
                eventually(lambda n=number: site.orchestrator.held == n, "it waits")  # type: ignore[misc]
        return [answer.result() for answer in answers]


def _numbers_told(site: Site, job_id: str) -> list[int]:
    """Return the numbers of the events the app was told, in the order in which they came."""
    told = [json.loads(body) for body in site.app.passed if job_id.encode() in body]
    # What comes at once goes as a list, one after the other in it.
    events = [event for said in told for event in (said if isinstance(said, list) else [said])]
    return [event["eventSeq"] for event in events if event["jobId"] == job_id]


def _told_twice(site: Site, job_id: str) -> list[int] | None:
    """Return the numbers of the events the app was told, once each of them has come twice."""
    numbers = _numbers_told(site, job_id)
    return numbers if all(numbers.count(number) >= 2 for number in numbers) else None


# --- the network ----------------------------------------------------------------------------------


def test_callbacks_that_a_proxy_repeats_and_reorders_end_a_job_once(site: Site) -> None:
    site.orchestrator.copies = site.app.copies = 2
    render = site.started()
    steps = [render.message("running", progress=number / 10) for number in range(1, 6)]
    outputs = render.outputs()
    late = [render.message("running", progress=number / 10) for number in range(6, 9)]
    last = render.message("completed", outputs=outputs)

    answers = _at_once(site, render, steps)
    between = site.client.job_when(render.job_id, lambda job: job["progress"] == 0.5, "at 0.5")
    answers_late = _at_once(site, render, [*late, last])
    job = site.client.job_in(render.job_id, "completed")

    ours = [body for body in site.orchestrator.passed if render.job_id.encode() in body]
    there = [body for body in [*reversed(steps), last, *reversed(late)] for _ in range(2)]
    assert ours == there
    assert {answer.status_code for answer in answers} == {200}
    # Whoever works on after the end is told to stop.
    assert [answer.status_code for answer in answers_late] == [410, 410, 410, 200]
    assert between["status"] == "running"
    assert (job["attempt"], job["progress"]) == (1, 1.0)
    assert site.client.ends_told(render.job_id) == ["completed"]
    told = eventually(lambda: _told_twice(site, render.job_id), "every event is told twice")
    assert list(dict.fromkeys(told)) == sorted(set(told))
    assert len(site.containers.renders_of(render.job_id)) == 1


def test_an_event_that_the_app_s_side_refuses_in_any_way_is_told_again(site: Site) -> None:
    troubles: tuple[int | str, ...] = (401, 429, 500, 502, "cut", "deaf")
    renders = [site.started() for _ in troubles]
    for render, trouble in zip(renders, troubles, strict=True):
        site.app.troubles[render.job_id, '"completed"'] = [trouble]

    for render in renders:
        assert render.finish().json() == {"ok": True}

    for render in renders:
        job = site.client.job_in(render.job_id, "completed")
        events = site.client.events(render.job_id)
        # The first is that it is queued, which the app knows.
        assert [event["eventSeq"] for event in events] == list(range(2, job["eventSeq"] + 1))
        assert site.app.troubles.pop((render.job_id, '"completed"')) == []


def test_the_last_report_of_a_container_is_repeated_until_it_is_taken(
    site: Site, clip: Path
) -> None:
    job_id = site.burning(clip)
    last = (job_id, '"status":"completed"')
    site.orchestrator.troubles[last] = [429, 401, "cut"]

    job = site.client.job_in(job_id, "completed", within_s=BURN_S)

    assert site.orchestrator.troubles.pop(last) == []
    assert job["attempt"] == 1
    assert site.client.ends_told(job_id) == ["completed"]


# --- hosts ----------------------------------------------------------------------------------------


def test_j6_a_burn_whose_container_is_killed_is_done_by_the_next_attempt(
    site: Site, clip: Path
) -> None:
    job_id = site.burning(clip)

    site.stack.kill_container("burner")
    site.stack.start_container("burner")

    job = site.client.job_in(job_id, "completed", within_s=LEASE_LOST_S + BURN_S)
    video = site.client.http.get(job["artifacts"]["video"]["url"])
    assert (job["attempt"], video.content[4:8]) == (2, b"ftyp")
    assert site.client.ends_told(job_id) == ["completed"]


def test_every_accepted_job_ends_though_the_whole_stack_is_killed(site: Site, clip: Path) -> None:
    client, containers = site.client, site.containers
    left_behind, slow = client.new_media(), client.new_media()
    asked, killed = threading.Event(), threading.Event()

    def be_slow(render: Render) -> int:
        asked.set()
        assert killed.wait(60)
        return 202

    def finish_the_second(render: Render) -> int:
        if render.attempt > 1:
            threading.Thread(target=render.finish, daemon=True).start()
        return 202

    containers.rules.update({left_behind: finish_the_second, slow: be_slow})
    working, telling, canceled = site.started(), site.started(), site.started()
    silent = site.new_job(left_behind)
    containers.render(silent).report("running", progress=0.5)
    starting = site.new_job(slow, lease=LONG_LEASE)
    assert asked.wait(20)
    burning = site.burning(clip)
    client.put_manifest("job_never_sent", left_behind)
    client.insert_job(site.stack, "job_never_sent", left_behind, accepted=0, check_ms=1)
    site.app.fault = "cut"
    # Answered, so they are stored, though the app could not be told.
    assert telling.finish().json() == {"ok": True}
    assert client.api("POST", f"/api/jobs/{canceled.job_id}/cancel").status_code == 200

    site.stack.kill()
    site.stop()
    containers.rules.pop(slow)
    killed.set()
    site.app.fault = ""
    site.start()
    client = site.client
    site.stack.trigger_cron()
    assert working.report("running", progress=0.7).json() == {"ok": True}
    assert working.finish().json() == {"ok": True}
    containers.render(starting).finish()
    containers.render("job_never_sent").finish()

    first = {
        working.job_id: "completed",
        telling.job_id: "completed",
        canceled.job_id: "canceled",
        starting: "completed",
        "job_never_sent": "completed",
    }
    second = {silent: "completed", burning: "completed"}
    for attempt, jobs in ((1, first), (2, second)):
        for job_id, status in jobs.items():
            job = client.job_in(job_id, status, within_s=LEASE_LOST_S + BURN_S)
            assert (job_id, job["attempt"]) == (job_id, attempt)
            assert site.client.ends_told(job_id) == [status]
    unfinished = site.stack.sql("SELECT job_id FROM jobs WHERE finished_ms IS NULL")
    assert unfinished == []


def _give_up_events(folder: Path, job_id: str) -> int:
    """Let a job's events have failed too often, in the storage of its object; return how many."""
    found = 0
    for file in folder.rglob("*.sqlite"):
        with closing(sqlite3.connect(file)) as storage:
            tables = storage.execute("SELECT name FROM sqlite_master").fetchall()
            if ("job",) not in tables or ("nonce",) not in tables:
                continue
            ((text,),) = storage.execute("SELECT document FROM job").fetchall() or [("{}",)]
            job = json.loads(text)
            if job.get("job_id") == job_id:
                found += len(job["outbox"])
                failed = {"dead": True, "last_error": "app: HTTP 502"}
                outbox = [{**entry, **failed} for entry in job["outbox"]]
                told = json.dumps({**job, "outbox": outbox})
                storage.execute("UPDATE job SET document = ?", (told,))
                storage.commit()
    return found


def test_events_that_were_given_up_are_listed_and_told_when_the_sweeper_asks(site: Site) -> None:
    render = site.started()
    site.app.fault = "cut"
    assert render.finish(b"kept").json() == {"ok": True}
    eventually(
        lambda: site.client.status_there(render.job_id)["status"] == "completed", "it has ended"
    )
    site.stop()
    given_up = _give_up_events(site.folder, render.job_id)
    site.start()
    due = "UPDATE jobs SET check_ms = 1, updated_ms = 1 WHERE job_id = ?"

    site.stack.sql(due, render.job_id)
    site.stack.trigger_cron()
    listed = site.client.api("GET", "/api/jobs?deadLetters=true").json()["items"]
    site.app.fault = ""
    job = site.client.job_in(render.job_id, "completed")

    assert given_up >= 1
    assert [(item["jobId"], item["deadLetters"]) for item in listed] == [(render.job_id, given_up)]
    assert (job["deadLetters"], site.client.ends_told(render.job_id)) == (0, ["completed"])
