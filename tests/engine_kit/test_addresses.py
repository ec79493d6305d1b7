"""What follows other people's URLs connects to public addresses alone (D7)."""

import json
import os
import subprocess
import sys

import pytest
from engine_kit.addresses import is_allowed, refuse_process

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]
INSIDE = [
    "0.0.0.0",  # noqa: S104 - An address to refuse, not one to listen on.
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.9",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fe80::1%eth0",
    "ff02::1",
]
TOOLS = ("ffmpeg", "deno")
NOT_ADDRESSES = ["localhost", "example.com", "2130706433", "0x7f.1", "127.1", "", "/run/x.sock"]


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_address_is_allowed(host: str) -> None:
    assert is_allowed(host, allow_loopback=False)


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_is_allowed_by_the_setting_alone(host: str) -> None:
    assert not is_allowed(host, allow_loopback=False)
    assert is_allowed(host, allow_loopback=True)


@pytest.mark.parametrize("host", INSIDE)
def test_an_address_inside_a_network_is_refused_whatever_the_setting(host: str) -> None:
    assert not is_allowed(host, allow_loopback=False)
    assert not is_allowed(host, allow_loopback=True)


@pytest.mark.parametrize("host", NOT_ADDRESSES)
def test_what_is_no_plain_address_is_refused(host: str) -> None:
    assert not is_allowed(host, allow_loopback=True)


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
