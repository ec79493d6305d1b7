"""A burn's life as a process: canceled, stopped, killed, stalled, full (J8, J19, M12, M13)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dev.engines.stage import SECRETS, RunningEngine, padded, surroundings
from tests.media.burning import Burner, burner, vtt
from tests.media.pictures import H264, ffmpeg
from tests.stack.api_client import eventually

CUE = vtt((0.0, 9.0, "Hello"))
QUARTER_GIB, FOUR_GIB = 1 << 28, 4 << 30


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip that takes this machine many seconds to burn and no time to make."""
    folder = tmp_path_factory.mktemp("long")
    second = folder / "second.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=1", *H264, str(second)),
    )
    path = folder / "long.mp4"
    ffmpeg("-stream_loop", "90", "-i", str(second), "-c", "copy", str(path))
    return path


@pytest.fixture(scope="module")
def short_clip(tmp_path_factory: pytest.TempPathFactory, long_clip: Path) -> Path:
    """The first seconds of it."""
    path = tmp_path_factory.mktemp("short") / "short.mp4"
    ffmpeg("-i", str(long_clip), "-t", "3", "-c", "copy", str(path))
    return path


def ffmpegs_below(pid: int) -> list[int]:
    """Return the ids of the ffmpeg processes that process *pid* has started."""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return [int(line.split()[0]) for line in listing.splitlines() if "subtitles.ass" in line]


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that only waits to be reaped has."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True
    return status.rsplit(")", 1)[1].split()[0] == "Z"


def burning(running: Burner, clip: Path) -> tuple[str, int]:
    """Order a burn; return the job and the ffmpeg at work on it."""
    job_id = running.order(clip, CUE)
    running.world.wait_for_status(job_id, "running")
    at_work = eventually(lambda: ffmpegs_below(running.pid), "an ffmpeg is at work")
    return job_id, at_work[0]


def test_a_cancel_ends_ffmpeg_and_hands_nothing_over(burns: Burner, long_clip: Path) -> None:
    job_id, ffmpeg_pid = burning(burns, long_clip)

    response = burns.engine.cancel(job_id)

    # The burn itself would take longer than anybody waits here.
    eventually(lambda: is_gone(ffmpeg_pid), "ffmpeg has ended")
    assert (response.status_code, response.json()) == (200, {"ok": True, "status": "canceled"})
    assert burns.world.end_of(job_id)["status"] == "canceled"
    assert f"out/{job_id}.mp4" not in burns.world.stored
    eventually(lambda: not list(burns.folder.glob(f"work/*/{job_id}-*")), "its files are gone")


def test_an_ffmpeg_that_stalls_is_ended_and_the_attempt_may_be_repeated(
    tmp_path: Path, long_clip: Path
) -> None:
    with burner(tmp_path, NO_PROGRESS_SECONDS="2") as running:
        job_id, ffmpeg_pid = burning(running, long_clip)
        os.kill(ffmpeg_pid, signal.SIGSTOP)
        error = running.world.end_of(job_id)["error"]

    assert (error["code"], error["retryable"]) == ("timeout", True)
    assert is_gone(ffmpeg_pid)


def test_sigterm_reports_the_interruption_and_leaves_nothing_behind(
    tmp_path: Path, long_clip: Path
) -> None:
    with burner(tmp_path) as running:
        job_id, ffmpeg_pid = burning(running, long_clip)
        running.engine.__exit__()  # It sees exit code 0.

        error = running.world.end_of(job_id)["error"]
        assert (error["code"], error["retryable"]) == ("interrupted", True)
        assert is_gone(ffmpeg_pid)
        assert list((tmp_path / "work").iterdir()) == []
        assert not running.world.stored


@pytest.mark.long
def test_a_burner_that_drains_ends_its_burn_before_it_goes(
    tmp_path: Path, short_clip: Path
) -> None:
    with burner(tmp_path, DRAIN_SECONDS="60") as running:
        job_id, _ = burning(running, short_clip)
        running.engine.process.terminate()
        running.engine.log_with("draining")

        assert running.world.end_of(job_id)["status"] == "completed"
        assert running.engine.process.wait(10) == 0


@pytest.mark.long
def test_a_second_sigterm_ends_the_drain(tmp_path: Path, long_clip: Path) -> None:
    with burner(tmp_path, DRAIN_SECONDS="600") as running:
        job_id, _ = burning(running, long_clip)
        running.engine.process.terminate()
        running.engine.log_with("draining")
        running.engine.__exit__()

        assert running.world.end_of(job_id)["error"]["code"] == "interrupted"


@pytest.mark.skipif(sys.platform != "linux", reason="the tie to the parent's life is Linux's")
def test_a_killed_burner_takes_ffmpeg_with_it_and_its_files_go_at_the_next_start(
    tmp_path: Path, long_clip: Path
) -> None:
    with surroundings() as world:
        (tmp_path / "work").mkdir()
        engine = RunningEngine("burner", tmp_path / "work", {})
        running = Burner(engine=engine, world=world, folder=tmp_path)
        _, ffmpeg_pid = burning(running, long_clip)

        # As the kernel does when memory runs out.
        engine.process.kill()
        engine.process.wait()
        engine.close()

        eventually(lambda: is_gone(ffmpeg_pid), "ffmpeg has ended")
        assert len(list((tmp_path / "work").iterdir())) == 1
        with RunningEngine("burner", tmp_path / "work", {}):
            assert len(list((tmp_path / "work").iterdir())) == 1
            assert not list((tmp_path / "work").glob("*/job_*"))


@pytest.mark.parametrize(
    "size_bytes",
    [
        pytest.param(QUARTER_GIB, id="quarter of a GiB"),
        pytest.param(FOUR_GIB, marks=pytest.mark.long, id="four GiB"),
    ],
)
def test_a_large_input_is_burned_in_less_than_150_mb_of_python(
    tmp_path: Path, size_bytes: int
) -> None:
    small = tmp_path / "small.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", *H264, str(small)),
    )
    large = padded(small, tmp_path / "large.mp4", size_bytes)

    with burner(tmp_path) as running:
        running.burn(large, CUE)

        assert running.engine.peak_bytes() < 150_000_000


def test_without_a_secret_the_program_says_which_setting_is_missing() -> None:
    environment = {name: value for name, value in os.environ.items() if "SECRET" not in name}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)

    ended = subprocess.run(
        [sys.executable, "-m", "burner"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr == (
        "burner can't start: The setting JOB_CALLBACK_HMAC_SECRET is missing or empty.\n"
    )


def test_nothing_secret_and_no_presigned_query_is_in_the_log(burns: Burner, tmp_path: Path) -> None:
    burns.failure(tmp_path / "nothing-here", vtt((0, 1, "x" * 40)))

    text = burns.engine.log_with("input_missing")
    assert "X-Amz-Signature" not in text
    assert SECRETS[0] not in text


def test_a_burn_that_is_fenced_out_stops_and_hands_nothing_over(
    burns: Burner, long_clip: Path
) -> None:
    job_id, ffmpeg_pid = burning(burns, long_clip)

    burns.world.fenced.add(job_id)

    # The next report brings the news; a running burn reports at least every ten seconds.
    eventually(lambda: is_gone(ffmpeg_pid), "ffmpeg has ended")
    eventually(lambda: not list(burns.folder.glob(f"work/*/{job_id}-*")), "its files are gone")
    assert f"out/{job_id}.mp4" not in burns.world.stored
