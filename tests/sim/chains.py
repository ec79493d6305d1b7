"""Chains in a simulated world: jobs that take their inputs from jobs that are not done.

Somebody submits all of a chain's jobs, each by its own request, as soon as those are known that it
reads from: mostly while these still run, sometimes when they have ended. Any of them may be
canceled or started again, also all of them, one after the other.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.sim.clients import OPTIONS, Client
from tests.sim.network import Answer

LOOKS_MAX = 60
LOOK_MS = 3_000
"""How often, and how many times, a member looks whether those are known that it reads from."""

DOWNLOAD, TRANSCRIBE, BURN = "media-downloader", "asr-pipeline", "burner-ffmpeg"
COMMENTS = "renderer-remotion"


@dataclass(frozen=True)
class Step:
    """A job of a chain. *reads*: by input slot, the step that makes it, and which output it is."""

    engine: str
    reads: Mapping[str, tuple[int, str]] = field(default_factory=dict)


VIDEO = {"video": (0, "video")}
SUBTITLE = (
    Step(DOWNLOAD),
    Step(TRANSCRIBE, VIDEO),
    Step(BURN, {**VIDEO, "subtitles": (1, "subtitles")}),
)
TWO_ENDS = (
    Step(DOWNLOAD),
    Step(TRANSCRIBE),
    Step(TRANSCRIBE),
    Step(
        BURN,
        {**VIDEO, "subtitles": (1, "subtitles"), "subtitles-secondary": (2, "subtitles")},
    ),
)
FORK = (
    *SUBTITLE,
    Step(COMMENTS, VIDEO),
    Step(TRANSCRIBE, VIDEO),
    Step(
        BURN,
        {**VIDEO, "subtitles": (1, "subtitles"), "subtitles-secondary": (4, "subtitles")},
    ),
)
SHAPES = (SUBTITLE, TWO_ENDS, FORK)


class Member(Client):
    """One who submits a job of a chain. *sources*: by input slot, whose job makes it, and what."""

    def __init__(
        self,
        world: Any,
        number: int,
        seed: int,
        step: Step,
        sources: Mapping[str, tuple["Member", str]],
    ) -> None:
        super().__init__(world, number, seed, step.engine)
        self.sources = sources
        self.media_id: str | None = "med_1"
        self._looks = 0
        self._is_ready = False

    def submit(self) -> None:
        """Submit once the jobs are known that this one reads from."""
        if not self._is_ready:
            if any(source.job_id is None for source, _ in self.sources.values()):
                self._looks += 1
                if self._looks < LOOKS_MAX:
                    self.kernel.at(LOOK_MS, self.submit)
                return
            self.body = self._ready()
            self._is_ready = True
        super().submit()

    def _ready(self) -> bytes:
        """Return the wish, which stays the same however often it is submitted."""
        for source, _ in self.sources.values():
            self.media_id = source.media_id
        wish = {
            "engine": self.engine,
            "options": OPTIONS[self.engine],
            "limits": self._limits(),
            "inputs": {
                slot: {"fromJob": source.job_id, "output": output}
                for slot, (source, output) in self.sources.items()
            },
        }
        return json.dumps({**wish, "mediaId": self.media_id} if self.media_id else wish).encode()

    def _submitted(self, answer: Answer | None) -> None:
        if answer is not None and answer.status == 409:
            self.world.chains.refused(self)
            return
        super()._submitted(answer)
        if answer is not None and answer.status in (200, 201):
            self.media_id = json.loads(answer.text)["mediaId"]


def members_of(
    world: Any, first: int, shape: tuple[Step, ...], seed: Callable[[], int]
) -> list[Member]:
    """Return those who submit the jobs of a chain, numbered from *first* on."""
    members: list[Member] = []
    for number, step in enumerate(shape):
        sources = {slot: (members[of], output) for slot, (of, output) in step.reads.items()}
        members.append(Member(world, first + number, seed(), step, sources))
    return members


def make_chain(world: Any, first: int, random: Random) -> list[Member]:
    """Return those who submit the jobs of a chain, numbered from *first* on."""
    shape = SHAPES[int(random.random() * len(SHAPES))]
    members = members_of(world, first, shape, lambda: int(random.random() * (1 << 30)))
    if shape is SUBTITLE and random.random() < 0.5:
        members[0].media_id = None  # A new media, which all of them are about.
    again_ms = 120_000 + int(random.random() * 1_500_000)
    if world.faults.hit("started again"):
        for number, member in enumerate(members):
            world.kernel.at(again_ms + number * 500, member.retry)
    return members
