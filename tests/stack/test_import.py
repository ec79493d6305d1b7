"""An import of the earlier system into a running one: what came is served, and nothing twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dev.loopback import Handler, served
from dev.stack.stack import Stack
from ops.app_database import AppDatabase
from ops.earlier.bucket import S3, S3Keys
from ops.earlier.dump import EarlierDump
from ops.earlier.import_run import CONNECTIONS, Import, Wanted
from ops.earlier.tally import Tally
from ops.project import Project
from tests.ops.earlier.earlier_system import (
    COMMENTS,
    TRANSLATION,
    burn,
    download,
    dump,
    media,
    objects_of,
)
from tests.stack.api_client import ApiClient
from tests.stack.local_database import local_database, quiet

JPEG = b"\xff\xd8\xff\xe0 a picture"
COUNTED = ("media", "inputs", "jobs", "job_events")


@dataclass(frozen=True, slots=True)
class StackDatabase:
    """The stack's D1, as an import asks and writes; *fault* is called before a file is run."""

    stack: Stack
    fault: Callable[[], object] = int

    def ask(self, query: str) -> list[dict[str, Any]]:
        return self.stack.sql(query)

    def run(self, file: Path) -> None:
        self.fault()
        for line in file.read_text().split(";\n"):
            if line.strip():
                self.stack.sql(line)


class Killed(BaseException):
    """The process ends here."""


def kill() -> None:
    raise Killed


def s3_of(stack: Stack) -> S3:
    keys = S3Keys(
        access_key_id=stack.secrets.s3_access_key_id,
        secret_access_key=stack.secrets.s3_secret_access_key,
    )
    return S3(stack.s3_url, keys, CONNECTIONS)


class Pictures(Handler):
    def do_GET(self) -> None:
        found = self.path.endswith(".jpg")
        self.answer(200 if found else 404, JPEG if found else b"")


def test_an_import_that_breaks_off_is_gone_on_with_and_all_of_it_is_served(
    own_stack: Stack, client: ApiClient, tmp_path: Path
) -> None:
    with served(Pictures) as pictures:
        rows: list[tuple[str, dict[str, object]]] = [
            (
                "media",
                media(
                    1,
                    translation=TRANSLATION,
                    comments=COMMENTS,
                    thumbnail=f"{pictures}/1.jpg",
                    render_subtitles_job_id="r1",
                ),
            ),
            ("media", media(2, thumbnail=f"{pictures}/none", user_id="u2")),
            ("tasks", download(1)),
            ("tasks", burn(1)),
            ("tasks", burn(2, status="failed", error="ffmpeg ended with 1", progress=40)),
            ("tasks", download(3, target_type="channel", target_id="c1")),
            ("users", {"id": "u1"}),
        ]
        for key, content in objects_of(rows):
            client.put_object(key, content)
        file = tmp_path / "earlier.sql"
        file.write_text(dump(rows, "H"), newline="")
        before = counts(own_stack)

        def run(fault: Callable[[], object] = int, *, dry_run: bool = False) -> Tally:
            database = StackDatabase(own_stack, fault)
            wanted = Wanted(dry_run=dry_run, is_allowed=lambda _: True)
            with closing(EarlierDump(file)) as earlier:
                return Import(earlier, database, s3_of(own_stack), wanted, print).run()

        foreseen = run(dry_run=True)
        assert counts(own_stack) == before
        with pytest.raises(Killed):
            run(kill)
        assert counts(own_stack) == before
        brought = run()
        after = counts(own_stack)
        again = run()

    assert counts(own_stack) == after
    assert after["media"] - before["media"] == 2
    assert {**foreseen.new, "thumbnail": 1} == {**brought.new, "thumbnail": 1}
    assert sum(again.new.values()) == again.objects == 0
    assert again.found == brought.found
    assert brought.left["thumbnails that could not be fetched: HTTP 404"] == 1
    assert brought.left["rows of users"] == 1
    assert brought.left["tasks for channel"] == 1
    assert brought.left["owners of media (all goes to ws_default)"] == 2

    _is_served(client)


def counts(stack: Stack) -> dict[str, int]:
    [row] = stack.sql(
        "SELECT " + ", ".join(f"(SELECT count(*) FROM {name}) AS {name}" for name in COUNTED)  # noqa: S608 - names of this file.
    )
    return {name: int(row[name]) for name in COUNTED}


def _is_served(client: ApiClient) -> None:
    """Assert that the API has the first media with all that belongs to it."""
    listed = client.api("GET", "/api/media?query=odd").json()["items"]
    [made] = [one for one in listed if one["title"] == '影片 1: it\'s "odd"']
    whole = client.api("GET", f"/api/media/{made['mediaId']}").json()
    assert whole["title"] == '影片 1: it\'s "odd"'
    assert (whole["durationS"], whole["site"]["channel"]) == (61, "A channel")
    assert set(whole["inputs"]) == {"video", "subtitles", "comments-data", "thumbnail"}

    def content(input_id: str) -> bytes:
        answer = client.api("GET", f"/api/media/{made['mediaId']}/inputs/{input_id}/content")
        assert answer.status_code == 200, answer.text
        return answer.content

    current = {slot: one["inputId"] for slot, one in whole["inputs"].items()}
    assert content(current["video"]) == b"video of m-1"
    assert content(current["thumbnail"]) == JPEG
    assert "这是开始".encode() in content(current["subtitles"])
    assert json.loads(content(current["comments-data"]))["comments"][0]["author"] == "Ann"

    jobs = client.api("GET", f"/api/jobs?mediaId={made['mediaId']}").json()["items"]
    by_engine = {job["engine"]: job for job in jobs}
    assert {engine: job["status"] for engine, job in by_engine.items()} == {
        "media-downloader": "completed",
        "burner-ffmpeg": "completed",
    }
    burned = by_engine["burner-ffmpeg"]
    assert client.http.get(burned["artifacts"]["video"]["url"]).content == b"result of r1"
    assert burned["finishedAt"] - burned["startedAt"] == 58_000
    why = client.api("GET", f"/api/jobs/{burned['jobId']}/why").json()
    assert why["steps"][-1]["messageKey"] == "history.imported"

    [other] = [one for one in listed if one["sourceUrl"].endswith("v=2")]
    [failed] = client.api("GET", f"/api/jobs?mediaId={other['mediaId']}").json()["items"]
    assert failed["error"]["message"] == "ffmpeg ended with 1"
    retried = client.api("POST", f"/api/jobs/{failed['jobId']}/retry")
    assert (retried.status_code, retried.json()["code"]) == (409, "job_imported")
    assert failed["imported"]


