"""One film that several burners make, and what becomes of one that dies while it helps."""

from __future__ import annotations

import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_kit.ffmpeg import find_ffmpeg

from dev.stack.stack import Stack
from tests.stack.api_client import ApiClient, eventually
from tests.stack.burners import (
    Burners,
    burners,
    client_of,
    drawn_film,
    fetched,
    stack_of,
    submitted,
    uploaded,
)
from tests.stack.same_burn import assert_same_burn

SECONDS = 12
SHARED = {"BURN_SHARED_SECONDS": "1", "BURN_PIECE_SECONDS": "2", "CAPACITY": "1"}
LEADS, HELPS = 0, 1
_WAITING = """#!{python}
import os, sys, time
from pathlib import Path

while sys.argv[-1] == "piece-000.mp4" and not Path({told!r}).exists():
    time.sleep(0.05)
os.execv({ffmpeg!r}, [{ffmpeg!r}, *sys.argv[1:]])
"""
"""An ffmpeg that makes the first piece when it is told to: others have begun by then."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hosts")


@pytest.fixture(scope="module")
def told(folder: Path) -> Path:
    """The file by which the leader's ffmpeg begins."""
    return folder / "told"


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Iterator[Burners]:
    with burners(folder, 2) as hosts:
        yield hosts


@pytest.fixture(scope="module")
def stack(folder: Path, fleet: Burners, told: Path) -> Iterator[Stack]:
    """A stack with two burners, of which the first waits with its first piece."""
    program = folder / "ffmpeg"
    text = _WAITING.format(python=sys.executable, told=str(told), ffmpeg=find_ffmpeg())
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    with stack_of(fleet, folder) as running:
        fleet.start(LEADS, running.secret, {**SHARED, "IMAGEIO_FFMPEG_EXE": str(program)})
        yield running


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[ApiClient]:
    with client_of(stack) as made:
        yield made


@pytest.fixture(scope="module")
def film(client: ApiClient, folder: Path) -> str:
    """A media: B-frames, a varying rate, sound, and a cue over each second's end."""
    encoder = ("-preset", "ultrafast", "-g", "26")
    path = folder / "film.mp4"
    drawn_film(path, SECONDS, "320x180", "lt(n,90)+mod(n,7)", *encoder)
    return uploaded(client, path, SECONDS)


def test_a_film_that_two_hosts_burn_is_the_one_that_one_burns(
    stack: Stack, client: ApiClient, fleet: Burners, film: str, told: Path, tmp_path: Path
) -> None:
    fleet.start(HELPS, stack.secret, SHARED)
    job_id = submitted(client, film)
    eventually(lambda: len(fleet.said(HELPS, "piece_sent")) == 5, "the other has made its pieces")
    told.touch()
    shared = client.job_in(job_id, "completed")

    assert [one["count"] for one in fleet.said(LEADS, "burned_in_pieces")] == [6]
    assert not fleet.said(LEADS, "piece_unusable")
    listed = client.api("GET", f"/api/jobs?mediaId={film}").json()["items"]
    assert [one["jobId"] for one in listed] == [job_id]
    fleet.stop(HELPS)
    alone = client.job_in(submitted(client, film), "completed")
    one, two = (
        fetched(client, job, tmp_path / f"{name}.mp4")
        for name, job in (("shared", shared), ("alone", alone))
    )
    assert_same_burn(one, two, tmp_path)


@pytest.mark.long
def test_what_a_host_that_dies_was_at_is_made_by_the_one_that_leads(
    stack: Stack, client: ApiClient, fleet: Burners, film: str, told: Path
) -> None:
    fleet.start(HELPS, stack.secret, SHARED)
    told.touch()

    def are_known() -> bool:
        """Whether both hosts are; one that was away is asked while a job runs."""
        client.job_in(submitted(client, film), "completed")
        hosts = client.api("GET", "/api/health").json()["containers"]
        states = [one["state"] for one in hosts if one["engine"] == "burner-ffmpeg"]
        return states == ["ok", "ok"]

    eventually(are_known, "both hosts are known", within_s=240)
    told.unlink()
    sent = len(fleet.said(HELPS, "piece_sent"))
    job_id = submitted(client, film)
    eventually(lambda: len(fleet.said(HELPS, "piece_sent")) > sent, "the other helps")
    fleet.stop(HELPS, signal.SIGKILL)
    told.touch()

    job = client.job_in(job_id, "completed")

    assert job["attempt"] == 1
    assert len(fleet.said(LEADS, "burned_in_pieces")) >= 1
