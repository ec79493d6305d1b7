"""The `vidgen` command and its library as their users have them, with containers played here."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from vidgen import AsyncClient, Client, Job, NewJob, Progress
from vidgen.errors import Conflict, JobFailed, NotAllowed

from tests.stack.api_client import VIDEO, VTT, ApiClient, eventually
from tests.stack.fake_container import FakeContainers, Render

CASES = Path(__file__).parents[1] / "vectors/cases/subtitles"
RESULT = b"the burned video " * 1000
ENV = {"VIDGEN_URL", "VIDGEN_TOKEN", "XDG_CONFIG_HOME"}
WAIT_S = 30.0


def environment(client: ApiClient, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name not in ENV},
        "PYTHONPATH": "client",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "VIDGEN_URL": client.stack.app_url,
        "VIDGEN_TOKEN": client.stack.admin_token,
        **more,
    }


def started(env: Mapping[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "vidgen", *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=WAIT_S)
    return process.returncode, out, err


def ran(env: Mapping[str, str], *arguments: str) -> tuple[int, str, str]:
    return ended(started(env, *arguments))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A video and its subtitles, under a name that no other test's media has."""
    video = tmp_path / f"talk-{secrets.token_hex(6)}.mp4"
    subtitles = tmp_path / "talk.vtt"
    video.write_bytes(VIDEO)
    subtitles.write_bytes(VTT)
    return video, subtitles


def render_of(
    process: subprocess.Popen[str], video: Path, client: ApiClient, containers: FakeContainers
) -> Render:
    """Wait until the job that *process* has submitted for *video* is with its container."""

    def called() -> Render | None:
        assert process.poll() is None, process.communicate()
        found = client.api("GET", f"/api/media?query={video.stem}").json()["items"]
        media = {item["mediaId"] for item in found}
        with containers.changed:
            return next((r for r in containers.renders if r.payload["mediaId"] in media), None)

    return eventually(called, f"a job of {video.stem}", WAIT_S)


def test_one_command_uploads_burns_and_saves(
    client: ApiClient, containers: FakeContainers, files: tuple[Path, Path], tmp_path: Path
) -> None:
    video, subtitles = files
    out = tmp_path / "out.mp4"
    arguments = ("burn", str(video), str(subtitles), "-o", str(out), "--preset", "bold")
    process = started(environment(client), *arguments, "--set", "style.fontSize=40")

    render = render_of(process, files[0], client, containers)
    given = render.http.get(render.payload["inputVideoUrl"]).content
    words = render.http.get(render.payload["inputVttUrl"]).content
    render.finish(RESULT)
    code, printed, err = ended(process)

    assert code == 0, err
    assert f"{render.job_id} {client.stack.app_url}/#/jobs/{render.job_id}" in err
    assert f"{render.job_id} completed" in err
    assert printed.strip() == str(out)
    assert (given, words) == (VIDEO, VTT)
    assert out.read_bytes() == RESULT
    options = render.payload["engineOptions"]
    assert (options["preset"], options["style"]["fontSize"]) == ("bold", 40)
    assert list(tmp_path.glob("*.part")) == []


def test_one_command_burns_two_languages(
    client: ApiClient, present_containers: FakeContainers, files: tuple[Path, Path]
) -> None:
    video, subtitles = files
    second = subtitles.with_name("talk.zh.srt")
    second.write_text("1\n00:00:00,000 --> 00:00:01,000\n你好\n", encoding="utf-8")
    arguments = ("burn", str(video), str(subtitles), "--language", "en")
    more = ("--secondary", str(second), "--secondary-language", "zh-hant")
    process = started(environment(client), *arguments, *more)

    render = render_of(process, video, client, present_containers)
    words = render.http.get(render.payload["inputSecondaryVttUrl"]).content
    render.finish(RESULT)
    code, _, err = ended(process)

    assert code == 0, err
    assert words == second.read_bytes()
    assert render.payload["inputLanguages"] == {
        "subtitles": "en",
        "subtitles-secondary": "zh-Hant",
    }


