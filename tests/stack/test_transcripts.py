"""Transcripts on a whole stack, and what is made of them: real containers, a server that hears."""

from __future__ import annotations

import json
import os
import re
import signal
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from dev.loopback import Handler, served
from dev.stack.stack import Stack
from tests.media.hearing import HearingServer
from tests.media.pictures import ffmpeg
from tests.media.speaking import SENTENCES, joined, write_wav
from tests.media.test_translations import needs_apertium
from tests.stack.api_client import ApiClient
from tests.stack.test_doctor import names
from tests.stack.test_vidgen import environment, started

NAMES = [*SENTENCES] * 3
SAID = [word for name in NAMES for word in SENTENCES[name]]


class _Folder(Handler, SimpleHTTPRequestHandler):
    """The files of a folder."""


@pytest.fixture
def client(engines: ApiClient) -> ApiClient:
    """The stack of real containers."""
    return engines


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifteen sentences in 80 s."""
    samples, _ = joined(NAMES, 0.6)
    return write_wav(tmp_path_factory.mktemp("talk") / "talk.wav", samples)


def transcribed(
    client: ApiClient, media_id: str
) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """Transcribe a media; return the job, the words and the metadata."""
    wanted = {"engine": "asr-pipeline", "mediaId": media_id, "options": {}}
    answer = client.api("POST", "/api/jobs", wanted)
    assert answer.status_code == 201, answer.text
    job = client.job_in(answer.json()["jobId"], "completed", within_s=120)
    texts = [
        client.http.get(job["artifacts"][slot]["url"]).json() for slot in ("words", "metadata")
    ]
    return job, texts[0]["words"], texts[1]


def test_an_attempt_that_crashed_is_followed_by_one_that_hears_only_the_rest(
    client: ApiClient, hearing: HearingServer, talk: Path
) -> None:
    stack = client.stack
    assert isinstance(stack, Stack)
    media_id = client.new_media()
    assert client.upload(media_id, talk.read_bytes()).status_code == 200
    _, undisturbed, metadata = transcribed(client, media_id)
    pieces = len(hearing.sizes)
    assert pieces >= 3
    assert (len(undisturbed), metadata["resumedMs"]) == (len(SAID), 0)

    def crash(at: Handler) -> None:
        """Kill the process that hears, as a kernel without memory does."""
        for pid in hearing_in(stack.state.path):
            os.kill(pid, signal.SIGKILL)
        at.close_connection = True

    hearing.instead = {pieces + 3: crash}
    job, words, metadata = transcribed(client, media_id)

    assert job["attempt"] == 2
    # The third was sent twice, the first two once.
    assert len(hearing.sizes) == pieces + pieces + 1
    assert hearing.sizes[-pieces + 2 :] == hearing.sizes[2:pieces]
    assert words == undisturbed
    assert 30_000 < metadata["resumedMs"] < 60_000
    assert metadata["notices"] == []
    kept = f"media/{media_id}/transcripts/{job['jobId']}/1-kept/checkpoint"
    assert kept not in str(client.api("GET", "/api/orphans?cursor=media").json())


def test_the_doctor_says_that_the_server_which_hears_refuses_the_key(
    client: ApiClient, hearing: HearingServer
) -> None:
    assert isinstance(client.stack, Stack)
    well = names(client.stack, client.stack.secret)
    hearing.models_status = 401
    found = names(client.stack, client.stack.secret)
    hearing.models_status = 200

    assert set(found) - set(well) == {"engine_unfit.transcriber"}
    assert "TRANSCRIBER_SERVER_KEY" in found["engine_unfit.transcriber"].what


def hearing_in(folder: Path) -> list[int]:
    """Return the processes that hear for a container which works in *folder*."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            works_in = (process / "cwd").readlink()
        except OSError:
            continue  # It has just ended.
        if b"transcriber.child" in command and works_in.is_relative_to(folder.resolve()):
            found.append(int(process.name))
    return found


@pytest.mark.long
def test_what_is_at_a_url_is_fetched_and_written_down_by_one_command(
    client: ApiClient, talk: Path, tmp_path: Path
) -> None:
    video, out = tmp_path / "talk.mp4", tmp_path / "talk.vtt"
    picture = ("-f", "lavfi", "-i", "color=black:s=64x64:r=5")
    ffmpeg(*picture, "-i", str(talk), "-shortest", "-c:a", "aac", "-b:a", "128k", str(video))
    with served(partial(_Folder, directory=str(tmp_path))) as site:
        process = started(
            environment(client), "transcribe", f"{site}/{video.name}", "-o", str(out), "--json"
        )
        told, errors = process.communicate(timeout=120)

    assert process.returncode == 0, errors
    assert json.loads(told)["status"] == "completed"
    text = out.read_text(encoding="utf-8")
    assert text.startswith("WEBVTT\n")
    spoken = re.sub(r"<[^>]*>", "", text).lower()
    assert "ill disposed young" in " ".join(spoken.split())
    assert text.count("<00:") > len(SAID) / 2


@needs_apertium
def test_a_file_comes_back_in_two_languages_with_what_its_reviewer_has_changed(
    client: ApiClient, tmp_path: Path
) -> None:
    video, out = tmp_path / "talk.mp4", tmp_path / "talk.es.mp4"
    sound = write_wav(tmp_path / "talk.wav", joined(["0880"], 0.3)[0])
    picture = ("-f", "lavfi", "-i", "color=black:s=320x180:r=5")
    ffmpeg(*picture, "-i", str(sound), "-shortest", "-c:a", "aac", str(video))
    arguments = ("subtitle", str(video), "--to", "es", "--from", "en", "--review", "--json")
    process = started(environment(client), *arguments)

    # Approved before the command has looked, the review would pass it by unsaid.
    assert process.stderr is not None
    said = next((line for line in process.stderr if "approve it" in line), "")
    asked = re.search(rf"{re.escape(client.stack.app_url)}/#/runs/(run_\w+)", said)
    assert asked is not None, process.communicate()
    run = client.api("GET", f"/api/runs/{asked[1]}").json()
    assert run["status"] == "in_review"
    review = next(step for step in run["steps"] if step["kind"] == "review")
    made = {track["track"]: track["newestId"] for track in review["tracks"]}
    media = f"/api/media/{run['mediaId']}"
    heard, translated = (
        client.api("GET", f"{media}/inputs/{made[track]}/export?format=vtt").text
        for track in ("transcribe.subtitles", "translate.subtitles")
    )
    edited = re.sub(r"(?<= --> )(\S+)\n.*", r"\1\nNo era malo.\n", translated, flags=re.DOTALL)
    query = f"parent={made['translate.subtitles']}&language=es"
    stored = client.api("PUT", f"{media}/subtitles?{query}", edited.encode()).json()
    answer = client.api(
        "POST", f"/api/runs/{run['runId']}/reviews/{review['reviewId']}", {"decision": "approve"}
    )
    assert answer.status_code == 200, answer.text
    told, errors = process.communicate(timeout=60)

    assert (process.returncode, out.exists()) == (0, True), errors
    assert "joven" in translated and "young" in heard
    assert json.loads(told)["status"] == "completed"
    versions = client.api("GET", f"{media}/inputs?slot=subtitles").json()["items"]
    # The burn alone has read the edit, and nothing but the edit of the translation.
    used = {version["inputId"]: version["usedByJobs"] for version in versions}
    assert (used[stored["inputId"]], used[made["translate.subtitles"]]) == (1, 0)