# --- ten thousand, killed -------------------------------------------------------------------------

MANY = 10_000
SOURCES = 50
"""Of the videos: many media name one object, as their number is what counts here."""
KILLED_AT = (700, 3_000)
"""So many media are told to be done when the process is killed."""


def many_rows() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield 10,000 media with their downloads; of some, subtitles, comments and a result."""
    for number in range(MANY):
        source = media(number % SOURCES)
        texts = {"translation": TRANSLATION, "comments": COMMENTS} if number % 5 == 0 else {}
        video = {"remote_video_key": source["remote_video_key"], "remote_metadata_key": None}
        yield "media", media(number, **video, **texts)
        yield "tasks", download(number)
        if number % SOURCES == 0:
            yield "tasks", burn(number)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_media_are_imported_once_however_often_the_import_is_killed(
    own_stack: Stack, client: ApiClient, tmp_path: Path
) -> None:
    bucket = s3_of(own_stack)
    for one in [*bucket.listed("vidgen-render", "media/m-")]:
        bucket._client.delete_object(Bucket="vidgen-render", Key=one.key)  # Of the test above.
    rows = [*many_rows()]
    few = [row for row in rows[: 2 * SOURCES] if row[0] == "media"]
    burns = [row for row in rows if row[0] == "tasks" and str(row[1]["id"]).startswith("b")]
    for key, content in objects_of([*few, *burns]):
        client.put_object(key, content)
    file = tmp_path / "earlier.sql"
    file.write_text(dump(rows), newline="")
    clone, other = tmp_path / "clone", tmp_path / "other"
    for folder in (clone, other):
        folder.mkdir()
        local_database(folder)

    for media_count in KILLED_AT:
        assert _imported(own_stack, clone, file, kill_at=media_count) is None
    brought = _imported(own_stack, clone, file)
    again = _imported(own_stack, clone, file)
    unbroken = _imported(own_stack, other, file)

    assert brought is not None
    assert again is not None
    assert unbroken is not None
    assert unbroken["found"] == brought["found"] == again["found"]
    found = {"media": MANY, "video": MANY, "subtitles": 4000, "comments-data": 2000}
    assert unbroken["new"] == {**found, "thumbnail": 0, "jobs": 10_200, "outputs": 10_200}
    assert 0 < brought["new"]["media"] < MANY - KILLED_AT[0]
    assert set(again["new"].values()) == {0}
    assert (again["objects"], unbroken["objects"]) == (0, 0)
    snapshot = _rows(clone)
    assert snapshot == _rows(other)
    objects = {one.key: one for one in s3_of(own_stack).listed("vidgen-render", "media/med_")}
    named = [(key, size_bytes) for _, key, size_bytes in snapshot["inputs"]]
    assert len({key for key, _ in named}) == len(named) == MANY + 6000
    assert all(objects[key].size_bytes == size_bytes for key, size_bytes in named)
    ours = {key for key, _ in named} | {
        output["key"] for _, outputs in snapshot["jobs"] for output in json.loads(outputs).values()
    }
    assert len(ours) == MANY + 6000 + 200


def _imported(
    stack: Stack, clone: Path, file: Path, kill_at: int | None = None
) -> dict[str, Any] | None:
    """Run the command as an operator does; return what it prints, None if it was killed."""
    env = {
        **os.environ,
        **quiet(clone),
        "S3_ACCESS_KEY_ID": stack.secrets.s3_access_key_id,
        "S3_SECRET_ACCESS_KEY": stack.secrets.s3_secret_access_key,
    }
    options = ("--local", "--s3-endpoint", stack.s3_url, "--yes", "--json")
    command = [sys.executable, "-m", "ops", "import", str(file), *options]
    with subprocess.Popen(
        command, cwd=clone, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        told = ""
        for line in running.stderr:
            told += line
            done = re.match(r"([\d,]+) of 10,000 media; ", line)
            if kill_at is not None and done and int(done[1].replace(",", "")) >= kill_at:
                running.kill()
                return None
        printed = running.stdout.read()
    assert running.returncode == 0, told
    document: dict[str, Any] = json.loads(printed)
    return document


def _rows(clone: Path) -> dict[str, list[Any]]:
    """Return all that was imported, in order."""
    database = AppDatabase(project=Project(root=clone), remote=False)
    found: dict[str, list[Any]] = {}
    for table, columns in {
        "media": "media_id, title, source_url, created_ms, site, owner_id",
        "inputs": "input_id, object_key, size_bytes",
        "jobs": "job_id, outputs",
        "job_events": "job_id, event_seq, event_id, status, at_ms",
    }.items():
        rows = database.ask(f"SELECT {columns} FROM {table} ORDER BY {columns}")  # noqa: S608 - names of this file.
        found[table] = [tuple(row.values()) for row in rows]
    return found
