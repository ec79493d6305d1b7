"""A server that hears: what it is sent, what it may answer, and how it is asked again."""

import email.parser
import email.policy
import io
import json
import threading
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pytest
from transcriber.languages import of_server, to_whisper
from transcriber.recogniser import RATE, HearingFailed
from transcriber.server import TRIES_MAX, Server, wav, words_of
from transcriber.server import _Answer as Answer
from transcriber.settings import hearing_from

from dev.loopback import Handler, served
from media_jobs.errors import SettingError

pytestmark = pytest.mark.heavy

KEY = "sk-not-for-logs"
SOUND = np.full(2 * RATE, 0.25, np.float32)
WORDS = {
    "language": "english",
    "text": "Mr. Ames, hello-there!",
    "segments": [{"start": 0.1, "end": 1.9, "text": " Mr. Ames, hello-there!"}],
    "words": [
        {"word": "Mr", "start": 0.1, "end": 0.4},
        {"word": "Ames", "start": 0.5, "end": 0.9},
        {"word": "hello", "start": 1.2, "end": 1.5},
        {"word": "there", "start": 1.5, "end": 1.9},
    ],
}


@dataclass
class Provider:
    """A server of the protocol: it answers *answers* in turn, the last one for ever."""

    answers: list[tuple[int, Any, Mapping[str, str]]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""


class _Route(Handler):
    def __init__(self, provider: Provider, *arguments: Any) -> None:
        self.provider = provider
        super().__init__(*arguments)

    def do_POST(self) -> None:
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        parser = email.parser.BytesParser(policy=email.policy.default)
        parts: dict[str, list[Any]] = {}
        for part in parser.parsebytes(head + self.body()).iter_parts():
            name = part.get_param("name", header="content-disposition")
            parts.setdefault(str(name), []).append(part.get_payload(decode=True))
        self.provider.asked.append(
            {"path": self.path, "authorization": self.headers["authorization"], **parts}
        )
        answers = self.provider.answers
        status, body, headers = answers[min(len(self.provider.asked), len(answers)) - 1]
        if callable(body):
            body(self)
            return
        self.answer(status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)


@contextmanager
def provider(*answers: tuple[int, Any, Mapping[str, str]]) -> Iterator[Provider]:
    made = Provider(list(answers))
    with served(partial(_Route, made)) as origin:
        made.url = f"{origin}/v1"
        yield made


@pytest.fixture
def slept() -> list[float]:
    return []


def server(at: Provider, slept: list[float], *vocabulary: str, answer_s: float = 60.0) -> Server:
    return Server(
        at.url, KEY, "whisper-1", vocabulary, "job_1", sleep=slept.append, answer_s=answer_s
    )


def nothing(_: float) -> None:
    pass


def test_a_server_is_sent_the_sound_the_model_and_the_hints(slept: list[float]) -> None:
    with provider((200, WORDS, {})) as at:
        server(at, slept, "Ames", "Zürich").hear(SOUND, "pt-BR", nothing)

    asked = at.asked[0]
    assert (asked["path"], asked["authorization"]) == (
        "/v1/audio/transcriptions",
        f"Bearer {KEY}",
    )
    assert asked["model"] == [b"whisper-1"]
    assert asked["language"] == [b"pt"]
    assert asked["response_format"] == [b"verbose_json"]
    assert asked["timestamp_granularities[]"] == [b"word", b"segment"]
    assert asked["prompt"] == ["Ames, Zürich".encode()]
    with wave.open(io.BytesIO(asked["file"][0])) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (RATE, len(SOUND))
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        assert abs(int.from_bytes(sound.readframes(1), "little") - 8192) <= 1


def test_words_have_the_server_s_times_and_the_text_s_punctuation(slept: list[float]) -> None:
    with provider((200, WORDS, {})) as at:
        heard = server(at, slept).hear(SOUND, None, nothing)

    assert [word.text for word in heard.words] == [" Mr.", " Ames,", " hello", " there"]
    assert [word.start_ms for word in heard.words] == [100, 500, 1200, 1500]
    assert (heard.language, heard.estimated) == ("en", False)


def test_without_times_of_words_those_of_sentences_are_shared_out_and_it_is_told(
    slept: list[float],
) -> None:
    body = {**WORDS, "words": None}
    with provider((200, body, {})) as at:
        heard = server(at, slept).hear(SOUND, None, nothing)

    assert heard.estimated
    assert "".join(word.text for word in heard.words) == " Mr. Ames, hello-there!"
    assert heard.words[0].start_ms == 100
    assert heard.words[-1].end_ms == 1900
    assert [w.start_ms for w in heard.words[1:]] == [w.end_ms for w in heard.words[:-1]]


def test_words_of_han_are_found_in_a_text_without_spaces() -> None:
    answer = Answer.model_validate(
        {
            "segments": [{"start": 0, "end": 2, "text": "你好，世界。"}],
            "words": [
                {"word": "你好", "start": 0, "end": 0.8},
                {"word": "世界", "start": 1, "end": 2},
            ],
        }
    )

    words, estimated = words_of(answer)

    assert "".join(word.text for word in words).startswith("你好")
    assert ([word.start_ms for word in words], estimated) == ([0, 1000], False)


def test_a_busy_server_is_asked_again_after_the_time_it_names(slept: list[float]) -> None:
    busy = (429, {"error": "slow down"}, {"retry-after": "7"})
    with provider(busy, (503, b"", {}), (200, WORDS, {})) as at:
        heard = server(at, slept).hear(SOUND, None, nothing)

    assert len(at.asked) == 3
    assert len(heard.words) == 4
    assert slept[0] == 7.0
    assert 0 < slept[1] <= 4.0


def test_a_server_that_stays_away_is_a_failure_that_may_be_tried_again(slept: list[float]) -> None:
    with provider((500, b"oops", {})) as at, pytest.raises(HearingFailed) as caught:
        server(at, slept).hear(SOUND, None, nothing)

    assert len(at.asked) == TRIES_MAX
    assert (caught.value.code, caught.value.retryable) == ("transfer_failed", True)


def test_a_server_that_refuses_the_key_is_not_asked_again_and_no_key_is_shown(
    slept: list[float],
) -> None:
    refusal: tuple[int, Any, Mapping[str, str]] = (401, {"error": f"Incorrect API key: {KEY}"}, {})
    with provider(refusal) as at, pytest.raises(HearingFailed) as caught:
        server(at, slept).hear(SOUND, None, nothing)

    assert (len(at.asked), slept) == (1, [])
    assert not caught.value.retryable
    assert KEY not in caught.value.message + caught.value.detail


def stalls(at: _Route) -> None:
    """Say nothing until the other side hangs up."""
    at.rfile.read(1)
    at.close_connection = True


def drips(at: _Route) -> None:
    """Begin an answer, and bring its next byte too late, for ever."""
    at.begin(200, 1 << 20, {})
    with suppress(OSError):
        while True:
            at.wfile.write(b" ")
            threading.Event().wait(0.05)
    at.close_connection = True


def breaks_off(at: _Route) -> None:
    """End in the middle of an answer."""
    body = json.dumps(WORDS).encode()
    at.begin(200, len(body), {})
    at.wfile.write(body[: len(body) // 2])
    at.close_connection = True


@pytest.mark.parametrize(("fault", "answer_s"), [(stalls, 1.0), (drips, 1.0), (breaks_off, 60.0)])
def test_an_answer_that_does_not_come_whole_in_time_is_asked_for_again(
    fault: Callable[[_Route], None], answer_s: float, slept: list[float]
) -> None:
    with provider((200, fault, {}), (200, WORDS, {})) as at:
        heard = server(at, slept, answer_s=answer_s).hear(SOUND, None, nothing)

    assert [word.text for word in heard.words] == [" Mr.", " Ames,", " hello", " there"]
    # On a machine that is busy, the good answer may come too late once, too.
    assert len(at.asked) == len(slept) + 1 >= 2


def test_an_answer_without_end_is_not_read_to_it(slept: list[float]) -> None:
    sent: list[int] = []

    def floods(at: _Route) -> None:
        at.begin(200, 1 << 40, {})
        with suppress(OSError):
            while True:
                sent.append(at.wfile.write(b" " * (1 << 20)))
        at.close_connection = True

    with provider((200, floods, {})) as at, pytest.raises(HearingFailed) as caught:
        server(at, slept).hear(SOUND, None, nothing)

    assert (caught.value.code, caught.value.retryable) == ("tool_failed", True)
    # What is on its way when the other side hangs up is no part of what it has read.
    assert sum(sent) < 64 << 20


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (401, "TRANSCRIBER_SERVER_KEY"),
        (403, "key"),
        (404, "TRANSCRIBER_SERVER_URL"),
        (413, "TRANSCRIBER_PIECE_SECONDS"),
    ],
)
def test_a_refusal_says_which_setting_is_wrong(status: int, named: str, slept: list[float]) -> None:
    with provider((status, b"no", {})) as at, pytest.raises(HearingFailed, match=named):
        server(at, slept).hear(SOUND, None, nothing)


def test_the_longest_piece_is_less_than_such_servers_take_at_once() -> None:
    with pytest.raises(SettingError):
        hearing_from({"TRANSCRIBER_PIECE_SECONDS": "601"})

    assert len(wav(np.zeros(600 * RATE, np.float32))) + 4096 < 25_000_000


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"words": [{"word": 1}]}', b""])
def test_an_answer_that_is_none_is_a_failure(body: bytes, slept: list[float]) -> None:
    with provider((200, body, {})) as at, pytest.raises(HearingFailed):
        server(at, slept).hear(SOUND, None, nothing)


def test_words_beyond_the_end_of_the_sound_were_not_said(slept: list[float]) -> None:
    late = {"words": [{"word": "late", "start": 2.5, "end": 3}], "text": "late"}
    with provider((200, late, {})) as at:
        assert server(at, slept).hear(SOUND, None, nothing).words == ()


def test_languages_have_their_names_of_bcp_47() -> None:
    assert [of_server(name) for name in ("English", "chinese", "pt", "?!")] == [
        "en",
        "zh",
        "pt",
        None,
    ]
    assert [to_whisper(tag) for tag in ("zh-Hant-TW", "zh-HK", "jv", "pt-BR", "fil")] == [
        "zh",
        "yue",
        "jw",
        "pt",
        "tl",
    ]
