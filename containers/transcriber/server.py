"""Hears by a server that speaks OpenAI's `POST /v1/audio/transcriptions`.

https://platform.openai.com/docs/api-reference/audio/createTranscription: multipart, answered as
`verbose_json` with the times of words where the server has them. A piece is at most 10 minutes of
16 kHz, 19 MB of the 25 that such servers take.
"""

import io
import re
import time
import wave
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import httpx
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media_jobs.redaction import redact
from media_jobs.retry import Backoff
from media_jobs.subtitles.words import Word
from transcriber.languages import of_server, to_whisper
from transcriber.recogniser import RATE, HeardSpeech, HearingFailed, Sound, nobody

ANSWER_S = 300.0
"""For all of an answer: one that only drips in is none."""
CONNECT_S = 20.0
TRIES_MAX = 5
RETRIES = Backoff(first_ms=1_000, most_ms=30_000)
RETRY_AFTER_S_MAX = 120.0
ANSWER_BYTES_MAX = 16 << 20
REFUSAL_BYTES_MAX = 4000
REFUSAL_CHARS_SHOWN = 1000
_SERVER = "The server that hears"
REFUSALS = {
    401: f"{_SERVER} refused the key: set TRANSCRIBER_SERVER_KEY.",
    403: f"{_SERVER} refused the key: it may not transcribe, or not with this model.",
    404: f"{_SERVER} has no such model, or is not at TRANSCRIBER_SERVER_URL.",
    413: f"{_SERVER} takes less at once: lower TRANSCRIBER_PIECE_SECONDS.",
}
_BUSY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_TOKEN = re.compile(r"\s*[\u2e80-\u9fff\uac00-\ud7a3\uff66-\uff9f]|\s*[^\s\u2e80-\u9fff]+")
_LETTERS = re.compile(r"[^\w]+")
_AHEAD = 12

_Seconds = Annotated[float, Field(ge=0, le=1e6)]


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _ServerWord(_Foreign):
    word: str
    start: _Seconds
    end: _Seconds


class _Segment(_Foreign):
    text: str
    start: _Seconds
    end: _Seconds


class _Answer(_Foreign):
    text: str = ""
    language: str | None = None
    words: list[_ServerWord] | None = None
    segments: list[_Segment] | None = None


