"""A film of five minutes on four burners of one core each, beside the same on one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev.stack.stack import Stack
from tests.media.pictures import ffmpeg
from tests.stack.api_client import ApiClient
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

HOSTS = 4
TURN_S, TURNS = 31, 10
SECONDS = TURN_S * TURNS
PIECES = {"BURN_PIECE_SECONDS": "10", "CAPACITY": "1", "BURN_PIECES": "1"}
WITHIN_S = 2400
LONGEST_MAX, ALL_MAX = 0.3, 1.06
"""Of one host's work."""

pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * WITHIN_S)]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burners]:
    with burners(tmp_path_factory.mktemp("hosts"), HOSTS) as hosts:
        yield hosts


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, fleet: Burners) -> Iterator[Stack]:
    with stack_of(fleet, tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[ApiClient]:
    with client_of(stack) as made:
        yield made


def made_film(folder: Path) -> Path:
    """Make 310 s of 1080p: B-frames, a varying rate, sound, and a key frame each two seconds."""
    encoder = ("-preset", "veryfast", "-crf", "30", "-g", "59")
    turn = drawn_film(folder / "turn.mp4", TURN_S, "1920x1080", "mod(n,50)-49", *encoder)
    film = folder / "film.mp4"
    ffmpeg("-stream_loop", str(TURNS - 1), "-i", str(turn), "-c", "copy", str(film))
    return film


def burned(
    client: ApiClient, fleet: Burners, media_id: str, count: int, **settings: str
) -> tuple[dict[str, Any], list[float]]:
    """Burn on so many hosts; return the job and the CPU seconds of each, the leader's first."""
    for number in range(count):
        core = number % (os.cpu_count() or 1)
        fleet.start(number, client.stack.secret, {**PIECES, **settings}, core)
    job = client.job_in(submitted(client, media_id), "completed", within_s=WITHIN_S)
    return job, [fleet.stop(number) for number in range(count)]


def test_four_hosts_burn_a_film_in_less_than_a_third_of_the_time(
    client: ApiClient,
    fleet: Burners,
    tmp_path: Path,
    record_property: Any,  # pytest has no public type for it.
) -> None:
    media_id = uploaded(client, made_film(tmp_path), SECONDS - 1)

    fleet.start(0, client.stack.secret, PIECES)
    start_s = fleet.stop(0)  # Of the program alone, without any work.

    shared, took_s = burned(client, fleet, media_id, HOSTS, BURN_SHARED_SECONDS="300")
    whole, (whole_s,) = burned(client, fleet, media_id, 1, BURN_SHARED_SECONDS="0")

    worked_s = [one - start_s for one in took_s]
    whole_s -= start_s
    longest, together = max(worked_s) / whole_s, sum(worked_s) / whole_s
    shares = ", ".join(f"{one:.1f}" for one in worked_s)
    record_property(
        "told",
        f"CPU s of one host {whole_s:.1f}; of four {shares}: {longest:.3f} and {together:.3f} ×",
    )
    one, two = (
        fetched(client, job, tmp_path / f"{name}.mp4")
        for name, job in (("shared", shared), ("whole", whole))
    )
    assert_same_burn(one, two, tmp_path)
    assert longest <= LONGEST_MAX
    assert together <= ALL_MAX
