"""Long sound that a server hears: cut at silences, and put together without a seam."""

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from dev.loopback import Handler
from tests.media.hearing import HearingServer, hearing_server
from tests.media.speaking import SENTENCES, joined_with, write_wav
from tests.media.transcribing import Results, Transcriber, nobody_helps, transcriber

REQUEST_BYTES_MAX = 25_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[HearingServer]:
    with hearing_server() as running:
        yield running


@pytest.fixture(scope="module")
def hears(
    tmp_path_factory: pytest.TempPathFactory,
    ffmpeg_env: Mapping[str, str],
    server: HearingServer,
) -> Iterator[Transcriber]:
    """A transcriber that has a server hear, in pieces of half a minute."""
    settings = {
        "TRANSCRIBER_SERVER_URL": server.url,
        "TRANSCRIBER_MODEL": "whisper-1",
        "TRANSCRIBER_PIECE_SECONDS": "30",
        "TRANSCRIBER_SHARED_SECONDS": "40",
        "TRANSCRIBER_SHARED_PIECE_SECONDS": "15",
    }
    folder = tmp_path_factory.mktemp("transcriber")
    with transcriber(folder, **settings, **ffmpeg_env) as running:
        yield running


def shuffled(seed: int, count: int) -> tuple[list[str], list[float]]:
    """Return *count* sentences, and the pauses around them, in seconds.

    All five in some order, and again: what is said too often in a row is left out as a loop.
    """
    chance = random.Random(seed)  # noqa: S311  # It chooses sentences.
    names: list[str] = []
    while len(names) < count:
        names += chance.sample(list(SENTENCES), len(SENTENCES))
    names = names[:count]
    return names, [round(chance.uniform(0.35, 1.5), 2) for _ in range(count + 1)]


def check(heard: Results, names: list[str], spoken: list[tuple[float, float]]) -> None:
    """No word is lost or doubled, and each sentence is when it was said."""
    said = [word for name in names for word in SENTENCES[name]]
    plain = [re.sub(r"[^a-z']", "", word["text"].lower()) for word in heard.words]
    assert plain == said
    at = 0
    for name, (start, end) in zip(names, spoken, strict=True):
        mine = heard.words[at : at + len(SENTENCES[name])]
        at += len(mine)
        assert abs(mine[0]["startMs"] / 1000 - start) <= 0.2, (name, start)
        assert abs(mine[-1]["endMs"] / 1000 - end) <= 0.2, (name, end)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 12))
def test_what_a_server_hears_in_pieces_is_one_whole_without_a_word_lost_or_doubled(
    hears: Transcriber,
    server: HearingServer,
    tmp_path: Path,
    seed: int,
) -> None:
    names, gaps = shuffled(seed, 30)
    samples, spoken = joined_with(names, gaps)
    before = len(server.sizes)

    heard = hears.hear(write_wav(tmp_path / "s.wav", samples), voiceActivity=seed % 2 == 0)

    check(heard, names, spoken)
    pieces = len(server.sizes) - before
    assert pieces >= len(samples) / 16_000 / 30
    assert max(server.sizes[before:]) < REQUEST_BYTES_MAX
    assert heard.metadata["recogniser"] == "server"


def test_a_server_that_is_busy_for_one_piece_and_breaks_off_in_another_loses_nothing(
    hears: Transcriber, server: HearingServer, tmp_path: Path
) -> None:
    def busy(at: Handler) -> None:
        at.answer(429, b"{}", {"retry-after": "1"})

    def breaks_off(at: Handler) -> None:
        at.begin(200, 1000, {})
        at.wfile.write(b'{"text": "half')
        at.close_connection = True

    names, gaps = shuffled(1, 9)
    samples, spoken = joined_with(names, gaps)
    asked, answered = len(server.sizes), len(server.heard)
    server.instead = {asked + 1: busy, asked + 3: breaks_off}

    heard = hears.hear(write_wav(tmp_path / "s.wav", samples))

    assert len(server.sizes) - asked == len(server.heard) - answered + 2
    assert len(server.heard) - answered >= 2
    check(heard, names, spoken)


def test_a_part_that_fails_is_heard_again_by_itself_and_then_by_the_next_attempt(
    hears: Transcriber, server: HearingServer, tmp_path: Path
) -> None:
    def unreadable(at: Handler) -> None:
        at.answer(200, b"[]")

    names, gaps = shuffled(2, 12)
    samples, spoken = joined_with(names, gaps)
    sound = write_wav(tmp_path / "s.wav", samples)
    asked, kept = len(server.sizes), hears.world.url("parts.json")
    server.instead = {asked + n: unreadable for n in (1, 4, 5)}
    with nobody_helps() as url:
        job_id = hears.order(sound, {}, piecesUrl=url, checkpointPutUrl=kept)
        failed = hears.world.end_of(job_id)
        before = len(server.sizes) - asked
        file = tmp_path / "parts.json"
        file.write_bytes(hears.world.stored["parts.json"].body)
        hears.world.files["parts.json"] = file
        heard = hears.results(hears.order(sound, {}, piecesUrl=url, checkpointGetUrl=kept))

    # The first was heard twice, the third failed twice.
    assert (failed["status"], failed["error"]["retryable"], before) == ("failed", True, 5)
    parts = int(len(samples) / 16_000 / 15)
    assert len(server.sizes) - asked == before + parts - 2
    # What failed is told the language that the first part was heard in.
    assert server.languages[asked:] == [None, None, *["en"] * (parts + 1)]
    assert 25_000 < heard.metadata["resumedMs"] < 40_000
    check(heard, names, spoken)
