"""A long sound in parts, which several hosts hear: what its leader does, and what a helper.

A part is heard alike by all hosts with the same recogniser: no text of the part before is given to
it. The language is agreed on once: a leader that is not told begins alone, and asks for help as
soon as it knows.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from engine_kit import crew
from engine_kit.checkpoint import Checkpoint
from engine_kit.crew import Alone, Led
from engine_kit.engine import EngineJob
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.logs import log
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media_jobs.engines.transcriber import ENGINE
from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.limits import PIECES_MAX
from media_jobs.status import Status
from media_jobs.wire import PiecePlan
from transcriber.hearing import Hearer
from transcriber.orders import Hear, HeardPiece, Hearing, Report, Spoken
from transcriber.parts import Part, parts_of
from transcriber.transcript import Parts, Transcript

__all__ = ["SoundFacts", "Work", "help_out"]

TRIES = 2
"""Of one part, before the attempt has failed."""

Job = EngineJob[TranscribeOptions]


class SoundFacts(BaseModel):
    """What two hosts must have in common to hear alike: the SHA-256 of the *source*, the length of
    its sound, and who hears it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    duration_ms: int
    recogniser: str
    piece_s: int


class _Document(BaseModel):
    """A plan: where the sound is cut, and what is spoken in it."""

    model_config = ConfigDict(extra="ignore")

    sound: SoundFacts
    cuts_ms: list[int] = Field(max_length=PIECES_MAX)
    language: str


class Work:
    """What the attempt that has the job does. *kept*: what was heard so far, by part.

    *helped_ms*: how much of the sound other hosts have heard.
    """

    def __init__(
        self,
        job: Job,
        hears: Hearer,
        sound: SoundFacts,
        kept: Parts,
        checkpoint: Checkpoint[Parts],
        *,
        is_shared: bool,
    ) -> None:
        self.helped_ms = 0
        self.kept = kept
        self._job, self._hears, self._sound = job, hears, sound
        self._checkpoint = checkpoint
        self._parts = parts_of(kept.cuts_ms, sound.duration_ms)
        whole = self.transcript
        self._language = job.options.language or (whole.language if whole.is_sure else None)
        self._crew: Led | Alone = self._shared() if is_shared else Alone(len(self._parts))
        self._calling: asyncio.Task[None] | None = None

    @property
    def transcript(self) -> Transcript:
        """What was heard so far, from the first part to the last."""
        return Transcript.of(self.kept.heard[number] for number in sorted(self.kept.heard))

    async def hear_all(self) -> None:
        """Hear the whole sound, whoever does it; raises EngineFailure."""
        self._report(0)
        try:
            while (number := await self._crew.next()) is not None:
                await self._hear(self._parts[number])
                self._crew.have(number)
        finally:
            if self._calling is not None:
                self._calling.cancel()

    def _shared(self) -> Led:
        piecework = self._job.piecework
        assert piecework is not None
        made = Led(
            piecework=piecework,
            plan=self._plan(self._language) if self._language else None,
            sizes=[part.length_ms for part in self._parts],
            fetch=self._fetch,
        )
        ended = {n: one.until_ms for n, one in self.kept.heard.items()}
        made.had(n for n, ms in ended.items() if ms >= self._parts[n].end_ms)
        return made

    def _plan(self, language: str) -> PiecePlan:
        document = _Document(sound=self._sound, cuts_ms=self.kept.cuts_ms, language=language)
        return PiecePlan(
            kit=self._job.kit, count=len(self._parts), document=document.model_dump(mode="json")
        )

    async def _hear(self, part: Part) -> None:
        begun = Transcript(until_ms=part.start_ms)
        heard = self.kept.heard.setdefault(part.number, begun)
        tries = (
            TRIES if len(self._parts) > 1 else 1
        )  # Of a lone one the next attempt does the rest.
        language = lambda: self._language  # noqa: E731
        await _heard(self._hears, part, heard, language, partial(self._take, heard), tries)

    def _take(self, heard: Transcript, report: Report) -> None:
        """Take a report about the part of which this was heard before."""
        match report:
            case Hearing(until_ms=until_ms):
                self._report(until_ms - heard.until_ms)
            case HeardPiece():
                self._checkpoint.keep(self.kept)
                self._report(0)
            case Spoken(language=language) if self._language is None:
                self._language = language
                if isinstance(self._crew, Led):
                    call = self._crew.follow(self._plan(language))
                    self._calling = asyncio.create_task(call)

    def _report(self, more_ms: int) -> None:
        heard = self.kept.heard.items()
        done_ms = sum(one.until_ms - self._parts[n].start_ms for n, one in heard)
        self._job.report(Status.RUNNING, "hearing", _progress(self._sound, done_ms + more_ms))

    async def _fetch(self, number: int, url: str) -> None:
        """Take a part that a helper has heard; raises EngineFailure if it is none."""
        part, path = self._parts[number], self._job.work_dir / _file(number)
        piecework, slot = self._job.piecework, ENGINE.checkpoint
        assert piecework is not None
        assert slot is not None
        await piecework.fetch(number, url, path, size_bytes_max=slot.size_bytes_max)
        self.kept.heard[number] = await asyncio.to_thread(read_part, part, path)
        path.unlink()
        self.helped_ms += part.length_ms
        self._checkpoint.keep(self.kept)
        self._report(0)


