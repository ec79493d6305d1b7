"""An upload that is interrupted leaves no media without a video behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from vidgen import AsyncClient, Client
from vidgen.errors import TransferFailed

SUBTITLES = {
    "inputId": "sub_1",
    "slot": "subtitles",
    "contentType": "text/vtt",
    "sizeBytes": 7,
    "createdAt": 1795460000000,
}
MEDIA = {"mediaId": "med_1", "title": "talk", "createdAt": 1795460000000}


class App:
    """An app whose bucket takes nothing: *put* decides what becomes of the video."""

    def __init__(self, put: BaseException | int, delete: BaseException | int = 204) -> None:
        self.put = put
        self.delete = delete
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.url.path.endswith("/check"):
            return httpx.Response(200, json={"options": {}})
        if request.url.path.endswith("/subtitles"):
            return httpx.Response(201, json=SUBTITLES)
        if request.method in ("PUT", "DELETE"):
            outcome = self.put if request.method == "PUT" else self.delete
            if isinstance(outcome, BaseException):
                raise outcome
            return httpx.Response(outcome)
        if request.url.path == "/api/media":
            return httpx.Response(201, json=MEDIA)
        return httpx.Response(201, json={"uploadId": "vid_1", "url": "https://bucket.test/v"})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    video, subtitles = tmp_path / "talk.mp4", tmp_path / "talk.vtt"
    video.write_bytes(b"a video" * 1000)
    subtitles.write_text("WEBVTT\n")
    return video, subtitles


def burn(app: App, files: tuple[Path, Path]) -> None:
    with Client("https://a.test", "a-token-1", transport_=httpx.MockTransport(app)) as client:
        client.burn(*files)


@pytest.mark.parametrize(
    ("put", "raised"), [(KeyboardInterrupt(), KeyboardInterrupt), (403, TransferFailed)]
)
def test_the_media_of_an_upload_that_did_not_end_is_deleted(
    files: tuple[Path, Path], put: BaseException | int, raised: type[BaseException]
) -> None:
    app = App(put)

    with pytest.raises(raised):
        burn(app, files)

    assert app.asked[-2:] == ["PUT /v", "DELETE /api/media/med_1"]


@pytest.mark.parametrize("delete", [503, httpx.ConnectError("refused"), KeyboardInterrupt()])
def test_an_interrupt_is_not_held_up_by_a_media_that_cannot_be_deleted(
    files: tuple[Path, Path], delete: BaseException | int
) -> None:
    app = App(KeyboardInterrupt(), delete)

    with pytest.raises(KeyboardInterrupt):
        burn(app, files)

    assert app.asked.count("DELETE /api/media/med_1") == 1


def test_a_media_that_was_there_before_is_not_deleted(files: tuple[Path, Path]) -> None:
    app = App(KeyboardInterrupt())
    transport = httpx.MockTransport(app)

    with (
        Client("https://a.test", "a-token-1", transport_=transport) as client,
        pytest.raises(KeyboardInterrupt),
    ):
        client.upload("med_1", files[0])

    assert app.asked[-1] == "PUT /v"


def test_a_canceled_task_deletes_the_media_it_has_made(files: tuple[Path, Path]) -> None:
    app = App(0)

    async def run() -> None:
        uploading = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path == "/v":
                uploading.set()
                await asyncio.Event().wait()
            return app(request)

        transport = httpx.MockTransport(answer)
        async with AsyncClient("https://a.test", "a-token-1", transport_=transport) as client:
            task = asyncio.ensure_future(client.burn(*files))
            await uploading.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())

    assert app.asked[-1] == "DELETE /api/media/med_1"
