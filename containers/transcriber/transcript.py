"""What was heard so far: grows piece by piece, and is kept for an attempt that goes on."""

from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media_jobs.engines.transcriber.options import TranscribeOptions
from transcriber.orders import HeardPiece, HeardWord

__all__ = ["BYTES_MAX", "LANGUAGE_SURE", "Transcript", "purpose_of", "read_transcript"]

LANGUAGE_SURE = 0.5
"""Of a detected language: what is less likely is a guess, as over music."""
BYTES_MAX = 64 << 20
"""Of a kept transcript: days of talk."""


class Transcript(BaseModel):
    """*purpose*: of what it is the transcript, and how it is made; another one's is not gone on
    with. *language* and *probability*: of the first piece whose language was sure, else of the
    likeliest one. *speech_ms*: how long somebody speaks. *resumed_ms*: what was taken over.
    """

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    purpose: str
    until_ms: int = 0
    speech_ms: int = 0
    words: list[HeardWord] = Field(default_factory=list)
    language: str | None = None
    probability: float | None = None
    unsure_ms: list[int] = Field(default_factory=list)
    estimated: bool = False
    resumed_ms: int = 0

    def add(self, piece: HeardPiece) -> None:
        """Take a piece that was heard."""
        self.until_ms = piece.until_ms
        self.speech_ms += piece.speech_ms
        self.words += piece.words
        self.unsure_ms += piece.unsure_ms
        self.estimated |= piece.estimated
        if piece.language is None or self.is_sure:
            return
        if self.language is None or (piece.probability or 1.0) > (self.probability or 0.0):
            self.language, self.probability = piece.language, piece.probability

    @property
    def is_sure(self) -> bool:
        """Whether the language is known, and no guess."""
        return self.language is not None and (
            self.probability is None or self.probability >= LANGUAGE_SURE
        )


def purpose_of(options: TranscribeOptions, model: str, sound: Path, piece_s: int) -> str:
    """Return what tells one transcript from another: its sound's size, its model, its options."""
    facts = f"{sound.stat().st_size} {model} {piece_s} {options.model_dump_json()}"
    return sha256(facts.encode()).hexdigest()


def read_transcript(path: Path, purpose: str) -> Transcript:
    """Return what was kept for *purpose*, a new transcript where that can't be used."""
    try:
        kept = Transcript.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return Transcript(purpose=purpose)
    if kept.purpose != purpose:
        return Transcript(purpose=purpose)
    kept.resumed_ms = kept.until_ms
    return kept