def test_a_failed_job_ends_with_its_reason_and_the_tools_last_lines(
    client: ApiClient, containers: FakeContainers, files: tuple[Path, Path]
) -> None:
    process = started(environment(client), "burn", str(files[0]), str(files[1]))
    error = {
        "code": "input_unreadable",
        "message": "The video cannot be read.",
        "retryable": False,
        "toolTail": "moov atom not found",
    }

    render_of(process, files[0], client, containers).report("failed", error=error)
    code, printed, err = ended(process)

    assert (code, printed) == (1, "")
    assert "The video cannot be read. (input_unreadable)" in err
    assert "moov atom not found" in err


def test_an_interrupt_cancels_the_job_that_is_waited_for(
    client: ApiClient, containers: FakeContainers, files: tuple[Path, Path]
) -> None:
    process = started(environment(client), "burn", str(files[0]), str(files[1]))
    render = render_of(process, files[0], client, containers)
    client.job_when(render.job_id, lambda job: job["accepted"], "accepted")

    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)

    assert code == 130
    assert f"{render.job_id} was canceled" in err
    client.job_in(render.job_id, "canceled")


def test_subtitles_are_burned_in_whatever_encoding_and_a_guess_is_told(
    client: ApiClient, files: tuple[Path, Path]
) -> None:
    env, video = environment(client), str(files[0])
    marked, found = str(CASES / "utf16le-bom.srt"), str(CASES / "gbk.srt")

    known = ran(env, "burn", video, marked, "--detach")
    guessed = ran(env, "burn", video, found, "--detach")
    named = ran(env, "burn", video, found, "--detach", "--encoding", "gbk")

    for code, job_id, _ in (known, guessed, named):
        assert code == 0
        assert client.api("POST", f"/api/jobs/{job_id.strip()}/cancel").status_code in (200, 202)
    told = [
        [line for line in err.splitlines() if " upload " not in line]
        for _, _, err in (known, named, guessed)
    ]
    assert told[:2] == [[], []]
    first, second = told[2]
    assert "gb18030 is a guess" in first
    assert second.startswith("vidgen: gbk.srt as gb18030: 我们先把昨天的结果看一遍 / ")


def test_a_detached_job_is_listed_shown_told_and_canceled(client: ApiClient) -> None:
    env = environment(client, COLUMNS="40")
    code, printed, _ = ran(env, "download", "https://video.test/watch?v=9", "--detach")
    job_id = printed.strip()
    assert (code, job_id[:4]) == (0, "job_")

    listed = ran(env, "jobs", "--json", "--limit", "5")
    table = ran(env, "jobs", "--limit", "5")
    shown = ran(env, "show", job_id)
    told = ran(env, "logs", job_id)
    canceled = ran(env, "cancel", job_id)

    assert job_id in {job["jobId"] for job in json.loads(listed[1])}
    # An id is there to be copied, however narrow the terminal.
    assert any(line.startswith(f"{job_id}  media-downloader") for line in table[1].splitlines())
    assert job_id in shown[1] and "media-downloader" in shown[1]
    assert told[0] == 0 and len(told[1].splitlines()) >= 1
    assert canceled[0] == 0 and canceled[1] in {
        f"{job_id} canceled\n",
        f"{job_id} is being canceled\n",
    }
    followed = ran(env, "logs", job_id, "--follow")
    assert followed[0] == 0 and "cancel" in followed[1].splitlines()[-1].lower()
    client.job_in(job_id, "canceled")


@pytest.mark.parametrize(
    ("arguments", "more", "code", "says"),
    [
        (("jobs",), {"VIDGEN_TOKEN": "not-a-token-of-this-app"}, 3, "HTTP 401"),
        (("show", "job_nobody"), {}, 4, "HTTP 404"),
        (("burn", "nowhere.mp4"), {}, 2, "the file nowhere.mp4 does not exist"),
        (("download", "file:///etc/passwd", "--detach"), {}, 2, "options.url"),
    ],
    ids=["token", "job", "file", "url"],
)
def test_a_mistake_is_named_and_has_its_own_exit_code(
    client: ApiClient, arguments: tuple[str, ...], more: dict[str, str], code: int, says: str
) -> None:
    ended_with, printed, err = ran(environment(client, **more), *arguments)

    assert (ended_with, printed) == (code, "")
    assert says in err
    assert client.stack.admin_token not in err
    assert "Traceback" not in err


