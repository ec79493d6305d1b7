"""Nothing is uploaded for what will be refused, and what is uploaded in vain does not stay."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from vidgen import Client
from vidgen.errors import ApiError, FileRefused, InvalidRequest, VidgenError

from tests.client.test_calls import JOB
from tests.client.test_interrupt import MEDIA, SUBTITLES

MP4 = b"\x00\x00\x00\x18ftypisom" + bytes(64)
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nGood morning\n"


class App:
    """An app that refuses what *refuses* says, by the end of the path."""

    def __init__(self, **refuses: int) -> None:
        self.refuses = refuses
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        last = request.url.path.rpartition("/")[2]
        if last in self.refuses and request.method != "DELETE":
            faults = [{"field": "options.preset", "reason": "must be one of 'default', 'bold'"}]
            refusal = {"code": "bad_request", "detail": "No.", "errors": faults}
            return httpx.Response(self.refuses[last], json=refusal)
        if request.method == "DELETE":
            return httpx.Response(204)
        answers: dict[str, object] = {
            "check": {"options": {}},
            "media": MEDIA,
            "subtitles": SUBTITLES,
            "comments": SUBTITLES,
            "uploads": {"uploadId": "vid_1", "url": "https://bucket.test/v"},
            "complete": {**SUBTITLES, "slot": "video"},
            "jobs": JOB,
        }
        return httpx.Response(200, json=answers.get(last, {}))

    @property
    def client(self) -> Client:
        return Client("https://a.test", "a-token-1", transport_=httpx.MockTransport(self))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "talk.mp4").write_bytes(MP4)
    (tmp_path / "talk.vtt").write_text(VTT)
    (tmp_path / "comments.json").write_text('{"comments": []}')
    return tmp_path


def made(app: App, folder: Path, method: str) -> None:
    files = {
        "burn": ("talk.mp4", "talk.vtt"),
        "comments": ("talk.mp4", "comments.json"),
        "transcribe": ("talk.mp4",),
        "translate": ("talk.vtt",),
    }
    more = ("es",) if method == "translate" else ()
    with app.client as client:
        getattr(client, method)(*(folder / name for name in files[method]), *more)


@pytest.mark.parametrize("method", ["burn", "comments", "transcribe", "translate"])
def test_u08_options_that_are_refused_cost_no_upload(folder: Path, method: str) -> None:
    app = App(check=400)

    with pytest.raises(InvalidRequest, match=r"options\.preset"):
        made(app, folder, method)

    assert app.asked == ["POST /api/jobs/check"]


def test_subtitles_that_are_refused_are_so_before_the_video_and_leave_nothing(
    folder: Path,
) -> None:
    app = App(subtitles=400)

    with pytest.raises(InvalidRequest):
        made(app, folder, "burn")

    assert app.asked[1:] == [
        "POST /api/media",
        "PUT /api/media/med_1/subtitles",
        "DELETE /api/media/med_1",
    ]


@pytest.mark.parametrize("method", ["burn", "comments", "transcribe", "translate"])
def test_a_job_that_is_refused_after_all_leaves_no_media(folder: Path, method: str) -> None:
    app = App(jobs=409)

    with pytest.raises(ApiError):
        made(app, folder, method)

    assert app.asked[-2:] == ["POST /api/jobs", "DELETE /api/media/med_1"]


def test_a_server_that_cannot_check_yet_refuses_later(folder: Path) -> None:
    app = App(check=404)

    made(app, folder, "burn")

    assert app.asked[-1] == "POST /api/jobs"


@pytest.mark.parametrize(
    ("method", "file", "content", "says"),
    [
        ("burn", "talk.mp4", VTT.encode(), "talk.mp4 is WebVTT subtitles, not a video."),
        ("burn", "talk.vtt", MP4, "talk.vtt is an MP4 or QuickTime video, not a file of subtitles"),
        ("burn", "talk.mp4", b"", "talk.mp4 is empty, not a video"),
        ("burn", "talk.mp4", VTT.encode("utf-16"), "is WebVTT subtitles"),
        ("burn", "talk.mp4", b"1\r\n00:00:01,000 --> 00:00:02,000\r\nHi", "is SubRip subtitles"),
        ("burn", "talk.mp4", b"[Script Info]\n", "is ASS subtitles"),
        ("burn", "talk.mp4", b"<!doctype html><title>404", "is a web page, not a video"),
        ("burn", "talk.vtt", b"\x1aE\xdf\xa3" + bytes(9), "is a Matroska or WebM video"),
        ("burn", "talk.vtt", b"PK\x03\x04zip", "is a ZIP archive, not a file of subtitles"),
        ("comments", "comments.json", VTT.encode(), "is WebVTT subtitles, not a comments document"),
        (
            "comments",
            "comments.json",
            b'{"comments": [}',
            "not valid JSON, Expecting value: line 1",
        ),
        ("transcribe", "talk.mp4", b"%PDF-1.7", "is a PDF, not a video"),
        ("translate", "talk.vtt", b"ID3\x03sound", "is an MP3 sound, not a file of subtitles"),
    ],
)
def test_a_file_that_is_another_thing_is_named_before_anything_is_asked(
    folder: Path, method: str, file: str, content: bytes, says: str
) -> None:
    (folder / file).write_bytes(content)
    app = App()

    with pytest.raises(FileRefused) as caught:
        made(app, folder, method)

    assert says in str(caught.value)
    assert app.asked == []


@pytest.mark.parametrize(
    "content",
    [b"\xca\xc0\xbd\xe7", b"GIF89a", b"RIFF\x00\x00\x00\x00WAVE", b"\x47" + bytes(500), bytes(600)],
    ids=["unknown", "GIF", "WAV", "one packet", "zeroes"],
)
def test_what_is_not_known_is_left_to_the_engine(folder: Path, content: bytes) -> None:
    (folder / "talk.mp4").write_bytes(content)
    app = App()

    made(app, folder, "transcribe")

    assert app.asked[-1] == "POST /api/jobs"


def test_a_recipe_of_a_file_is_checked_before_the_upload(folder: Path) -> None:
    app = App(check=400)

    with app.client as client, pytest.raises(VidgenError, match=r"options\.preset"):
        client.start_run("mine", folder / "talk.mp4", {"to": "zh"})

    assert app.asked == ["POST /api/recipes/mine/check"]
