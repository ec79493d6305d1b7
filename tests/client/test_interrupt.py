"""An upload that is interrupted leaves no media without a video behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from vidgen import AsyncClient, Client
from vidgen.errors import TransferFailed

pytestmark = pytest.mark.programs

MEDIA = {"mediaId": "med_1", "title": "talk", "createdAt": 1795460000000}
WAIT_S = 30


class App:
    """An app whose bucket takes nothing: *put* decides what becomes of the video."""

    def __init__(self, put: BaseException | int, delete: BaseException | int = 204) -> None:
        self.put = put
        self.delete = delete
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
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
            if request.method == "PUT":
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


# --- the command ----------------------------------------------------------------------------------


class StuckServer(ThreadingHTTPServer):
    """An app and its bucket, which takes the video's first bytes and then nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.uploading = threading.Event()
        self.over = threading.Event()
        self.deleted: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: StuckServer

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        upload = {"uploadId": "vid_1", "url": f"{self.server.url}/bucket/v"}
        self._answer(201, MEDIA if self.path == "/api/media" else upload)

    def do_PUT(self) -> None:
        self.rfile.read(1)
        self.server.uploading.set()
        self.server.over.wait(WAIT_S)
        self.close_connection = True

    def do_DELETE(self) -> None:
        self.server.deleted.append(self.path)
        self.send_response(204)
        self.end_headers()

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[StuckServer]:
    with StuckServer() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


def test_ctrl_c_during_an_upload_deletes_the_media_and_ends_with_130(
    server: StuckServer, files: tuple[Path, Path]
) -> None:
    env = {**os.environ, "PYTHONPATH": "client", "VIDGEN_URL": server.url}
    process = subprocess.Popen(
        [sys.executable, "-m", "vidgen", "burn", *map(str, files)],
        env={**env, "VIDGEN_TOKEN": "a-token-of-this-test"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.uploading.wait(WAIT_S), process.communicate()

    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_S)

    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert server.deleted == ["/api/media/med_1"]
