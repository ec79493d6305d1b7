"""What a burn will look like, before it is made: its text alone, as transparent pictures, or
a frame of the video with it.
"""

import asyncio
import hashlib
import tempfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from engine_kit import fonts
from engine_kit.engine import Answer, Desk
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import run_ffmpeg
from engine_kit.logs import log
from engine_kit.sources import Sources, Wanted
from pydantic import Field
from pydantic_core import to_json

from burner import encoding, plan
from burner.forks import FORKS
from burner.layer import (
    AHEAD_MS_MAX,
    RAW,
    Sheet,
    Strip,
    layer_argv,
    sheet_of,
    strip_of,
    times_of,
)
from burner.layout import drawing_of
from burner.nearby import text_near
from burner.reading import JobText, TrackFile, read_text
from burner.scripts import write_scripts
from burner.signs import Band, bands_of
from burner.still import FILM, prepared
from burner.styles import Frame
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.errors import InvalidInput, UpstreamError
from media_jobs.languages import LanguageTag
from media_jobs.options import HttpUrl
from media_jobs.wire import Foreign, Milliseconds, Nonce, check_source_size, read

TEXTS_MAX = 4
MISSING_MAX = 500
CPU_S_MAX = 20
"""What a step of a preview may take: nobody waits for a longer one."""
T = TypeVar("T")
_REFUSED = {
    FailureCode.SUBTITLES_INVALID,
    FailureCode.INPUT_UNSUPPORTED,
    FailureCode.INPUT_UNREADABLE,
}
Seconds = Annotated[float, Field(ge=0, le=24 * 3600)]
Side = Annotated[int, Field(ge=plan.SIDE_PIXELS_MIN, le=plan.SIDE_PIXELS_MAX)]


class PreviewRequest(Foreign):
    """`POST /preview`: the text of a file of subtitles, the options of a burn, and a time.

    *subtitles_secondary*: the text of a second track. *input_languages*: by slot, as in `/render`.
    Of a `layer`, *until_s*: pictures until then are wanted; at most 10 s come, and as many as are
    worth while. *source_width*, *source_height*: of the video as displayed, both or neither (1920
    by 1080). Of a `still`, the video: its presigned URL, its size in bytes, a name for its bytes.
    """

    type: Literal["container.preview"]
    ts: Milliseconds
    nonce: Nonce
    kind: Literal["layer", "still"] = "layer"
    subtitles: str
    subtitles_secondary: str | None = None
    input_languages: dict[str, LanguageTag] = Field(default_factory=dict)
    engine_options: BurnOptions = BurnOptions()
    at_s: Seconds = 0
    until_s: Seconds | None = None
    source_width: Side | None = None
    source_height: Side | None = None
    input_video_url: HttpUrl | None = None
    input_video_name: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    input_video_bytes: Annotated[int, Field(ge=1)] | None = None

    @property
    def video(self) -> Wanted:
        """The video; raises InvalidInput where it is not given."""
        url, name, size_bytes = self.input_video_url, self.input_video_name, self.input_video_bytes
        if url is None or name is None or size_bytes is None:
            raise InvalidInput("bad_request.burn_preview")
        return Wanted(name=name, url=url, size_bytes=size_bytes)

    def files(self) -> list[TrackFile]:
        """Return the tracks."""
        texts = {"subtitles": self.subtitles, "subtitles-secondary": self.subtitles_secondary}
        return [
            TrackFile(data=text.encode(), language=self.input_languages.get(slot))
            for slot, text in texts.items()
            if text is not None
        ]