def unsigned(job: Job) -> str:
    """Return what is said of a job, its links without what changes by the second."""
    return re.sub(r'\?[^"]*|"expires_at":\d+', "", job.model_dump_json())


def test_the_async_client_does_what_the_sync_one_does(
    client: ApiClient, containers: FakeContainers, files: tuple[Path, Path], tmp_path: Path
) -> None:
    statuses: list[str] = []
    sent: list[tuple[int, int]] = []

    async def run() -> bytes:
        async with AsyncClient(client.stack.app_url, client.stack.admin_token) as api:
            told = Progress(sent=lambda done, total: sent.append((done, total)))
            job = await api.burn(*files, {"preset": "minimal"}, progress=told)
            render = await asyncio.to_thread(containers.render, job.job_id)
            await asyncio.to_thread(render.finish, RESULT)
            await api.wait(job.job_id, on_job=lambda job: statuses.append(job.status))
            await api.save(job.job_id, "video", tmp_path / "async.mp4")
            with Client(client.stack.app_url, client.stack.admin_token) as sync:
                assert unsigned(sync.job(job.job_id)) == unsigned(await api.job(job.job_id))
                assert [e async for e in api.events(job.job_id)] == list(sync.events(job.job_id))
        return (tmp_path / "async.mp4").read_bytes()

    assert asyncio.run(run()) == RESULT
    assert statuses[-1] == "completed"
    assert sent[-1] == (len(VIDEO), len(VIDEO))


def test_u08_what_would_be_refused_is_refused_before_the_upload_and_leaves_nothing(
    client: ApiClient, files: tuple[Path, Path]
) -> None:
    env, (video, subtitles) = environment(client), files
    loud = ("burn", str(video), str(subtitles), "--preset", "blod")
    small = ("burn", str(video), str(subtitles), "--set", "fontsize=40")
    steps = ("subtitle", str(video), "--to", "es", "--set", "burn.qualtiy=high")
    twisted = ("burn", str(subtitles), str(video))

    said = [ran(env, *command) for command in (loud, small, steps, twisted)]

    assert [code for code, _, _ in said] == [2, 2, 2, 2]
    assert "did you mean 'bold'?" in said[0][2]
    assert "did you mean style.fontSize?" in said[1][2]
    assert "did you mean burn.quality?" in said[2][2]
    assert "is WebVTT subtitles, not a video" in said[3][2]
    assert all("upload" not in err for _, _, err in said)
    assert client.api("GET", f"/api/media?query={video.stem}").json()["items"] == []


def test_the_library_and_runs_have_commands_of_their_own(
    client: ApiClient, files: tuple[Path, Path], tmp_path: Path
) -> None:
    env, video = environment(client), files[0]
    media_id = ran(env, "media", "add", str(video), "-q")[1].strip()
    run_id = ran(env, "run", "transcribe", media_id, "--detach", "-q")[1].strip()

    fetched = ran(env, "media", "download", media_id, "-q", "-o", str(tmp_path / "back.mp4"))
    listed = ran(env, "media", "list", video.stem)
    told = ran(env, "logs", run_id)
    ran(env, "cancel", run_id)
    usage = ran(env, "usage", "--days", "1")

    assert (fetched[0], (tmp_path / "back.mp4").read_bytes()) == (0, VIDEO)
    row = listed[1].splitlines()[1].split()
    assert (row[0], row[3:]) == (media_id, ["1", "video", video.stem])
    assert told[0] == 0, told[2]
    assert usage[1].splitlines()[-1].startswith("total ")


def test_waiting_for_a_canceled_job_raises_and_can_be_told_not_to(client: ApiClient) -> None:
    with Client(client.stack.app_url, client.stack.admin_token) as api:
        job = api.download("https://video.test/watch?v=10")
        api.cancel(job.job_id)

        with pytest.raises(JobFailed, match="was canceled"):
            api.wait(job.job_id)
        assert api.wait(job.job_id, check=False).status == "canceled"


