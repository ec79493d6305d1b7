"""Files of every form that people send, read alike here and in the page (M6, D8)."""

import base64
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.errors import InvalidInput
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.decoding import decode
from media_jobs.subtitles.kinds import kind_of
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.subtitles.settings import CueSettings

FOLDER = Path(__file__).parents[2] / "vectors/subtitles"
FILES = sorted(FOLDER.glob("*.json"))


def bytes_of(vector: dict[str, Any]) -> bytes:
    """Return the file of a vector."""
    if "base64" in vector:
        return base64.b64decode(vector["base64"])
    return str(vector["text"]).encode()


def told_of(cue: Cue) -> dict[str, Any]:
    """Return a cue as the vectors have it: what is as usual is not said."""
    told: dict[str, Any] = {"startMs": cue.start_ms, "endMs": cue.end_ms}
    told["lines"] = cue.text.split("\n")
    usual = dataclasses.asdict(CueSettings())
    own = dataclasses.asdict(cue.settings)
    if settings := {name: value for name, value in own.items() if value != usual[name]}:
        told["settings"] = settings
    if cue.keypad is not None:
        told["keypad"] = cue.keypad
    if cue.sign:
        told["sign"] = True
    return told


def read_of(vector: dict[str, Any]) -> dict[str, Any]:
    """Return what is read of a vector's file, as `said_of` has it."""
    try:
        file = read_subtitles(decode(bytes_of(vector)).text)
    except InvalidInput as error:
        return {"refused": "subtitle" in str(error)}
    notices = {notice.code: list(notice.at) for notice in file.notices}
    cues = [told_of(cue) for cue in file.cues()]
    return {"kind": file.kind.id, "cues": cues, "notices": notices}


def said_of(vector: dict[str, Any]) -> dict[str, Any]:
    if vector.get("refused"):
        return {"refused": True}
    cues = sorted(vector["cues"], key=lambda cue: int(cue["startMs"]))
    notices = {notice["code"]: notice["lines"] for notice in vector["notices"]}
    return {"kind": vector["kind"], "cues": cues, "notices": notices}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_read_as_the_vectors_say(path: Path) -> None:
    vectors = json.loads(path.read_text(encoding="utf-8"))

    read = {vector["name"]: read_of(vector) for vector in vectors}

    assert read == {vector["name"]: said_of(vector) for vector in vectors}


def test_a_file_without_a_cue_says_what_became_of_those_it_has() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_subtitles("WEBVTT\n\n00:75.000 --> 01:20.000\nx\n\n00:02.000 --> 00:01.000\ny\n")

    assert str(caught.value) == (
        "The subtitles have no cue that can be shown. "
        "Cues left out because of unreadable times: line 3. "
        "Cues left out that do not end after they begin: line 6."
    )


def test_of_many_cues_that_are_left_out_the_first_lines_are_told() -> None:
    good = "00:01.000 --> 00:02.000\nx\n"

    (notice,) = read_subtitles("WEBVTT\n\n" + good + "\n-->" * 13).notices

    assert notice.message == (
        "Cues left out because of unreadable times: line 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 … (+3)."
    )


def test_a_text_that_would_fill_any_screen_is_cut_and_that_is_told() -> None:
    file = read_subtitles(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{'x' * 2001}\n")

    assert file.cues()[0].text == "x" * 2000
    assert [notice.message for notice in file.notices] == [
        "Cues shortened because their text is too long: line 3."
    ]


@pytest.mark.heavy
def test_more_cues_than_anybody_needs_are_refused() -> None:
    cue = "00:01.000 --> 00:02.000\nx\n\n"

    with pytest.raises(InvalidInput, match="more than 50000 cues"):
        read_subtitles("WEBVTT\n\n" + cue * 50_001)


@pytest.mark.heavy
@pytest.mark.parametrize(
    "head", ["1\n", "[Script Info]\n\n[Events]\n", "WEBVTT\n", "WEBVTT\n\n--> \n"]
)
def test_a_file_of_blank_lines_is_read_through_once(head: str) -> None:
    """The Worker has one thread: what takes long for one caller takes long for all."""
    blank = "\n" * 2_000_000 + " \t\r\n" * 500_000

    with pytest.raises(InvalidInput):
        read_subtitles(head + blank)


def test_the_kind_of_nothing_is_none() -> None:
    assert kind_of("plain text") is None


@given(
    st.sampled_from(
        [b"WEBVTT\n\n00:01.000 --> 00:02.000\n", b"[Script Info]\n[Events]\n", b"\xff\xfe", b""]
    ),
    st.binary(max_size=300) | st.text(max_size=300).map(str.encode),
)
def test_any_bytes_are_read_or_refused(head: bytes, data: bytes) -> None:
    try:
        cues = read_subtitles(decode(head + data).text).cues()
    except InvalidInput:
        return
    assert all(cue.end_ms > cue.start_ms and cue.text.strip() for cue in cues)


def test_lines_of_microdvd_behind_a_slash_are_in_italics() -> None:
    (cue,) = read_subtitles("{1}{1}25\n{25}{50}/Sung|spoken|/sung|1/2\n").cues()

    spans = [(span.text, span.italic) for line in cue.lines for span in line]
    assert spans == [("Sung", True), ("spoken", False), ("sung", True), ("1/2", False)]