class Previews:
    """Answers `POST /preview`; what was read is kept for the next request."""

    def __init__(self, sources: Sources) -> None:
        self._texts: OrderedDict[object, JobText] = OrderedDict()
        self._sources = sources

    async def answer(self, body: bytes, desk: Desk) -> Answer:
        """Return the pictures; raises InvalidInput, RateLimited, UpstreamError."""
        request = read(PreviewRequest, body)
        check_source_size(request.source_width, request.source_height)
        try:
            if request.kind == "still":
                return await self._still(request, desk)
            return await self._layer(request, desk)
        except EngineFailure as failure:
            log(
                "preview_failed", code=failure.code, why=failure.message, toolTail=failure.tool_tail
            )
            if failure.code in _REFUSED:
                raise InvalidInput("bad_request.burn_preview") from None
            raise UpstreamError("preview_failed") from None

    async def _layer(self, request: PreviewRequest, desk: Desk) -> Answer:
        text = await self._text(request)
        with tempfile.TemporaryDirectory(dir=desk.cache_dir, prefix="preview-") as place:
            folder = Path(place)
            drawn = await _forked(laid_out, request, text, folder)
            if drawn.sheet.rows:
                argv = layer_argv(drawn.sheet, drawn.scripts, fonts.fonts_dir_option())
                await _run(argv, text, folder, desk)
            strip = await _forked(strip_of, folder / RAW, drawn.sheet, drawn.emoji)
        return Answer(content=strip.content, headers=_headers(strip, text.missing))

    async def _still(self, request: PreviewRequest, desk: Desk) -> Answer:
        text = await self._text(request)
        async with self._sources.kept(request.video, desk, FILM) as found:
            if isinstance(found, float):
                return Answer(
                    content=to_json({"progress": found}),
                    headers={"content-type": "application/json", "retry-after": "1"},
                    status=202,
                )
            with tempfile.TemporaryDirectory(dir=desk.cache_dir, prefix="preview-") as place:
                folder = Path(place)
                (folder / plan.INPUT).symlink_to(found.path)
                options, at_s = request.engine_options, request.at_s
                argv = await _forked(prepared, folder, found.facts, text, options, at_s)
                await _run(argv, text, folder, desk)
                frame = await asyncio.to_thread((folder / plan.STILL).read_bytes)
        return Answer(content=frame, headers={"content-type": "image/png"})

    async def _text(self, request: PreviewRequest) -> JobText:
        """Return what is drawn of the files, whose styles may change meanwhile."""
        options = request.engine_options
        over = [mark.text for mark in (options.hint, options.watermark) if mark is not None]
        files = request.files()
        digests = [(hashlib.sha256(file.data).digest(), file.language) for file in files]
        key = (*digests, options.ass_styling, options.overlaps, *over)
        if key not in self._texts:
            # What a job would fail for is seen as it is here: as boxes.
            lenient = options.model_copy(update={"missing_glyphs": "warn"})
            self._texts[key] = await _forked(read_text, files, lenient)
        self._texts.move_to_end(key)
        if len(self._texts) > TEXTS_MAX:
            self._texts.popitem(last=False)
        return self._texts[key]


async def _forked(work: Callable[..., T], *args: object) -> T:
    return await FORKS.run(work, *args, cpu_s=CPU_S_MAX)


async def _run(argv: Sequence[str], text: JobText, folder: Path, desk: Desk) -> None:
    """Run ffmpeg in *folder*, where it finds the fonts of *text*."""
    environment = text.fonts.write(folder, desk.cache_dir)
    await run_ffmpeg(
        argv,
        ffmpeg=desk.settings.ffmpeg,
        cwd=folder,
        env={**environment, **encoding.ENVIRONMENT},
        no_progress_s=desk.settings.no_progress_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    """The *scripts* to be drawn, by file name, and how; *emoji* come over that."""

    sheet: Sheet
    scripts: tuple[str, ...]
    emoji: tuple[Band, ...]


def laid_out(request: PreviewRequest, text: JobText, folder: Path) -> LaidOut:
    """Lay out what is seen at the time of *request*, and write it into *folder*."""
    options, subtitles = request.engine_options, text.tracks[0]
    text = text.timed(None)
    width, height = request.source_width or 1920, request.source_height or 1080
    picture = Frame(width=width - width % 2, height=height - height % 2)
    at_ms = round(request.at_s * 1000)
    until_ms = min(max(at_ms, round((request.until_s or 0) * 1000)), at_ms + AHEAD_MS_MAX)
    own = subtitles.kept is None
    seen = text_near(text, at_ms, until_ms)
    drawing = drawing_of(seen.cues, options, picture, text.setter(), seen.second)
    scripts = write_scripts(folder, subtitles, drawing, options)
    all_cues = text.cues if own else ()
    times_ms = times_of(all_cues, tuple(scripts.values()), at_ms, until_ms)
    return LaidOut(
        sheet=sheet_of(times_ms, drawing if own else None, picture),
        scripts=tuple(scripts),
        emoji=bands_of(drawing.emoji, picture),
    )


def _headers(strip: Strip, missing: Sequence[str]) -> dict[str, str]:
    part = strip.part
    told = ",".join(f"U+{ord(one):04X}" for one in missing[:MISSING_MAX] if len(one) == 1)
    return {
        **({"x-missing-glyphs": told} if told else {}),
        "content-type": "image/png",
        "x-layer-times-ms": ",".join(map(str, strip.times_ms)),
        "x-layer-box": f"{part.x},{part.y},{part.width},{part.height}",
        "x-layer-size": "{},{}".format(*strip.size),
    }
