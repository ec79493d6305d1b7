"""The peaks of a stored video's sound, made once and put into the bucket.

ffmpeg decodes the sound to 16 kHz, mu-law (ITU-T G.711): a byte for each sample with 13 bits of
range, so that the highest of ten milliseconds is found by `max` of bytes, without a library. It
comes through a named pipe: three hours would be 345 MB on the disk.
"""

import asyncio
import contextlib
import math
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

from engine_kit.engine import Answer, Desk
from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.ffmpeg import FfmpegProgress, run_ffmpeg
from engine_kit.links import Links
from engine_kit.logs import log
from engine_kit.probe import INPUT_LIMITS, AudioStream, ProbeResult, VideoStream, probe
from engine_kit.sound import channel_filters, in_step, picture_beside
from engine_kit.sources import Examination, Sources, Wanted
from engine_kit.transfer import Transfers
from pydantic import Field
from pydantic_core import to_json

from burner.peaks_file import PEAKS_PER_S, peaks_file
from burner.speech import speech_of
from media_jobs.errors import InvalidInput, UpstreamError
from media_jobs.keys import PEAKS_TYPE
from media_jobs.options import HttpUrl
from media_jobs.wire import Foreign, Milliseconds, Nonce, read

HOURS_MAX = 24
_RATE = 16_000
_SOURCE = "source"
_SOUND = "sound"
_PEAKS = "peaks"
_FIELD = "outputPeaksUrl"
_CHUNK_BYTES = 64 * 1024
_REFUSED = {FailureCode.INPUT_UNSUPPORTED, FailureCode.INPUT_UNREADABLE, FailureCode.TOOL_FAILED}


class PeaksRequest(Foreign):
    """`POST /peaks`: the video's presigned URL, its size in bytes, a name for its bytes, and where
    to PUT its peaks.
    """

    type: Literal["container.peaks"]
    ts: Milliseconds
    nonce: Nonce
    input_video_url: HttpUrl
    input_video_name: Annotated[str, Field(min_length=1, max_length=2048)]
    input_video_bytes: Annotated[int, Field(ge=1)]
    output_peaks_url: HttpUrl


class PeakMaker:
    """Answers `POST /peaks`."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    async def answer(self, body: bytes, desk: Desk) -> Answer:
        """Return 200 once the peaks are in the bucket, 202 with the progress until then.

        Raises InvalidInput for what can't be read, RateLimited, UpstreamError.
        """
        request = read(PeaksRequest, body)
        wanted = Wanted(
            name=request.input_video_name,
            url=request.input_video_url,
            size_bytes=request.input_video_bytes,
        )
        try:
            async with self._sources.kept(wanted, desk, PEAKS) as found:
                if isinstance(found, float):
                    return _told(202, found)
                await _stored(found.facts, request.output_peaks_url, desk)
                return _told(200, 1.0)
        except EngineFailure as failure:
            log("peaks_failed", code=failure.code, why=failure.message, toolTail=failure.tool_tail)
            if failure.code in _REFUSED:
                raise InvalidInput("bad_request.peaks") from None
            raise UpstreamError("peaks_failed") from None


def _told(status: int, progress: float) -> Answer:
    headers = {"content-type": "application/json", "retry-after": "1"}
    return Answer(content=to_json({"progress": progress}), headers=headers, status=status)


async def _stored(content: bytes, url: str, desk: Desk) -> None:
    links = Links(desk.client, {_FIELD: url}, urls_url=None, on_fenced=lambda: None, job_id=_PEAKS)
    transfers = Transfers(links, desk.metrics, idle_s=desk.settings.no_progress_s)
    with tempfile.TemporaryDirectory(dir=desk.cache_dir, prefix="peaks-") as place:
        path = Path(place) / _PEAKS
        path.write_bytes(content)
        await transfers.upload(path, _FIELD, content_type=PEAKS_TYPE)


async def _found(path: Path, desk: Desk, advance: Callable[[float], None]) -> bytes:
    source = await probe(path, ffprobe=desk.settings.ffprobe)
    peaks = b""
    if source.audio is not None:
        peaks = await _peaks_of(path, source, source.audio, desk, advance)
    return peaks_file(
        duration_s=source.duration_s,
        rate=_rate_of(source.video),
        speech=speech_of(peaks),
        peaks=peaks,
    )


PEAKS = Examination(find=_found, share=0.5)
"""The file of the peaks (`peaks_file`); EngineFailure for what can't be read."""


