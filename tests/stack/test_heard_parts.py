"""One long sound that several transcribers hear, and what becomes of one that dies at it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from dev.loopback import Handler
from dev.stack.stack import Stack
from tests.conftest import TOLD
from tests.media.hearing import HearingServer, hearing_server
from tests.media.speaking import SENTENCES, joined_with, word_errors, write_wav
from tests.media.test_server_transcripts import check, shuffled
from tests.media.test_transcripts import plain
from tests.media.transcribing import Results
from tests.stack.api_client import ApiClient, eventually
from tests.stack.burners import Burners, burners

LEADS, HELPS = 0, 1
SHARED = {
    "TRANSCRIBER_SHARED_SECONDS": "60",
    "TRANSCRIBER_SHARED_PIECE_SECONDS": "15",
    "CAPACITY": "1",
}
WITHIN_S = 60.0
HOSTS = 4
LONGEST_MAX = 0.5
"""Of one host's work."""


@pytest.fixture(scope="module")
def server() -> Iterator[HearingServer]:
    with hearing_server() as running:
        yield running


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Burners]:
    with burners(tmp_path_factory.mktemp("hosts"), HOSTS, "transcriber") as hosts:
        yield hosts


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, fleet: Burners) -> Iterator[Stack]:
    state, urls = tmp_path_factory.mktemp("stack"), {"transcriber": ",".join(fleet.urls)}
    with Stack(state_dir=state, containers=(), container_urls=urls) as running:
        yield running


@pytest.fixture(scope="module")
def client(stack: Stack) -> Iterator[ApiClient]:
    made = ApiClient(stack)
    yield made
    made.http.close()


@pytest.fixture
def by_server(stack: Stack, fleet: Burners, server: HearingServer) -> Iterator[Mapping[str, str]]:
    """Have one transcriber run, whose server hears; return the settings of others like it."""
    settings = {**SHARED, "TRANSCRIBER_SERVER_URL": server.url, "TRANSCRIBER_MODEL": "whisper-1"}
    fleet.start(LEADS, stack.secret, settings)
    yield settings
    server.instead = {}
    fleet.stop(LEADS)


class Talk:
    """Sentences, twenty in some 110 s, and when each is said."""

    def __init__(self, client: ApiClient, folder: Path, count: int = 20) -> None:
        self.names, gaps = shuffled(3, count)
        samples, self.spoken = joined_with(self.names, gaps)
        self.media_id = client.new_media()
        sound = write_wav(folder / "talk.wav", samples)
        assert client.upload(self.media_id, sound.read_bytes()).status_code == 200
        self._client = client

    def submitted(self) -> str:
        wanted = {"engine": "asr-pipeline", "mediaId": self.media_id, "options": {}}
        answer = self._client.api("POST", "/api/jobs", wanted)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["jobId"])

    def heard(self, job_id: str, within_s: float = WITHIN_S) -> Results:
        """Wait for a job of one attempt, and return what it hands over."""
        job = self._client.job_in(job_id, "completed", within_s=within_s)
        assert job["attempt"] == 1
        text = {name: self._client.http.get(one["url"]) for name, one in job["artifacts"].items()}
        return Results(
            vtt=text["subtitles"].text,
            text=text["text"].text,
            words=text["words"].json()["words"],
            metadata=text["metadata"].json(),
        )


@pytest.fixture(scope="module")
def talk(client: ApiClient, tmp_path_factory: pytest.TempPathFactory) -> Talk:
    return Talk(client, tmp_path_factory.mktemp("talk"))


def times(words: list[dict[str, Any]]) -> list[tuple[str, int, int]]:
    return [(word["text"], word["startMs"], word["endMs"]) for word in words]


