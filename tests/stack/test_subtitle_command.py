"""One command from a film to subtitles in two languages, with the model that the images have."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from dev.fixtures.speech_clip import speech_clip
from dev.stack.stack import Stack
from tests.media.test_translations import needs_apertium
from tests.stack.api_client import ApiClient
from tests.stack.test_vidgen import environment, started


# 13 s of processor time, for Whisper and a stack of its own; with a server that hears, the same way
# is in test_transcripts.py.
@pytest.mark.long
@needs_apertium
def test_a_film_is_heard_translated_approved_and_burned_by_one_command(tmp_path: Path) -> None:
    film, out = speech_clip(tmp_path / "talk.mp4"), tmp_path / "talk.es.mp4"
    names = ("transcriber", "translator", "burner")
    with Stack(state_dir=tmp_path / "state", containers=names) as stack:
        client = ApiClient(stack)
        process = started(
            environment(client), "subtitle", str(film), "--to", "es", "--from", "en", "-o", str(out)
        )
        printed, errors = process.communicate(timeout=240)
        (run,) = client.api("GET", "/api/runs").json()["items"]
        inputs = client.api("GET", f"/api/media/{run['mediaId']}").json()["inputs"]
        text = client.api(
            "GET",
            f"/api/media/{run['mediaId']}/inputs/{inputs['subtitles']['inputId']}/export?format=txt",
        ).text
        client.http.close()

    assert (process.returncode, printed) == (0, f"{out}\n"), errors
    assert "review: approved unread, as --review was not given" in errors
    assert (inputs["subtitles"]["language"], "joven" in text) == ("es", True)
    with av.open(str(out)) as burned:
        assert [stream.type for stream in burned.streams] == ["video", "audio"]
