"""What a leader asks and hears itself, and what a helper does; what hears is played."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.piecework import Given
from transcriber.orders import Hear, HeardPiece, HeardWord, Hearing, Report, Spoken
from transcriber.partwork import SoundFacts, Work, help_out
from transcriber.transcript import Parts, Transcript

from media_jobs.engines.transcriber.options import TranscribeOptions
from media_jobs.pieces import PiecesWanted
from media_jobs.wire import PiecePlan

CUTS = [20_000, 40_000]
SOUND = SoundFacts(source="5ca1ab1e", duration_ms=60_000, recogniser="base", piece_s=300)


@dataclass
class Played:
    """What hears, the orchestrator and a job, played. *detects*: how sure it is of English.

    *fails*: how often what begins then can't be heard. *answers*: of the orchestrator, in turn.
    """

    work_dir: Path
    detects: float = 0.9
    language: str | None = None
    fails: dict[int, int] = field(default_factory=dict)
    answers: Sequence[Given | None] = ()
    orders: list[Hear] = field(default_factory=list)
    asked: list[PiecesWanted] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)
    sent: dict[int, Transcript] = field(default_factory=dict)
    made: dict[int, Transcript] = field(default_factory=dict)
    kit: str = "kit"

    @property
    def options(self) -> TranscribeOptions:
        return TranscribeOptions(language=self.language)

    @property
    def piecework(self) -> "Played":
        return self

    @property
    def reporter(self) -> "Played":
        return self

    async def confirmed(self) -> None:
        """Know at once that the attempt is wanted."""

    def report(self, status: str, phase: str, progress: float) -> None:
        self.progress.append(round(progress, 3))

    def keep(self, state: Parts) -> None:
        """Keep it nowhere."""

    async def hear(self, order: Hear, told: Callable[[Report], None]) -> None:
        self.orders.append(order)
        await asyncio.sleep(0)
        told(Hearing(until_ms=order.from_ms + 5_000))
        if self.fails.get(order.from_ms, 0):
            self.fails[order.from_ms] -= 1
            raise EngineFailure(FailureCode.TOOL_FAILED, "It has died.")
        if order.language is None and self.detects >= 0.5:
            told(Spoken(language="en", probability=self.detects))
        word = HeardWord(start_ms=order.from_ms, end_ms=order.from_ms + 500, text=" word")
        probability = self.detects if order.language is None else 1.0
        await asyncio.sleep(0)
        told(
            HeardPiece(
                until_ms=order.until_ms,
                speech_ms=500,
                words=(word,),
                language=order.language or "en",
                probability=probability,
            )
        )

    async def ask(self, wanted: PiecesWanted) -> Given | None:
        self.asked.append(wanted)
        return self.answers[len(self.asked) - 1] if len(self.asked) <= len(self.answers) else None

    async def fetch(self, number: int, url: str, path: Path, *, size_bytes_max: int) -> None:
        path.write_text(self.made[number].model_dump_json())  # noqa: ASYNC240

    async def send(self, number: int, url: str, path: Path) -> None:
        self.sent[number] = Transcript.model_validate_json(path.read_bytes())  # noqa: ASYNC240


def worked(played: Played, kept: Parts | None = None, *, is_shared: bool = True) -> Work:
    """Lead to the end."""
    it: Any = played

    async def lead() -> Work:
        given = kept or Parts(cuts_ms=CUTS)
        work = Work(it, it, SOUND, given, it, is_shared=is_shared)
        await work.hear_all()
        return work

    return asyncio.run(lead())


def spans(played: Played) -> list[tuple[int, int, str | None]]:
    return [(one.from_ms, one.until_ms, one.language) for one in played.orders]


def test_a_leader_asks_nobody_before_it_knows_the_language_and_then_all_have_it(
    tmp_path: Path,
) -> None:
    played = Played(tmp_path)

    whole = worked(played).transcript

    assert spans(played) == [(0, 20_000, None), (20_000, 40_000, "en"), (40_000, 60_000, "en")]
    plans = [one.plan.document for one in played.asked if one.plan]
    assert [(one["language"], one["cuts_ms"]) for one in plans] == [("en", CUTS)]
    assert played.asked[0].has == [0]
    assert (whole.language, whole.probability, len(whole.words)) == ("en", 0.9, 3)
    assert played.progress == sorted(played.progress)
    assert played.progress[-1] == 0.95


def test_where_the_language_stays_a_guess_the_leader_hears_all_of_it(tmp_path: Path) -> None:
    played = Played(tmp_path, detects=0.3)

    assert len(worked(played).transcript.words) == 3
    assert [language for _, _, language in spans(played)] == [None] * 3
    assert played.asked == []


def test_a_language_that_the_job_names_is_in_the_plan_at_once_and_what_others_hear_is_taken(
    tmp_path: Path,
) -> None:
    words = [HeardWord(start_ms=41_000, end_ms=42_000, text=" else")]
    last = Transcript(until_ms=60_000, words=words, language="de", probability=1.0)
    played = Played(
        tmp_path,
        language="de",
        answers=[Given(piece=0), Given(piece=1, made={2: "http://r2.example/2"})],
        made={2: last},
    )

    work = worked(played)

    assert played.asked[0].has == []
    assert spans(played) == [(0, 20_000, "de"), (20_000, 40_000, "de")]
    assert [word.text for word in work.transcript.words] == [" word", " word", " else"]
    assert work.helped_ms == 20_000


def test_what_an_attempt_before_has_heard_is_heard_by_nobody_again(tmp_path: Path) -> None:
    heard = {
        1: Transcript(until_ms=40_000, language="en", probability=0.9),
        2: Transcript(until_ms=50_000, language="en", probability=1.0),
    }
    played = Played(tmp_path, answers=[Given(piece=0)])

    worked(played, Parts(cuts_ms=CUTS, heard=heard))

    assert (played.asked[0].has, played.asked[0].back) == ([1], [1])
    assert spans(played) == [(0, 20_000, "en"), (50_000, 60_000, "en")]


def test_a_part_that_fails_is_heard_once_more_and_a_lone_one_is_not(tmp_path: Path) -> None:
    played = Played(tmp_path, fails={20_000: 1})
    worked(played)
    assert [start for start, _, _ in spans(played)] == [0, 20_000, 20_000, 40_000]

    for failing in (Played(tmp_path, fails={20_000: 2}), Played(tmp_path, fails={0: 1})):
        kept = Parts(cuts_ms=CUTS) if 20_000 in failing.fails else Parts()
        with pytest.raises(EngineFailure, match="died"):
            worked(failing, kept, is_shared=False)


PLAN = PiecePlan(
    kit="kit",
    count=3,
    document={"sound": SOUND.model_dump(), "cuts_ms": CUTS, "language": "fr"},
)


def helped(played: Played, plan: PiecePlan) -> None:
    it: Any = SimpleNamespace(
        piecework=played, reporter=played, report=played.report, work_dir=played.work_dir
    )
    hears: Any = played
    asyncio.run(help_out(it, hears, SOUND, plan))


def test_a_helper_hears_what_it_is_given_in_the_language_of_the_plan(tmp_path: Path) -> None:
    url = "http://r2.example/put"
    played = Played(
        tmp_path,
        answers=[Given(piece=2, putUrl=url), Given(piece=1, putUrl=url), Given(piece=None)],
    )

    helped(played, PLAN)

    assert spans(played) == [(40_000, 60_000, "fr"), (20_000, 40_000, "fr")]
    assert {n: one.until_ms for n, one in played.sent.items()} == {2: 60_000, 1: 40_000}
    assert [one.made for one in played.asked] == [None, 2, 1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "other",
    [
        {"sound": {**SOUND.model_dump(), "source": "another"}},
        {"sound": {**SOUND.model_dump(), "duration_ms": 59_999}},
        {"sound": {**SOUND.model_dump(), "recogniser": "large-v3"}},
        {"cuts_ms": [20_000]},
        {"cuts_ms": [40_000, 20_000]},
        {"language": None},
    ],
)
def test_a_helper_that_would_hear_something_else_hears_nothing(
    other: dict[str, object], tmp_path: Path
) -> None:
    played = Played(tmp_path)
    document = json.loads(json.dumps({**PLAN.document, **other}))

    with pytest.raises(EngineFailure, match="something else"):
        helped(played, PiecePlan(kit="kit", count=3, document=document))

    assert not played.orders
    assert not played.asked
