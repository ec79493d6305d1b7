"""What was heard so far: grows piece by piece, and is kept for an attempt that goes on.

Of a sound in parts each has a transcript of its own, all with the times of the whole sound.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from transcriber.orders import HeardPiece, HeardWord
from transcriber.parts import parts_of

__all__ = ["LANGUAGE_SURE", "Parts", "Transcript"]

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
        self._join(piece)

    def _join(self, piece: "HeardPiece | Transcript") -> None:
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

    @staticmethod
    def of(parts: "Iterable[Transcript]") -> "Transcript":
        """Return the transcript of a whole sound, of which these are the parts in their order."""
        whole = Transcript()
        for part in parts:
            whole._join(part)
            whole.resumed_ms += part.resumed_ms
        return whole


class Parts(BaseModel):
    """What an attempt keeps: where the sound was cut, and by number what was heard of each part."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[2] = 2
    cuts_ms: list[_Milliseconds] = Field(default_factory=list)
    heard: dict[int, Transcript] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_the_first_version(cls, kept: object) -> object:
        """Read what a container of before has kept: all of the sound as one part."""
        if isinstance(kept, dict) and kept.get("version") == 1:
            return {"heard": {0: kept}}
        return kept

    def resume(self, duration_ms: int) -> bool:
        """Note how much of each part was heard before; return whether it is of such a sound."""
        try:
            parts = parts_of(self.cuts_ms, duration_ms)
        except ValueError:
            return False
        if not all(n < len(parts) and parts[n].has(one.until_ms) for n, one in self.heard.items()):
            return False
        for number, one in self.heard.items():
            one.resumed_ms = one.until_ms - parts[number].start_ms
        return True
