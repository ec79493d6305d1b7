"""Videos that differ in one thing from a plain one: what comes out wrong is that thing's fault.

They are burned by this tree's burner and by another commit's; what is looked at is what the tests
of the matrix look at.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench.against import checked_out
from dev.installation import ROOT
from tests.media import matrix
from tests.media.burning import Burner, burner, vtt
from tests.media.matrix import CONTAINERS, EXACT, FORMATS, HARMS, RATES, SOUNDS, Sample
from tests.media.matrix_checks import CHECKS, STYLE
from tests.media.matrix_clips import made
from tests.media.scripts import SCRIPTS

PLAIN = Sample(
    container="mp4",
    codec="h264",
    stored="yuv420p",
    tags="bt709",
    rate="25",
    size="640x480",
    wide_pixels=False,
    turned=0,
    sound="stereo",
    audio_codec="aac",
    script="latin",
    is_long=False,
)
RIGHT = "right"


def kinds() -> Iterator[tuple[str, Sample]]:
    """Yield each thing that may be special of a video, and a video with it alone."""
    yield "nothing", PLAIN
    seen = {PLAIN.codec, PLAIN.audio_codec}
    for container, (codecs, audio_codecs) in CONTAINERS.items():
        bare = replace(PLAIN, container=container, tags=None, sound="none")
        yield f"container: {container}", replace(bare, codec=codecs[0])
        for codec in (codec for codec in codecs[1:] if codec not in seen):
            yield f"codec: {codec} in {container}", replace(bare, codec=codec)
        for audio_codec in (codec for codec in audio_codecs if codec not in seen):
            sample = replace(bare, codec=codecs[0], sound="stereo", audio_codec=audio_codec)
            yield f"sound: {audio_codec} in {container}", sample
        seen |= {*codecs, *audio_codecs}
        if container in EXACT:
            yield f"cut off: {container}", replace(bare, codec=codecs[0], harm="cut off")
    yield "no picture", replace(PLAIN, harm="no picture")
    yield from _looks()
    for rate in RATES:
        yield f"frames a second: {rate}", replace(PLAIN, rate=rate)
    for heard in SOUNDS:
        yield f"sound: {heard}", replace(PLAIN, sound=heard)
    for script in SCRIPTS:
        yield f"script: {script}, a word", replace(PLAIN, script=script)
        yield f"script: {script}, a sentence", replace(PLAIN, script=script, is_long=True)


def _looks() -> Iterator[tuple[str, Sample]]:
    holders = {"h264": "mp4", "hevc": "mp4", "vp9": "webm", "libvpx": "webm", "gif": "gif"}
    for codec, formats in FORMATS.items():
        container = holders.get(codec, "mkv" if codec == "ffv1" else "mov")
        for stored in formats:
            sample = replace(PLAIN, container=container, codec=codec, stored=stored, sound="none")
            can_say = codec in ("h264", "hevc", "vp9", "prores_ks", "ffv1")
            yield f"pictures: {stored} ({codec})", sample if can_say else replace(sample, tags=None)
    for tags in (None, "smpte170m", "bt470bg"):
        yield f"colours: {tags or 'not said'}", replace(PLAIN, tags=tags)
    yield "colours: not said, 720 lines", replace(PLAIN, tags=None, size="1280x720")
    for size in matrix.SIZES:
        yield f"size: {size}", replace(PLAIN, size=size)
    yield "wide pixels", replace(PLAIN, wide_pixels=True)
    for turned in (90, 180, 270):
        yield f"turned: {turned}", replace(PLAIN, turned=turned)


def fault(burns: Burner, sample: Sample, source: Path) -> str:
    """Return what is wrong with a burn of *sample*'s video, "right" if nothing is."""
    text = vtt((0.4, 0.8, sample.text))
    job_id = burns.order(source, text, STYLE)
    end = burns.world.end_of(job_id)
    if end["status"] != "completed":
        code = end["error"]["code"]
        return RIGHT if code == HARMS.get(sample.harm) else f"{code}: {end['error']['message']}"
    if sample.harm:
        return "completed"
    video = burns.folder / f"{job_id}.mp4"
    video.write_bytes(burns.world.stored.pop(f"out/{job_id}.mp4").body)
    wrong = []
    for name, look in CHECKS.items():
        try:
            look(video, sample, source)
        except AssertionError:
            wrong.append(name)
    return ", ".join(wrong) or RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong with a *kind*'s video, *here* and *there*."""

    kind: str
    here: str
    there: str


def compared(revision: str) -> list[Found]:
    """Burn all kinds on both sides and return what is wrong."""
    found = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = []
        for tree in (ROOT, stack.enter_context(checked_out(revision))):
            work = Path(tempfile.mkdtemp(dir=folder))
            path = os.pathsep.join(str(tree / name) for name in ("src", "containers"))
            sides.append(stack.enter_context(burner(work, PYTHONPATH=path)))
        for kind, sample in kinds():
            source = made(sample, folder)
            here, there = (fault(burns, sample, source) for burns in sides)
            found.append(Found(kind=kind, here=here, there=there))
            print(found[-1], file=sys.stderr, flush=True)
    return found
