"""The process that hears: one sound, as it is told, until there is nothing more to do.

It is a process of its own because neither a model nor a server can be stopped otherwise, and its
memory is given back with it. It sees samples alone, never the file that was handed in. Standard
output carries reports; what libraries print goes to standard error.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from pydantic import BaseModel

from transcriber.orders import (
    Divide,
    Divided,
    Done,
    Failed,
    Hear,
    HeardPiece,
    HeardWord,
    Hearing,
    HearingOrder,
    Loaded,
    ServerOrder,
    Spoken,
    Working,
    read_order,
)
from transcriber.pauses import pauses_in, settled
from transcriber.recogniser import RATE, HeardSpeech, HearingFailed, Recogniser, Sound
from transcriber.speech import JoinedSpeech, Stretch, cut_at, cut_near, speech_in
from transcriber.transcript import LANGUAGE_SURE

_ORDER_BYTES_MAX = 1 << 20
_SAMPLE_BYTES = 2
_MS_SAMPLES = RATE // 1000
_WORKING_EVERY_S = 5.0


class _Reports:
    """Standard output, to which two threads write."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "w", encoding="utf-8")
        self._lock = threading.Lock()
        os.dup2(2, 1)

    def say(self, report: BaseModel) -> None:
        with self._lock:
            print(report.model_dump_json(), file=self._file, flush=True)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Say now and then that something is being waited for."""
        over = threading.Event()

        def repeat() -> None:
            while not over.wait(_WORKING_EVERY_S):
                self.say(Working())

        thread = threading.Thread(target=repeat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def main() -> int:
    """Read the order, then do what is read, and report; returns 0 when all was done."""
    reports = _Reports()
    given = sys.stdin.buffer
    order = HearingOrder.model_validate_json(given.readline(_ORDER_BYTES_MAX))
    listener = _Listener(order, reports)
    try:
        while line := _next(given, reports):
            match read_order(line):
                case Hear() as hear:
                    listener.hear(hear)
                case Divide() as divide:
                    reports.say(Divided(cuts_ms=listener.cuts(divide)))
    except HearingFailed as failed:
        reports.say(
            Failed(
                code=failed.code,
                message=failed.message,
                retryable=failed.retryable,
                detail=failed.detail,
            )
        )
        return 1
    return 0


def _next(given: BinaryIO, reports: _Reports) -> bytes:
    with reports.working():
        return given.readline(_ORDER_BYTES_MAX)


class _Listener:
    """Hears one sound."""

    def __init__(self, order: HearingOrder, reports: _Reports) -> None:
        self._order = order
        self._reports = reports
        self._language: str | None = None
        self._recogniser: Recogniser | None = None
        self._total = order.sound.stat().st_size // _SAMPLE_BYTES

    def hear(self, wanted: Hear) -> None:
        """Hear what is wanted, piece after piece."""
        self._language = wanted.language
        at, total = wanted.from_ms * _MS_SAMPLES, wanted.until_ms * _MS_SAMPLES
        # The last millisecond of a sound is seldom whole.
        if self._total - total < _MS_SAMPLES:
            total = self._total
        while at < total:
            end, joined = self._taken(at, total)
            self._reports.say(self._piece(at, end, joined))
            at = end
        self._reports.say(Done())

    def cuts(self, wanted: Divide) -> tuple[int, ...]:
        """Return where to cut around each target."""
        cuts = []
        count = 2 * wanted.within_ms * _MS_SAMPLES
        for target_ms in wanted.targets_ms:
            begin_ms = target_ms - wanted.within_ms
            around = samples(self._order.sound, begin_ms * _MS_SAMPLES, count)
            stretches = speech_in(around) if self._order.voice_activity else ()
            cuts.append(begin_ms + _ms(cut_near(around, stretches)))
        return tuple(cuts)

    def _taken(self, at: int, total: int) -> tuple[int, JoinedSpeech]:
        """Return where the piece from *at* on ends, and the speech in it; the rest is let go."""
        sound = samples(self._order.sound, at, min(self._order.piece_s * RATE, total - at))
        if at + len(sound) < total:
            sound = sound[: cut_at(sound)]
        is_chosen = self._order.voice_activity
        stretches = speech_in(sound) if is_chosen else [Stretch(0, len(sound))]
        return at + len(sound), JoinedSpeech(sound, stretches)

    def _piece(self, at: int, end: int, joined: JoinedSpeech) -> HeardPiece:
        until_ms, speech_ms = _ms(end), _ms(len(joined.sound))
        if not speech_ms:
            return HeardPiece(until_ms=until_ms, speech_ms=0, words=())

        def on_heard(seconds: float) -> None:
            heard_ms = joined.original_ms(seconds, seconds)[1]
            self._reports.say(Hearing(until_ms=_ms(at) + heard_ms))

        heard = self._hear(joined.sound, on_heard)
        if heard.language is not None:
            self._spoken(heard.language, heard.probability)
        words = []
        for word in settled(heard.words, pauses_in(joined.sound)):
            start_ms, end_ms = joined.original_ms(word.start_ms / 1000, word.end_ms / 1000)
            words.append(
                HeardWord(
                    start_ms=_ms(at) + start_ms,
                    end_ms=_ms(at) + end_ms,
                    text=word.text,
                    confidence=word.confidence,
                )
            )
        return HeardPiece(
            until_ms=until_ms,
            speech_ms=speech_ms,
            words=tuple(words),
            language=heard.language,
            probability=heard.probability,
            unsure_ms=tuple(_ms(at) + joined.original_ms(s, s)[0] for s in heard.unsure_s),
            estimated=heard.estimated,
        )

    def _hear(self, sound: Sound, on_heard: Callable[[float], None]) -> HeardSpeech:
        recogniser = self._loaded()
        if not isinstance(self._order.by, ServerOrder):
            return recogniser.hear(sound, self._language, on_heard, self._spoken)
        with self._reports.working():
            return recogniser.hear(sound, self._language, on_heard, self._spoken)

    def _spoken(self, language: str, probability: float | None) -> None:
        """Hear in this language from now on, unless it is a guess."""
        if self._language is None and (probability or 1.0) >= LANGUAGE_SURE:
            self._language = language
            self._reports.say(Spoken(language=language, probability=probability))

    def _loaded(self) -> Recogniser:
        """Return who hears; a model is loaded when there is something to hear."""
        if self._recogniser is None:
            by, vocabulary = self._order.by, self._order.vocabulary
            # What hears is imported where it does: neither needs the other's packages.
            if isinstance(by, ServerOrder):
                from transcriber.server import Server

                self._recogniser = Server(by.url, by.key, by.model, vocabulary, self._order.job)
            else:
                from transcriber.whisper import Whisper

                whisper = Whisper(by.folder, by.device, by.threads, vocabulary)
                device, compute_type = whisper.place
                self._reports.say(Loaded(device=device, compute_type=compute_type))
                self._recogniser = whisper
        return self._recogniser


def samples(path: Path, at: int, count: int) -> Sound:
    """Return *count* samples from *at* on, fewer at the end of the file."""
    raw = np.fromfile(path, dtype="<i2", count=count, offset=at * _SAMPLE_BYTES)
    sound = raw.astype(np.float32)
    sound /= 32768.0
    return sound


def _ms(count: int) -> int:
    return count * 1000 // RATE


if __name__ == "__main__":
    sys.exit(main())