async def help_out(job: Job, hears: Hearer, sound: SoundFacts, wanted: PiecePlan) -> None:
    """Hear parts of the plan that this job helps with, until there are no more.

    Raises EngineFailure(internal_error) where this host would hear something else.
    """
    parts, language = _planned(sound, wanted)
    done_ms = 0

    async def make(number: int) -> Path:
        nonlocal done_ms
        part, heard = parts[number], Transcript(until_ms=parts[number].start_ms)

        def told(report: Report) -> None:
            if isinstance(report, Hearing | HeardPiece):
                share = _progress(sound, done_ms + report.until_ms - part.start_ms)
                job.report(Status.RUNNING, f"piece {number}", share)

        await _heard(hears, part, heard, lambda: language, told, TRIES)
        done_ms += part.length_ms
        path = job.work_dir / _file(number)
        path.write_text(heard.model_dump_json(), encoding="utf-8")
        return path

    await crew.help_out(job, make)


def _planned(sound: SoundFacts, wanted: PiecePlan) -> tuple[Sequence[Part], str]:
    other = EngineFailure(FailureCode.INTERNAL_ERROR, "This host would hear something else.")
    try:
        document = _Document.model_validate(wanted.document)
        parts = parts_of(document.cuts_ms, sound.duration_ms)
    except ValueError:
        raise other from None
    if document.sound != sound or len(parts) != wanted.count:
        raise other
    return parts, document.language


async def _heard(
    hears: Hearer,
    part: Part,
    heard: Transcript,
    language: Callable[[], str | None],
    told: Callable[[Report], None],
    tries: int,
) -> None:
    """Add to *heard* what it lacks of *part*, again if that fails; raises EngineFailure."""

    def take(report: Report) -> None:
        if isinstance(report, HeardPiece):
            heard.add(report)
        told(report)

    for left in reversed(range(tries)):
        if heard.until_ms >= part.end_ms:
            return
        order = Hear(from_ms=heard.until_ms, until_ms=part.end_ms, language=language())
        try:
            await hears.hear(order, take)
        except EngineFailure as failure:
            if not left or not failure.retryable:
                raise
            why = failure.tool_tail or failure.message
            log("piece_failed", number=part.number, code=failure.code, why=why)


def read_part(part: Part, path: Path) -> Transcript:
    """Return what a helper has heard of *part*; raises EngineFailure(output_invalid)."""
    try:
        heard = Transcript.model_validate_json(path.read_bytes())
    except ValidationError:
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "A part is no transcript.") from None
    words = heard.words
    is_whole = heard.until_ms == part.end_ms and heard.resumed_ms == 0
    if not is_whole or (words and words[0].start_ms < part.start_ms):
        raise EngineFailure(FailureCode.OUTPUT_INVALID, "A part is of another time.")
    return heard


def _file(number: int) -> str:
    return f"part-{number:03}.json"


def _progress(sound: SoundFacts, heard_ms: int) -> float:
    """Return how much of the attempt is done once so much is heard."""
    return 0.15 + 0.8 * min(1.0, heard_ms / max(sound.duration_ms, 1))
