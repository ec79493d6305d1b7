"""What was heard so far: grows piece by piece, and is kept for an attempt that goes on."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from transcriber.orders import HeardPiece, HeardWord

__all__ = ["LANGUAGE_SURE", "Transcript"]

LANGUAGE_SURE = 0.5
"""Of a detected language: what is less likely is a guess, as over music."""

_Milliseconds = Annotated[int, Field(ge=0)]


class Transcript(BaseModel):
    """*language* and *probability*: of the first piece whose language was sure, else of the
    likeliest one. *speech_ms*: how long somebody speaks. *resumed_ms*: what was taken over.
    """

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    until_ms: _Milliseconds = 0
    speech_ms: _Milliseconds = 0
    words: list[HeardWord] = Field(default_factory=list)
    language: str | None = None
    probability: float | None = None
    unsure_ms: list[int] = Field(default_factory=list)
    estimated: bool = False
    resumed_ms: _Milliseconds = 0

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        starts = [word.start_ms for word in self.words]
        if any(after < before for before, after in pairwise(starts)):
            raise ValueError("words are out of order")
        if starts and starts[-1] > self.until_ms:
            raise ValueError("a word is after what was heard")
        return self

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
