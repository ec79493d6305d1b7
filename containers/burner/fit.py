"""Makes a text fit: in few lines, smaller down to a floor, and after that part by part."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from engine_kit.text.block import PITCH, Block
from engine_kit.text.characters import is_wide
from engine_kit.text.typesetter import Typesetter

from media_jobs.subtitles.text import Line, Span

STEPS = (1.0, 0.93, 0.86, 0.8, 0.75)
"""Sizes at which few lines are tried for, before more lines are taken."""
FLOOR = 0.55
"""No text is smaller than this share of its size."""
DOWN_STEPS = 8
CALM_SHARE = 0.5
"""Up to this share of the room, more lines are better than smaller ones."""

_DASH = re.compile(r"\s*[-\u2010-\u2015\u2212\u2e3a\ufe58\uff0d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a text may take, in pixels. *lines_max*: what is aimed at. *floor*: the least em.

    *measure*: how long a line is at ease, where there are lines enough.
    """

    width: float
    measure: float
    height: float
    lines_max: int
    floor: float


def is_dialogue(lines: Sequence[Line]) -> bool:
    """Whether *lines* are what several people say: each begins with a dash."""
    dashed = [line for line in lines if line and _DASH.match(line[0].text)]
    return len(dashed) >= 2


def fitted(setter: Typesetter, lines: Sequence[Line], em: float, room: Room) -> Block:
    """Return *lines* set as large as *room* allows, in no more than its lines where that can be.

    What is too much even at the floor is returned at the floor, higher than the room.
    """
    if (at_ease := _at_ease(setter, lines, em, room)) is not None:
        return at_ease
    floor = min(em, max(room.floor, em * FLOOR))
    for size in (em * step for step in STEPS if em * step >= floor):
        for written in _versions(lines, room):
            if setter.line_count(written, em=size, width_max=room.width) > room.lines_max:
                continue
            block = setter.block(written, em=size, width_max=room.width)
            if _fits(block, room):
                return block
    for size, height in [(em, room.height * CALM_SHARE), *_down(em, floor, room.height)]:
        count = setter.line_count(lines, em=size, width_max=room.width)
        if (count - 1) * PITCH * size > height:
            continue
        block = setter.block(lines, em=size, width_max=room.width)
        if _fits(block, room) and block.height() <= height:
            return block
    return setter.block(lines, em=floor, width_max=room.width)


def _at_ease(setter: Typesetter, lines: Sequence[Line], em: float, room: Room) -> Block | None:
    """Return *lines* as they were written, none longer than the room's measure, if they fit so."""
    narrow = replace(room, width=min(room.measure, room.width))
    if setter.line_count(lines, em=em, width_max=narrow.width) > room.lines_max:
        return None
    block = setter.block(lines, em=em, width_max=narrow.width)
    return block if _fits(block, narrow) else None


def pages(block: Block, height: float) -> list[Block]:
    """Divide *block* at line ends into blocks of at most *height*, of about as many lines each."""
    per_page = 1
    while per_page < len(block.lines) and _part(block, 0, per_page + 1).height() <= height:
        per_page += 1
    count = -(-len(block.lines) // per_page)
    ends = [round(len(block.lines) * n / count) for n in range(count + 1)]
    return [_part(block, start, end) for start, end in pairwise(ends)]


def _part(block: Block, start: int, end: int) -> Block:
    return Block(lines=block.lines[start:end], em=block.em, missing=block.missing)


def _fits(block: Block, room: Room) -> bool:
    return block.width <= room.width and block.height() <= room.height


def _down(em: float, floor: float, height: float) -> Iterator[tuple[float, float]]:
    """Yield sizes from *em* down to *floor*, each with the height that it may fill."""
    for step in range(DOWN_STEPS + 1):
        yield em - (em - floor) * step / DOWN_STEPS, height


def _versions(lines: Sequence[Line], room: Room) -> Iterator[Sequence[Line]]:
    """Yield the lines as they were written; then joined, where they are no more than fit."""
    yield lines
    if 1 < len(lines) <= room.lines_max and not is_dialogue(lines):
        yield (_joined(lines),)


def _joined(lines: Sequence[Line]) -> Line:
    whole: list[Span] = []
    for line in lines:
        if whole and line and not _joins_without_space(whole[-1].text, line[0].text):
            whole.append(Span(text=" "))
        whole += line
    return tuple(whole)


def _joins_without_space(before: str, after: str) -> bool:
    return bool(before and after) and is_wide(before[-1]) and is_wide(after[0])
