"""What follows other people's URLs connects to public addresses alone (D7)."""

import json
import os
import subprocess
import sys

import pytest
from engine_kit.addresses import is_allowed, refuse_process

TOOLS = ("ffmpeg", "deno")


@pytest.mark.parametrize(
    ("host", "usually", "by_the_setting"),
    [
        ("8.8.8.8", True, True),
        ("::ffff:127.0.0.1", False, True),
        # What is inside is told by the tests of `media_jobs.networks`.
        ("169.254.169.254", False, False),
        ("168.63.129.16", False, False),
        ("fe80::1%eth0", False, False),
        ("localhost", False, False),
        ("/run/x.sock", False, False),
    ],
)
def test_public_addresses_are_allowed_loopback_by_the_setting_and_nothing_else(
    host: str, usually: bool, by_the_setting: bool
) -> None:
    assert is_allowed(host, allow_loopback=False) is usually
    assert is_allowed(host, allow_loopback=True) is by_the_setting


def test_ffmpeg_reads_files_and_nothing_else() -> None:
    assert (
        refuse_process("/opt/ffmpeg", ["ffmpeg", "-i", "file:a.mp4", "file:b.mp4"], TOOLS) is None
    )
    assert (
        refuse_process("ffmpeg", ["ffmpeg", "-i", "http://10.0.0.1/", "b.mp4"], TOOLS) is not None
    )
    assert refuse_process("ffmpeg", ["ffmpeg", "-i", "concat:a|b", "b.mp4"], TOOLS) is not None


def test_a_program_that_downloads_by_itself_is_not_started() -> None:
    assert refuse_process("/usr/bin/curl", ["curl", "http://10.0.0.1/"], TOOLS) is not None
    assert refuse_process("deno", ["deno", "run", "-"], TOOLS) is None


GUARDED = """
import json, socket, subprocess, sys
from engine_kit import addresses
addresses.install(allow_loopback=False, programs=("ffmpeg",))
seen = []
def attempt(act):
    try:
        act()
    except (addresses.RefusedAddress, addresses.RefusedProcess) as refused:
        seen.append(type(refused).__name__)
    except OSError as other:
        seen.append("reached the network: " + type(other).__name__)
attempt(lambda: socket.socket().connect(("127.0.0.1", 9)))
attempt(lambda: socket.socket().connect_ex(("localhost", 9)))
attempt(lambda: socket.create_connection(("127.0.0.1", 9)))
attempt(lambda: socket.socket(socket.AF_UNIX).connect("/nowhere.sock"))
attempt(lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("169.254.169.254", 9)))
attempt(lambda: subprocess.run(["curl", "http://127.0.0.1/"]))
print(json.dumps(seen))
"""


def test_the_guard_refuses_at_the_connect_call_whoever_makes_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", GUARDED],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        timeout=30,
    )

    assert json.loads(run.stdout) == ["RefusedAddress"] * 5 + ["RefusedProcess"]