class Server:
    """A server elsewhere. *sleep* waits between tries; *answer_s* is how long one may take."""

    def __init__(
        self,
        url: str,
        key: str | None,
        model: str,
        vocabulary: Sequence[str],
        spread: str,
        sleep: Callable[[float], None] = time.sleep,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._url = f"{url}/audio/transcriptions"
        self._key = key
        self._model = model
        self._prompt = ", ".join(vocabulary)
        self._spread = spread
        self._sleep = sleep
        self._answer_s = answer_s

    def hear(
        self,
        sound: Sound,
        language: str | None,
        on_heard: Callable[[float], None],
        on_spoken: Callable[[str, float | None], None] = nobody,
    ) -> HeardSpeech:
        """See `Recogniser.hear`."""
        fields: dict[str, str | list[str]] = {
            "model": self._model,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
        }
        if language is not None:
            fields["language"] = to_whisper(language)
        if self._prompt:
            fields["prompt"] = self._prompt
        answer = self._ask(fields, wav(sound))
        words, estimated = words_of(answer)
        length_ms = round(len(sound) / RATE * 1000)
        on_heard(len(sound) / RATE)
        return HeardSpeech(
            words=tuple(word for word in words if word.start_ms < length_ms),
            language=language or (of_server(answer.language) if answer.language else None),
            estimated=estimated,
        )

    def _ask(self, fields: dict[str, str | list[str]], file: bytes) -> _Answer:
        why = ""
        for tries in range(1, TRIES_MAX + 1):
            wait_s = RETRIES.delay_ms(tries, self._spread) / 1000
            try:
                response, body = self._post(fields, file)
            except httpx.TransportError as error:
                why = type(error).__name__
            else:
                if response.status_code == 200:
                    return _read(body)
                if response.status_code not in _BUSY:
                    raise self._refused(response.status_code, body)
                why = f"HTTP {response.status_code}"
                wait_s = max(wait_s, _retry_after_s(response))
            if tries < TRIES_MAX:
                self._sleep(wait_s)
        raise HearingFailed("transfer_failed", f"{_SERVER} does not answer: {why}.", retryable=True)

    def _post(
        self, fields: dict[str, str | list[str]], file: bytes
    ) -> tuple[httpx.Response, bytes]:
        """Ask once; return the answer and so much of its body as may be of use.

        Raises httpx.TransportError when there is none in time, or not all of it.
        """
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        # Compressed, a small answer may be a large one.
        headers["accept-encoding"] = "identity"
        timeout = httpx.Timeout(self._answer_s, connect=min(CONNECT_S, self._answer_s))
        files = {"file": ("sound.wav", file, "audio/wav")}
        ends_at = time.monotonic() + self._answer_s
        with httpx.stream(
            "POST", self._url, data=fields, files=files, headers=headers, timeout=timeout
        ) as response:
            most = ANSWER_BYTES_MAX if response.status_code == 200 else REFUSAL_BYTES_MAX
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > most:
                    break
                if time.monotonic() > ends_at:
                    raise httpx.ReadTimeout("The answer takes too long.")
            return response, bytes(body)

    def _refused(self, status: int, body: bytes) -> HearingFailed:
        text = body.decode(errors="replace")
        # Redacted before it is cut: half a key is not known as one.
        said = redact(text, (self._key,) if self._key else ())[:REFUSAL_CHARS_SHOWN]
        return HearingFailed(
            "tool_failed",
            REFUSALS.get(status, f"{_SERVER} refused with HTTP {status}."),
            retryable=False,
            detail=said,
        )


def _read(body: bytes) -> _Answer:
    try:
        if len(body) <= ANSWER_BYTES_MAX:
            return _Answer.model_validate_json(body)
    except ValidationError:
        pass
    raise HearingFailed("tool_failed", f"{_SERVER} answered what can't be read.", retryable=True)


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return min(float(text), RETRY_AFTER_S_MAX) if text.isdecimal() else 0.0


def wav(sound: Sound) -> bytes:
    """Return *sound* as a WAV file of 16 bit."""
    samples = (np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def words_of(answer: _Answer) -> tuple[list[Word], bool]:
    """Return the words of an answer, with its punctuation, and whether their times are estimated.

    OpenAI's words have times and no punctuation, its segments have the text.
    """
    segments = answer.segments or []
    text = "".join(segment.text for segment in segments) or answer.text
    tokens = _TOKEN.findall(text)
    if answer.words:
        return list(_timed(tokens, answer.words)), False
    return [word for segment in segments for word in _spread(segment)], bool(tokens)


def _plain(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _timed(tokens: Sequence[str], words: Sequence[_ServerWord]) -> Iterator[Word]:
    """Yield *words*, written as the tokens of the text that they are found in, in order."""
    at = 0
    for word in words:
        plain, text, found = _plain(word.word), "", at
        # One word may be several tokens of the text, as Han is; what lies between belongs to none.
        for begin in range(at, min(at + _AHEAD, len(tokens))):
            joined, end = "", begin
            while end < len(tokens) and len(joined) < len(plain):
                joined += _plain(tokens[end])
                end += 1
            if plain and joined == plain:
                text, found = "".join(tokens[begin:end]), end
                break
        at = found
        written = text or (word.word if word.word[:1].isspace() else f" {word.word}")
        start, end_ms = round(word.start * 1000), round(max(word.start, word.end) * 1000)
        yield Word(start_ms=start, end_ms=end_ms, text=written)


def _spread(segment: _Segment) -> Iterator[Word]:
    """Yield the words of a segment, each as long as its share of the letters."""
    tokens = _TOKEN.findall(segment.text)
    total = sum(len(token) for token in tokens)
    per_letter = max(segment.end - segment.start, 0.0) / max(total, 1)
    before = 0
    for token in tokens:
        start = segment.start + before * per_letter
        before += len(token)
        end = segment.start + before * per_letter
        yield Word(start_ms=round(start * 1000), end_ms=round(end * 1000), text=token)