def test_a_sound_that_two_hosts_hear_is_the_one_that_one_hears_and_each_part_is_heard_once(
    stack: Stack,
    client: ApiClient,
    fleet: Burners,
    server: HearingServer,
    talk: Talk,
    by_server: Mapping[str, str],
) -> None:
    helped = threading.Event()
    # The leader's second part waits, until the other host has heard some.
    server.instead = {2: lambda at: helped.wait(WITHIN_S)}
    fleet.start(HELPS, stack.secret, by_server)
    job_id = talk.submitted()
    eventually(lambda: len(fleet.said(HELPS, "piece_sent")) == 5, "the other has heard its parts")
    helped.set()
    shared = talk.heard(job_id)

    check(shared, talk.names, talk.spoken)
    # Only the first part was heard without knowing the language.
    assert server.languages == [None] + ["en"] * 6
    assert [one["count"] for one in fleet.said(HELPS, "helped")] == [5]
    assert not fleet.said(LEADS, "piece_unusable")
    assert shared.metadata["language"] == "en"
    assert shared.metadata["notices"] == []
    assert 60_000 < shared.metadata["helpedMs"] < shared.metadata["durationMs"]
    listed = client.api("GET", f"/api/jobs?mediaId={talk.media_id}").json()["items"]
    assert [one["jobId"] for one in listed] == [job_id]
    orphans = client.api("GET", "/api/orphans?cursor=media").json()
    assert "pieces" not in str(orphans)

    fleet.stop(HELPS)
    alone = talk.heard(talk.submitted())

    assert alone.metadata["helpedMs"] == 0
    assert times(shared.words) == times(alone.words)
    assert (shared.vtt, shared.text) == (alone.vtt, alone.text)


@pytest.mark.long
def test_what_a_host_that_dies_was_at_is_heard_by_the_one_that_leads(
    stack: Stack,
    fleet: Burners,
    server: HearingServer,
    talk: Talk,
    by_server: Mapping[str, str],
) -> None:
    died = threading.Event()
    asked = len(server.sizes)

    def kill(at: Handler) -> None:
        """Kill the host that has asked: the leader waits with its own part."""
        fleet.stop(HELPS, signal.SIGKILL)
        died.set()
        at.close_connection = True

    server.instead = {asked + 2: lambda at: died.wait(WITHIN_S), asked + 4: kill}
    fleet.start(HELPS, stack.secret, by_server)

    heard = talk.heard(talk.submitted(), within_s=4 * WITHIN_S)

    assert died.is_set()
    check(heard, talk.names, talk.spoken)


@pytest.mark.long
@pytest.mark.timeout(40 * WITHIN_S)
def test_four_hosts_hear_a_talk_by_a_model_in_less_than_half_of_one_s_time_with_its_words(
    stack: Stack,
    client: ApiClient,
    fleet: Burners,
    tmp_path: Path,
    record_property: Any,  # pytest has no public type for it.
) -> None:
    talk = Talk(client, tmp_path, count=160)

    def heard(count: int, **settings: str) -> tuple[Results, list[float]]:
        """Hear on so many hosts; return also the CPU seconds of each, the leader's first."""
        for number in range(count):
            core = number % (os.cpu_count() or 1)
            fleet.start(number, stack.secret, {"CAPACITY": "1", **settings}, core)
        found = talk.heard(talk.submitted(), within_s=20 * WITHIN_S)
        return found, [fleet.stop(number) for number in range(count)]

    fleet.start(LEADS, stack.secret, SHARED)
    start_s = fleet.stop(LEADS)  # Of the program alone, without any work.
    shared, took_s = heard(
        HOSTS, TRANSCRIBER_SHARED_SECONDS="60", TRANSCRIBER_SHARED_PIECE_SECONDS="60"
    )
    whole, (whole_s,) = heard(1, TRANSCRIBER_SHARED_SECONDS="0")

    said = [word for name in talk.names for word in SENTENCES[name]]
    errors, errors_whole = (word_errors(said, plain(one.text or "")) for one in (shared, whole))
    worked_s, whole_s = [one - start_s for one in took_s], whole_s - start_s
    longest, together = max(worked_s) / whole_s, sum(worked_s) / whole_s
    apart = sorted(
        abs(one[0] - other[0]) for one, other in matched(times(shared.words), times(whole.words))
    )
    record_property(
        TOLD,
        f"CPU s of one host {whole_s:.1f}; of four {', '.join(f'{one:.1f}' for one in worked_s)}: "
        f"{longest:.3f} and {together:.3f} ×; wrong words {errors_whole} and {errors} of "
        f"{len(said)}; of {len(apart)} same words {sum(ms > 100 for ms in apart)} begin more than "
        f"100 ms apart, the last {apart[-1]} ms",
    )
    assert errors <= max(errors_whole, 0.05 * len(said))
    assert apart[len(apart) * 95 // 100] <= 100
    assert longest <= LONGEST_MAX


def matched(
    some: list[tuple[str, int, int]], others: list[tuple[str, int, int]]
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return start and end of the words that both have, in order."""
    one, other = ([word.strip().lower() for word, _, _ in words] for words in (some, others))
    same = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [(some[a + n][1:], others[b + n][1:]) for a, b, length in same for n in range(length)]
