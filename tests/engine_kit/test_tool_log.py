"""What the tools of an attempt say while they run, and what of it nobody is shown."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest
from engine_kit.engine import Outputs
from engine_kit.processes import run_process
from engine_kit.tool_log import LINES_MAX, ToolLog, Writer, hide

from media_jobs.signing import Receiver, sign_request_line
from media_jobs.status import Status
from tests.engine_kit.bench import SECRET, Bench, CopyJob, now_ms, played, render_body


def written(*chunks: bytes) -> list[str]:
    log = ToolLog()
    writer = Writer(log)
    for chunk in chunks:
        writer.write(chunk)
    return log.tail(LINES_MAX)


def test_lines_are_whole_whatever_pieces_they_come_in() -> None:
    assert written(b"one\ntw", b"o\r\n\xe5\xad", b"\x97\rhalf") == ["one", "two", "字"]


def test_a_line_that_is_too_long_is_left_out_and_the_next_one_is_not() -> None:
    assert written(b"a" * 5000, b"b\nnext\n") == ["…", "next"]


def test_only_the_last_lines_are_kept() -> None:
    lines = written(*(b"%d\n" % n for n in range(LINES_MAX + 5)))

    assert (len(lines), lines[0], lines[-1]) == (LINES_MAX, "5", str(LINES_MAX + 4))


def test_nothing_that_gives_access_and_no_folder_is_shown() -> None:
    log = ToolLog()
    log.hide(("hunter22",))
    log.add("GET https://me:pw@bucket.test/a?X-Amz-Signature=abc")
    log.add("proxy says hunter22")
    log.add("/var/work/job_1/source.mp4: no such file")
    log.show("token=abc")

    assert log.tail(3) == ["proxy says …", "…/source.mp4: no such file", "token=…"]
    assert log.tail(9)[0] == "GET https://bucket.test/a?…"


SAYS = "import sys, time; sys.stderr.write('opening x?token=abc of Ann\\n'); sys.stderr.flush(); "


async def watched(made: Bench, signer: Receiver | None, job_id: str = "job_1") -> httpx.Response:
    """Ask for the log of a job until its tool has said something."""
    await made.post("/render", render_body())
    while True:
        target = f"/jobs/{job_id}/log?lines=50&ts={now_ms()}"
        headers = {}
        if signer is not None:
            headers["x-signature"] = sign_request_line("GET", target, (SECRET,), signer)
        response = await made.client.get(target, headers=headers)
        if response.status_code != 200 or "opening" in response.text:
            return response
        await asyncio.sleep(0.02)


async def speaks(job: CopyJob) -> Outputs:
    job.report(Status.PREPARING, "probing", 0.0)
    hide(("Ann",))
    await run_process([sys.executable, "-c", SAYS + "time.sleep(60)"], cwd=job.work_dir)
    return {}


def test_what_a_tool_says_is_shown_while_it_runs_to_a_signed_question(tmp_path: Path) -> None:
    shown = played(speaks, tmp_path, lambda made: watched(made, "container"))

    lines = ["[preparing] probing", "opening x?token=… of …"]
    assert shown.json() == {"attempt": 1, "lines": lines}


@pytest.mark.parametrize(
    ("signer", "job_id", "status"),
    [(None, "job_1", 401), ("orchestrator", "job_1", 401), ("container", "job_2", 404)],
)
def test_a_log_is_shown_to_nobody_else_and_of_no_other_job(
    tmp_path: Path, signer: Receiver | None, job_id: str, status: int
) -> None:
    shown = played(speaks, tmp_path, lambda made: watched(made, signer, job_id))

    assert shown.status_code == status


def test_the_log_of_an_attempt_ends_with_it(tmp_path: Path) -> None:
    async def fails(job: CopyJob) -> Outputs:
        await run_process([sys.executable, "-c", SAYS], cwd=job.work_dir)
        raise OSError

    async def ended(made: Bench) -> httpx.Response:
        await made.post("/render", render_body())
        await made.last_callback()
        target = f"/jobs/job_1/log?ts={now_ms()}"
        signature = sign_request_line("GET", target, (SECRET,), "container")
        return await made.client.get(target, headers={"x-signature": signature})

    assert played(fails, tmp_path, ended).json()["lines"] == []
