"""What follows other people's URLs connects to public addresses alone (D7)."""

import json
import os
import socket
import subprocess
import sys

import httpx
import pytest
from engine_kit.addresses import (
    RefusedConnection,
    is_allowed,
    is_own,
    networks_from,
    refuse_process,
    refused_in,
)

from media_jobs.errors import SettingError

pytestmark = pytest.mark.heavy

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


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("fd00::1", True),
        ("11.0.0.1", False),
        ("169.254.169.254", False),
        ("minio", False),
    ],
)
def test_the_networks_of_the_store_and_the_orchestrator_are_named(host: str, own: bool) -> None:
    assert is_own(host, networks_from("10.0.0.0/8, fd00::/8")) is own


def test_without_any_named_there_are_none_and_what_is_no_network_is_refused() -> None:
    assert networks_from("") == ()
    with pytest.raises(SettingError, match="OWN_NETWORKS"):
        networks_from("10.0.0.0/8,minio")


OWN = """
import asyncio, json, sys
from engine_kit import addresses
from engine_kit.outgoing import new_client
addresses.guard(addresses.networks_from(sys.argv[1]))

async def outcome(url):
    async with new_client() as client:
        try:
            await client.get(url)
        except BaseException as error:
            refused = addresses.refused_in(error)
            return str(refused) if refused else type(error).__name__
        return "answered"

async def main():
    print(json.dumps([await outcome(url) for url in sys.argv[2:]]))

asyncio.run(main())
"""


def outcomes(networks: str, *urls: str) -> list[str]:
    """Return what became of the container's own calls to *urls*."""
    run = subprocess.run(
        [sys.executable, "-c", OWN, networks, *urls],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
        timeout=30,
    )
    said: list[str] = json.loads(run.stdout)
    return said


def test_a_container_calls_no_address_inside_also_behind_a_name_unless_its_network_is_named() -> (
    None
):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    by_name, by_address = f"http://localhost:{port}/", f"http://127.0.0.1:{port}/"

    refused = outcomes("", by_name, by_address, "http://169.254.169.254/latest/meta-data/")
    named = outcomes("127.0.0.0/8,::1/128", by_name, by_address, "http://[fd00::1]/")

    assert [one.partition(" ")[0] for one in refused[1:]] == ["127.0.0.1", "169.254.169.254"]
    assert all("OWN_NETWORKS" in one for one in refused)
    # So it was tried: nothing listens there.
    assert named[:2] == ["ConnectError", "ConnectError"]
    assert named[2].startswith("fd00::1 is not public")


def test_the_reason_is_found_however_deep_it_lies() -> None:
    refusal = RefusedConnection("10.0.0.1")
    outer = httpx.ConnectError("failed")
    outer.__cause__ = ExceptionGroup("several", [OSError("other"), refusal])

    assert refused_in(outer) is refusal
    assert refused_in(httpx.ConnectError("failed")) is None