def test_the_async_client_takes_a_recipe_of_its_own_over_a_review_to_its_end(
    client: ApiClient, present_containers: FakeContainers, files: tuple[Path, Path], tmp_path: Path
) -> None:
    video = {"fromStep": "download", "output": "video"}
    heard = {"fromStep": "transcribe", "output": "subtitles"}
    inputs = {"video": video, "subtitles": heard}
    steps = [
        {"step": "download", "engine": "media-downloader", "when": "url"},
        {"step": "transcribe", "engine": "asr-pipeline", "inputs": {"video": video}},
        {"step": "review", "review": [heard]},
        {"step": "burn", "engine": "burner-ffmpeg", "inputs": inputs},
    ]
    name = f"burn-{secrets.token_hex(4)}"
    seen: list[str] = []

    async def play(job_id: str, **made: bytes) -> dict[str, Any]:
        render = await asyncio.to_thread(present_containers.render, job_id)
        outputs = {slot: render.upload(slot, body) for slot, body in made.items()}
        answer = await asyncio.to_thread(render.report, "completed", outputs=outputs)
        assert answer.status_code == 200, answer.text
        return render.payload

    async def run() -> None:
        async with AsyncClient(client.stack.app_url, client.stack.admin_token) as api:
            kept = await api.put_recipe(name, {"title": {"en": "Burn"}, "steps": steps})
            assert (kept, kept.built_in) == (await api.recipe(name), False)
            assert kept in [recipe async for recipe in api.recipes()]
            started = await api.start_run(name, files[0], options={"burn": {"preset": "bold"}})
            assert [step.step for step in started.steps] == ["transcribe", "review", "burn"]
            assert started.jobs[1].status == "waiting"
            await play(started.jobs[0].job_id, subtitles=VTT, words=b"{}", metadata=b"{}")
            asked = await api.wait_run(started.run_id, timeout_s=60, until_review=True)
            review = asked.requested
            assert review is not None and review.tracks is not None
            edit = await api.add_subtitles(
                asked.media_id,
                VTT.replace(b"\n\n", b"\n\nNOTE edited\n\n", 1),
                parent=review.tracks[0].newest_id,
            )
            await api.review(started.run_id, review.review_id)
            payload = await play(started.jobs[1].job_id, video=RESULT)
            ended = await api.wait_run(
                started.run_id, on_run=lambda run: seen.append(run.status), timeout_s=60
            )
            decided = next(step for step in ended.steps if step.kind == "review")
            assert decided.tracks is not None
            assert (ended.status, decided.tracks[0].input_id) == ("completed", edit.input_id)
            assert payload["engineOptions"]["preset"] == "bold"
            await api.save(ended.jobs[-1].job_id, "video", tmp_path / "burned.mp4")
            listed = [run async for run in api.runs(media_id=ended.media_id)]
            assert [(run.run_id, run.status) for run in listed] == [(ended.run_id, "completed")]
            with pytest.raises(Conflict, match="run_not_failed"):
                await api.retry_run(ended.run_id)
            await api.delete_recipe(name)

    asyncio.run(run())

    assert (tmp_path / "burned.mp4").read_bytes() == RESULT
    assert seen[-1] == "completed"


def test_a_canceled_run_is_begun_again_by_commands_that_take_runs_as_they_take_jobs(
    client: ApiClient, files: tuple[Path, Path]
) -> None:
    env = environment(client)
    arguments = ("run", "transcribe", str(files[0]), "-p", "from=en", "--detach", "-q")
    code, printed, err = ran(env, *arguments)
    run_id = printed.strip()
    assert (code, err, run_id[:4]) == (0, "", "run_")

    canceled = ran(env, "cancel", run_id)
    waited = ran(env, "wait", run_id)
    retried = ran(env, "retry", run_id)
    shown = ran(env, "show", run_id)
    rows = ran(env, "runs", "--limit", "3")
    saved = ran(env, "save", run_id, "subtitles")
    decided = ran(env, "review", run_id)
    ran(env, "cancel", run_id)

    assert (canceled[0], canceled[1].split()[0]) == (0, run_id)
    assert (waited[0], waited[2].splitlines()[-1]) == (1, f"vidgen: {run_id} was canceled.")
    assert retried[0] == 0
    assert "recipe    transcribe (from=en)\nmedia     " in shown[1]
    assert run_id in rows[1]
    assert (saved[0], decided[0]) == (4, 1)
    assert "asks for no review" in decided[2]


