"""The command as it is typed, against a server of its own: what it says, and how it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from vidgen import cli
from vidgen.commands.choices import ENGINE_NAMES, STATES
from vidgen.errors import ApiError, ConnectionFailed, NotAllowed, VidgenError, WaitTimeout

from media_jobs.status import JOB_STATUSES
from tests.client.test_calls import JOB
from tests.client.test_making import MP4, VTT

pytestmark = pytest.mark.heavy

MEDIA: dict[str, object] = {"mediaId": "med_1", "title": "Ein Vortrag", "createdAt": 1795460000000}
MEDIA["jobs"] = {"total": 2, "unfinished": 0}
INPUT = {
    "inputId": "inp_1",
    "slot": "video",
    "contentType": "video/mp4",
    "sizeBytes": 5,
    "createdAt": 1795460000000,
}
VIDEO = {
    "url": "",
    "downloadUrl": "",
    "expiresAt": 1795460000000,
    "sizeBytes": 5,
    "contentType": "video/mp4",
    "fileName": "Ein Vortrag.burned.mp4",
}
TOKEN = "a-token-of-this-app"
PAGE = b"<!doctype html><title>Welcome to nginx</title>"


class App:
    """A server that answers each path with what *answers* has: a status and a document or bytes.

    A list of them is answered one after the other, its last again and again.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.asked: list[str] = []
        self.bodies: list[bytes] = []
        video = {**VIDEO, "downloadUrl": f"{self.url}/bucket", "url": f"{self.url}/bucket"}
        done = {**JOB, "artifacts": {"video": video}, "mediaTitle": "Ein Vortrag"}
        queued = {**JOB, "status": "queued"}
        running = {**JOB, "status": "running"}
        self.answers: dict[str, object] = {
            "GET /api/session": (200, {"name": "ci", "scopes": ["read"]}),
            "POST /api/jobs/check": (200, {"options": {}}),
            "POST /api/media": (201, MEDIA),
            "GET /api/media/med_1": (200, {**MEDIA, "inputs": {"video": INPUT}}),
            "PATCH /api/media/med_1": (200, {**MEDIA, "title": "New"}),
            "DELETE /api/media/med_1": (204, None),
            "POST /api/media/trash": (200, {"changed": 1}),
            "POST /api/media/restore": (200, {"changed": 1}),
            "GET /api/media": (200, {"items": [{**MEDIA, "inputs": {"video": INPUT}}]}),
            "GET /api/media/med_1/inputs/inp_1/content": (200, b"video"),
            "PUT /api/media/med_1/subtitles": (201, {**INPUT, "slot": "subtitles"}),
            "POST /api/media/med_1/uploads": (201, {"uploadId": "u", "url": f"{self.url}/bucket"}),
            "PUT /bucket": (200, None),
            "GET /bucket": (200, b"video"),
            "POST /api/media/med_1/uploads/u/complete": (201, INPUT),
            "POST /api/jobs": (201, queued),
            "GET /api/jobs": (200, {"items": [done]}),
            "GET /api/jobs/job_1": [(200, queued), (200, running), (200, done)],
            "GET /api/jobs/job_1/why": (200, {"summary": "Done.", "notices": []}),
        }

    def answer(self, what: str) -> tuple[int, object]:
        self.asked.append(what)
        found = self.answers.get(what, (404, {"code": "not_found", "detail": "Not found."}))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        assert isinstance(found, tuple)
        return found


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[App]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            found.bodies.append(self.rfile.read(length))
            status, document = found.answer(f"{self.command} {self.path.partition('?')[0]}")
            raw = document if isinstance(document, bytes) else json.dumps(document).encode()
            page = raw.startswith(b"<!doctype")
            self.send_response(status)
            self.send_header("content-type", "text/html" if page else "application/json")
            self.send_header("content-length", "0" if status == 204 else str(len(raw)))
            self.end_headers()
            if status != 204:
                self.wfile.write(raw)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # The base's names.

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = App(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("VIDGEN_URL", found.url)
    monkeypatch.setenv("VIDGEN_TOKEN", TOKEN)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("vidgen.flows.POLL_FIRST_S", 0.0)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.mp4").write_bytes(MP4)
    (tmp_path / "talk.vtt").write_text(VTT)
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


class Typed:
    """Types a command here, and reads what it printed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.monkeypatch.setattr("sys.argv", ["vidgen", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self.capsys.readouterr()
        assert TOKEN not in out + err
        return int(ended.value.code or 0), out, err


@pytest.fixture
def vidgen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(monkeypatch, capsys)


# --- without a terminal ---------------------------------------------------------------------------


def test_u09_without_a_terminal_each_state_is_a_line_with_the_jobs_id(
    app: App, vidgen: Typed, tmp_path: Path
) -> None:
    code, out, err = vidgen("burn", "talk.mp4", "talk.vtt")

    assert (code, out) == (0, "talk.burned.mp4\n")
    lines = err.replace("vidgen: ", "").splitlines()
    assert lines[0].startswith("upload ")
    assert f"job_1 {app.url}/#/jobs/job_1" in lines
    states = [line for line in lines if line.startswith("job_1 ") and "http" not in line]
    assert states == ["job_1 queued", "job_1 running", "job_1 completed"]
    assert (tmp_path / "talk.burned.mp4").read_bytes() == b"video"


def test_quiet_says_nothing(app: App, vidgen: Typed) -> None:
    assert vidgen("burn", "talk.mp4", "talk.vtt", "-q")[2] == ""
    assert "POST /api/jobs" in app.asked


def test_u07_the_source_is_not_overwritten_and_nothing_is_asked(app: App, vidgen: Typed) -> None:
    code, _, err = vidgen("burn", "talk.mp4", "talk.vtt", "-o", "talk.mp4")

    assert (code, app.asked) == (2, [])
    assert "talk.mp4 is what is read" in err


def test_another_file_needs_force(app: App, vidgen: Typed, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"of yesterday")

    refused = vidgen("burn", "talk.mp4", "talk.vtt", "-o", "out.mp4")
    assert (refused[0], app.asked) == (2, [])
    assert "out.mp4 exists; --force replaces it" in refused[2]
    assert vidgen("burn", "talk.mp4", "talk.vtt", "-o", "out.mp4", "--force")[0] == 0
    assert (tmp_path / "out.mp4").read_bytes() == b"video"


def test_u08_a_preset_that_is_none_is_refused_before_the_upload_with_the_one_that_was_meant(
    app: App, vidgen: Typed
) -> None:
    faults = [{"field": "options.preset", "reason": "must be one of 'default', 'bold'"}]
    refusal = {"code": "bad_request", "detail": "Not valid.", "errors": faults}
    app.answers["POST /api/jobs/check"] = (400, refusal)

    code, _, err = vidgen("burn", "talk.mp4", "talk.vtt", "--preset", "blod")

    assert code == 2
    assert "options.preset: must be one of 'default', 'bold'; did you mean 'bold'?" in err
    assert app.asked == ["POST /api/jobs/check"]


def test_without_a_terminal_login_says_what_to_give(
    app: App, vidgen: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIDGEN_TOKEN")

    code, _, err = vidgen("login")

    assert code == 2
    assert "there is no terminal to ask at; give --token, or set VIDGEN_TOKEN" in err
    assert app.asked == []


# --- what is wrong with the server or the token ---------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ((401, {"code": "unauthorized", "detail": "No."}), 3, "run `vidgen login`, or set VIDGEN"),
        ((403, {"code": "forbidden", "detail": "No."}), 3, "`vidgen whoami` shows what it may"),
        ((200, PAGE), 5, "answers with a web page. Is the address that of the app?"),
        ((404, PAGE), 5, "answers with a web page. Is the address that of the app?"),
        ((200, {"hello": "world"}), 5, "Is the address that of the app?"),
        ((404, {"detail": "Not Found"}), 5, "Is the address that of the app?"),
        ((500, {"code": "internal", "detail": "It failed."}), 5, "HTTP 500"),
    ],
    ids=["token", "scope", "page", "page 404", "other JSON", "other 404", "fails"],
)
def test_what_is_wrong_is_named_and_ends_by_its_own_code(
    app: App,
    vidgen: Typed,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, object],
    code: int,
    says: str,
) -> None:
    monkeypatch.setattr("vidgen.calls.FIRST_DELAY_S", 0.0)
    app.answers["GET /api/session"] = answer

    ended, out, err = vidgen("whoami")

    assert (ended, out) == (code, "")
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionFailed("No response."), 5),
        (WaitTimeout("It is running."), 7),
        (NotAllowed(403, "forbidden", "No."), 3),
        (ApiError(503, "unavailable", "Later."), 5),
    ],
)
def test_each_kind_of_end_has_a_code(error: VidgenError, code: int) -> None:
    assert cli.exit_code(error) == code


def test_the_table_of_exit_codes_is_what_the_command_does() -> None:
    manual = (Path(__file__).parents[2] / "client/README.md").read_text(encoding="utf-8")

    rows = [line for line in manual.splitlines() if line.startswith("| ") and line[2].isdigit()]

    assert [int(row.split("|")[1]) for row in rows] == [0, 1, 2, 3, 4, 5, 6, 7, 130]
    assert {code for _, code in cli._CODES} == {2, 3, 4, 5, 6, 7}


def test_a_wait_whose_time_is_over_says_how_to_go_on(app: App, vidgen: Typed) -> None:
    app.answers["GET /api/jobs/job_1"] = (200, {**JOB, "status": "running"})

    code, out, err = vidgen("wait", "job_1", "--timeout", "0")

    assert (code, out) == (7, "")
    assert "follow it with: vidgen wait job_1\n" in err
    assert "then fetch its result with: vidgen save job_1\n" in err


def test_a_wait_that_is_interrupted_says_how_to_go_on(app: App, vidgen: Typed) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    # What a signal does while an answer is awaited.
    vidgen.monkeypatch.setattr("httpx.Client.request", interrupted)

    code, _, err = vidgen("wait", "job_1")

    assert code == 130
    assert "job_1 goes on without this command" in err
    assert "follow it with: vidgen wait job_1" in err


# --- the library, and what else there is ----------------------------------------------------------


def test_jobs_are_listed_with_the_titles_of_their_media(app: App, vidgen: Typed) -> None:
    _, out, _ = vidgen("jobs", "--engine", "burner")

    assert out.splitlines()[1].split("  ")[0] == "job_1"
    assert out.splitlines()[1].endswith("Ein Vortrag")


def test_a_result_is_saved_by_its_own_name(app: App, vidgen: Typed, tmp_path: Path) -> None:
    app.answers["GET /api/jobs/job_1"] = app.answers["GET /api/jobs/job_1"][-1]  # type: ignore[index]

    assert vidgen("save", "job_1")[1] == "Ein Vortrag.burned.mp4\n"
    assert vidgen("save", "job_1")[1] == "Ein Vortrag.burned-2.mp4\n"
    assert (tmp_path / "Ein Vortrag.burned-2.mp4").read_bytes() == b"video"


def test_media_are_listed_shown_added_renamed_fetched_and_deleted(
    app: App, vidgen: Typed, tmp_path: Path
) -> None:
    assert vidgen("media", "list")[1].splitlines()[1].endswith("2     video  Ein Vortrag")
    assert "has       video: 5 bytes, video/mp4  inp_1" in vidgen("media", "show", "med_1")[1]
    assert vidgen("media", "add", "talk.mp4", "--title", "Ein Vortrag")[:2] == (0, "med_1\n")
    assert json.loads(app.bodies[app.asked.index("POST /api/media")]) == {"title": "Ein Vortrag"}
    assert vidgen("media", "rename", "med_1", "New")[1] == "New\n"
    assert vidgen("media", "download", "med_1")[1] == "Ein Vortrag.mp4\n"
    assert (tmp_path / "Ein Vortrag.mp4").read_bytes() == b"video"
    assert vidgen("media", "rm", "med_1")[1] == "in the trash\n"
    assert vidgen("media", "restore", "med_1")[1] == "restored\n"
    assert app.asked[-2:] == ["POST /api/media/trash", "POST /api/media/restore"]
    assert vidgen("media", "rm", "med_1", "--forever", "-y")[1] == "med_1 deleted\n"
    assert app.asked[-1] == "DELETE /api/media/med_1"


def test_what_is_no_video_is_not_added(app: App, vidgen: Typed) -> None:
    code, _, err = vidgen("media", "add", "talk.mp4", "talk.vtt")

    assert (code, app.asked) == (2, [])
    assert "talk.vtt is WebVTT subtitles, not a video" in err


def test_a_command_that_is_none_is_answered_with_the_one_that_was_meant(vidgen: Typed) -> None:
    code, _, err = vidgen("brn", "talk.mp4")

    assert code == 2
    assert "Did you mean 'burn'" in err


# --- completion -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "line", "completed"),
    [
        ("bash", "vidgen bu", "burn"),
        ("bash", "vidgen burn --preset b", "bold"),
        ("bash", "vidgen jobs --engine tran", "transcriber"),
        ("zsh", "vidgen me", "media"),
        ("fish", "vidgen media d", "download"),
    ],
)
def test_a_shell_completes_commands_options_and_values(
    vidgen: Typed, shell: str, line: str, completed: str
) -> None:
    settings = {
        "_VIDGEN_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    for name, value in settings.items():
        vidgen.monkeypatch.setenv(name, value)

    assert completed in vidgen()[1]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(vidgen: Typed, shell: str) -> None:
    code, out, _ = vidgen("completion", shell)

    assert code == 0
    assert f"_VIDGEN_COMPLETE=complete_{shell}" in out


def test_what_is_completed_is_what_there_is() -> None:
    assert set(STATES) == set(map(str, JOB_STATUSES))
    assert ENGINE_NAMES["burner"] == "burner-ffmpeg"
    assert len(ENGINE_NAMES) == 5
