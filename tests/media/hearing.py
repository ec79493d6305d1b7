"""A server of OpenAI's protocol that hears: it knows the recordings, and finds them in a sound."""

import email.message
import email.parser
import email.policy
import io
import json
import threading
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from dev.loopback import Handler, served
from tests.media.speaking import RATE, SENTENCES, Samples, recording

_SAME = 0.8
"""Of a recording's energy: as much as of another's is never found."""


@dataclass(slots=True, kw_only=True)
class HearingServer:
    """What it was asked, in order. *instead*: what it does with a request, by number from 1; where
    that returns True, it is answered all the same. *languages*: those that were named.

    *models_status*: of its answer to who asks for its models.
    """

    recordings: Mapping[str, Samples]
    instead: Mapping[int, Callable[[Handler], object]] = field(default_factory=dict)
    models_status: int = 200
    sizes: list[int] = field(default_factory=list)
    heard: list[list[str]] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def answer(self, sound: Samples) -> dict[str, Any]:
        """Return what is said in *sound*, each word as long as its share of the letters."""
        found = sorted(
            (start, name) for name, one in self.recordings.items() for start in _found(sound, one)
        )
        with self.lock:
            self.heard.append([name for _, name in found])
        segments, words = [], []
        for start, name in found:
            end = start + len(self.recordings[name]) / RATE
            text = " ".join(SENTENCES[name]).capitalize() + "."
            segments.append({"start": start, "end": end, "text": f" {text}"})
            words += list(_spread(SENTENCES[name], start, end))
        text = "".join(str(segment["text"]) for segment in segments)
        return {"language": "english", "text": text, "segments": segments, "words": words}


def _spread(words: Sequence[str], start: float, end: float) -> Iterator[dict[str, Any]]:
    per_letter = (end - start) / sum(map(len, words))
    for word in words:
        yield {"word": word, "start": start, "end": start + per_letter * len(word)}
        start += per_letter * len(word)


def _found(sound: Samples, one: Samples) -> Iterator[float]:
    """Yield where in *sound*, in seconds, the recording *one* is, whole (cross-correlation)."""
    count = 1 << (len(sound) + len(one)).bit_length()
    transformed = np.fft.rfft(sound, count) * np.conj(np.fft.rfft(one, count))
    likeness = np.fft.irfft(transformed, count)[: max(len(sound) - len(one) // 2, 0)]
    limit = _SAME * float(np.dot(one, one))
    while len(likeness) and likeness.max() > limit:
        at = int(likeness.argmax())
        yield at / RATE
        likeness[max(at - len(one) // 2, 0) : at + len(one) // 2] = 0.0


class _Route(Handler):
    def __init__(self, hears: HearingServer, *arguments: Any) -> None:
        self.hears = hears
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.answer(self.hears.models_status, b'{"data": [{"id": "whisper-1"}]}')

    def do_POST(self) -> None:
        body = self.body()
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        parsed = email.parser.BytesParser(policy=email.policy.default).parsebytes(head + body)
        with self.hears.lock:
            self.hears.sizes.append(len(body))
            self.hears.languages.append(_field(parsed, "language"))
            instead = self.hears.instead.get(len(self.hears.sizes))
        if instead is not None and instead(self) is not True:
            return
        (sound,) = (part for part in parsed.walk() if part.get_filename())
        with wave.open(io.BytesIO(bytes(sound.get_content()))) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        self.answer(200, json.dumps(self.hears.answer(samples)).encode())


def _field(form: email.message.Message, name: str) -> str | None:
    """Return a field of a form."""
    named = (
        part for part in form.walk() if part.get_param("name", header="content-disposition") == name
    )
    return next((str(part.get_payload()).strip() for part in named), None)


@contextmanager
def hearing_server(**given: Any) -> Iterator[HearingServer]:
    """Serve on a free port of loopback until the end of the block."""
    server = HearingServer(recordings={name: recording(name) for name in SENTENCES}, **given)
    with served(partial(_Route, server)) as origin:
        server.url = f"{origin}/v1"
        yield server