# --- many jobs, webhooks, tokens, presets ---------------------------------------------------------


def test_a_batch_is_submitted_canceled_and_started_again(client: ApiClient) -> None:
    with Client(client.stack.app_url, client.stack.admin_token) as api:
        media_id = api.create_media("a batch").media_id
        right = NewJob(
            engine="media-downloader",
            options={"url": "https://video.test/watch?v=11"},
            media_id=media_id,
        )
        wrong = NewJob(engine="media-downloader", options={"url": "file:///x"}, media_id=media_id)
        items = api.submit_batch([right, wrong, right], idempotency_key=f"batch-{media_id}")
        again = api.submit_batch([right, wrong, right], idempotency_key=f"batch-{media_id}")

        made = [item.job.job_id for item in items if item.job]
        problem = items[1].problem
        assert [item.status for item in items] == [201, 400, 201]
        assert [item.status for item in again] == [200, 400, 200]
        assert problem is not None and problem.errors[0]["field"] == "options.url"

        canceled = api.cancel_jobs(media_id=media_id)
        assert {item.job_id for item in canceled} == set(made)
        for job_id in made:
            client.job_in(job_id, "canceled")
        retried = api.retry_jobs(ids=made, limit=1)
        assert [(item.job_id, item.problem) for item in retried] == [(max(made), None)]
        assert api.job(max(made)).generation == 2
        api.cancel_jobs(ids=made)


def test_a_webhook_lives_from_its_secret_to_its_last_delivery(client: ApiClient) -> None:
    with Client(client.stack.app_url, client.stack.admin_token) as api:
        # Nothing listens there: each try fails at once.
        hook = api.create_webhook("http://127.0.0.1:9/", ["job.failed"], "of vidgen")
        try:
            sent = api.test_webhook(hook.webhook_id)
            tried = eventually(
                lambda: next((d for d in api.deliveries(hook.webhook_id) if d.attempts), None),
                "a try",
                WAIT_S,
            )
            replayed = api.replay_delivery(hook.webhook_id, sent.delivery_id)
            rotated = api.rotate_webhook_secret(hook.webhook_id)
            changed = api.change_webhook(hook.webhook_id, events=["job.completed"], enabled=False)

            assert (sent.type, sent.payload["type"]) == ("webhook.test", "webhook.test")
            assert (tried.delivery_id, tried.attempts[0].status) == (sent.delivery_id, None)
            assert tried.attempts[0].error
            assert replayed.delivery_id == sent.delivery_id
            assert hook.secret.startswith("whsec_") and rotated.secret != hook.secret
            assert rotated.former_secret_until is not None
            assert (changed.events, changed.enabled) == (["job.completed"], False)
            assert api.webhook(hook.webhook_id) == changed
            assert hook.webhook_id in {found.webhook_id for found in api.webhooks()}
        finally:
            api.delete_webhook(hook.webhook_id)


def test_the_async_client_makes_and_ends_tokens_and_presets(client: ApiClient) -> None:
    async def run() -> None:
        url = client.stack.app_url
        async with AsyncClient(url, client.stack.admin_token) as api:
            token = await api.create_token("vidgen's", ["read"], expires_in_days=1, queued_max=3)
            async with AsyncClient(url, token.token) as reader:
                assert (await reader.session()).scopes == ["read"]
            listed = [item async for item in api.tokens() if item.token_id == token.token_id]
            assert token.token_id is not None
            await api.revoke_token(token.token_id)
            async with AsyncClient(url, token.token) as reader:
                with pytest.raises(NotAllowed):
                    await reader.session()
            assert [(item.name, item.queued_max) for item in listed] == [("vidgen's", 3)]

            name = f"big {token.token_id}"
            made = await api.create_preset(name, "burner-ffmpeg", {"quality": "high"})
            changed = await api.change_preset(made.preset_id, options={"codec": "av1"})
            assert (changed.name, changed.options) == (name, {"codec": "av1"})
            assert changed in [item async for item in api.presets()]
            assert await api.preset(made.preset_id) == changed
            await api.delete_preset(made.preset_id)

    asyncio.run(run())