def _rate_of(video: VideoStream | None) -> float | None:
    """Return the frames per second; the average that a header tells is often not quite exact."""
    if video is None or video.average_rate is None:
        return None
    base = video.base_rate
    is_exact = base is not None and math.isclose(base, video.average_rate, rel_tol=0.002)
    return base if is_exact else video.average_rate


async def _peaks_of(
    path: Path,
    source: ProbeResult,
    audio: AudioStream,
    desk: Desk,
    advance: Callable[[float], None],
) -> bytes:
    def follow(progress: FfmpegProgress) -> None:
        if progress.out_time_s is not None and source.duration_s:
            advance(progress.out_time_s / source.duration_s)

    peaks = Peaks(channels=min(audio.channels, 2))
    with tempfile.TemporaryDirectory(dir=desk.cache_dir, prefix="peaks-") as place:
        folder = Path(place)
        (folder / _SOURCE).symlink_to(path)
        os.mkfifo(folder / _SOUND)
        reading = asyncio.create_task(_read_all(folder / _SOUND, peaks.add))
        try:
            await run_ffmpeg(
                sound_argv(source, audio),
                ffmpeg=desk.settings.ffmpeg,
                cwd=folder,
                on_progress=follow,
                no_progress_s=desk.settings.no_progress_s,
            )
            # A pipe ends when its last writer closes it: here is one, should there have been none.
            with contextlib.suppress(OSError):
                os.close(os.open(folder / _SOUND, os.O_WRONLY | os.O_NONBLOCK))
            await reading
        finally:
            reading.cancel()
            await asyncio.wait({reading})
    return peaks.found()


def sound_argv(source: ProbeResult, audio: AudioStream) -> Sequence[str]:
    """Return ffmpeg's arguments that write the stream as mu-law, in step from the start on."""
    return [
        *INPUT_LIMITS,
        *("-i", f"file:{_SOURCE}", "-map", f"0:{audio.index}", "-t", str(HOURS_MAX * 3600)),
        *("-af", ",".join([*channel_filters(audio), in_step(audio)])),
        *("-ac", str(min(audio.channels, 2)), "-ar", str(_RATE)),
        *("-c:a", "pcm_mulaw", "-f", "mulaw", f"file:{_SOUND}"),
        *picture_beside(source),
    ]


async def _read_all(path: Path, take: Callable[[bytes], None]) -> None:
    """Read a named pipe to its end; opened at once, its writer comes later."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0)
    reader = asyncio.StreamReader(limit=_CHUNK_BYTES)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)
    try:
        while chunk := await reader.read(_CHUNK_BYTES):
            take(chunk)
    finally:
        transport.close()


def _magnitude(code: int) -> int:
    """Return a byte of mu-law as a peak is written: the square root of its share of full scale."""
    turned = ~code & 0xFF
    amplitude = (((turned & 0x0F) << 3) + 0x84 << ((turned & 0x70) >> 4)) - 0x84
    return round(255 * math.sqrt(amplitude / 0x8000))


_MAGNITUDES = bytes(_magnitude(code) for code in range(256))


class Peaks:
    """The highest amplitude of each hundredth of a second, whichever channel it is in."""

    def __init__(self, *, channels: int) -> None:
        self._span = _RATE // PEAKS_PER_S * channels
        self._rest = b""
        self._found = bytearray()

    def add(self, sound: bytes) -> None:
        """Take the next samples, mu-law, the channels in turn."""
        loudness = self._rest + sound.translate(_MAGNITUDES)
        whole = len(loudness) - len(loudness) % self._span
        spans = range(0, whole, self._span)
        self._found.extend(max(loudness[at : at + self._span]) for at in spans)
        self._rest = loudness[whole:]

    def found(self) -> bytes:
        """Return all peaks; the last may stand for less than a hundredth of a second."""
        return bytes(self._found) + (bytes([max(self._rest)]) if self._rest else b"")
