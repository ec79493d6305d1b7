"""Hears by faster-whisper, with a model that is in this container."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from media_jobs.subtitles.words import Word
from transcriber.languages import PROMPTS, of_whisper, to_whisper
from transcriber.placing import placed
from transcriber.recogniser import HeardSpeech, HearingFailed, Sound, nobody

BEAMS = 5
# What base makes up, as measured: in silence no speech 0.93 and words of 0.12; in pink noise 0.99
# and a text of -0.64. Read speech has 0.00, 0.9 and -0.14.
_NO_SPEECH_PROBABLE = 0.6
_WORDS_IMPROBABLE = 0.4
_NO_SPEECH_SURE = 0.9
_TEXT_IMPROBABLE = -0.5
_TEXT_GUESSED = -1.5
"""Whisper itself tries again below -1; over clicks nothing better than -2 comes of it."""


class Whisper:
    """A loaded model. *place*: the device and the number format that it runs in."""

    def __init__(self, folder: Path, device: str, threads: int, vocabulary: Sequence[str]) -> None:
        import ctranslate2  # type: ignore[import-untyped]
        from faster_whisper import WhisperModel  # type: ignore[import-untyped]

        self._vocabulary = vocabulary
        why = ""
        for place in placed(device, ctranslate2.get_cuda_device_count()):
            try:
                self._model: Any = WhisperModel(
                    str(folder),
                    device=place[0],
                    compute_type=place[1],
                    cpu_threads=threads,
                    local_files_only=True,
                )
            except (RuntimeError, ValueError, OSError) as error:
                why = str(error)
                print(f"{place[0]} {place[1]}: {why}", file=sys.stderr)
                continue
            self.place = place
            return
        raise HearingFailed(
            "tool_failed", "The model could not be loaded.", retryable=False, detail=why
        )

    def hear(
        self,
        sound: Sound,
        language: str | None,
        on_heard: Callable[[float], None],
        on_spoken: Callable[[str, float | None], None] = nobody,
    ) -> HeardSpeech:
        """See `Recogniser.hear`."""
        known = to_whisper(language) if language else None
        if known is not None and known not in self._model.supported_languages:
            raise HearingFailed(
                "input_unsupported", f"The model does not know {language}.", retryable=False
            )
        segments, info = self._model.transcribe(
            sound,
            language=known,
            beam_size=BEAMS,
            word_timestamps=True,
            # What is said does not depend on where pieces begin, and loops end with their window.
            condition_on_previous_text=False,
            hotwords=self._hint(language),
        )
        if not language:
            on_spoken(of_whisper(info.language), round(info.language_probability, 3))
        words: list[Word] = []
        unsure_s: list[float] = []
        for segment in segments:
            on_heard(segment.end)
            if _is_hardly_speech(segment):
                unsure_s.append(segment.start)
                continue
            words += [
                Word(
                    start_ms=round(word.start * 1000),
                    end_ms=round(word.end * 1000),
                    text=word.word,
                    confidence=round(word.probability, 3),
                )
                for word in segment.words or ()
            ]
        return HeardSpeech(
            words=tuple(words),
            language=language or of_whisper(info.language),
            probability=1.0 if language else round(info.language_probability, 3),
            unsure_s=tuple(unsure_s),
        )

    def _hint(self, language: str | None) -> str | None:
        prompt = PROMPTS.get(language or "", "")
        return " ".join(part for part in (prompt, ", ".join(self._vocabulary)) if part) or None


# Of faster-whisper's segment.
def _is_hardly_speech(segment: Any) -> bool:
    words = segment.words or ()
    if segment.avg_logprob < _TEXT_GUESSED:
        return True
    if not words or segment.no_speech_prob <= _NO_SPEECH_PROBABLE:
        return False
    if segment.no_speech_prob > _NO_SPEECH_SURE and segment.avg_logprob < _TEXT_IMPROBABLE:
        return True
    return bool(sum(word.probability for word in words) / len(words) < _WORDS_IMPROBABLE)
