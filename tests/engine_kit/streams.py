"""Probed streams as most files have them, for tests of what is made of them."""

from dataclasses import replace

from engine_kit.probe import AudioStream, ProbeResult, VideoStream
from engine_kit.timeline import Timeline

VIDEO = VideoStream(
    index=0,
    codec="h264",
    pixel_format="yuv420p",
    width=1920,
    height=1080,
    rotation=0,
    sample_aspect=1.0,
    average_rate=30.0,
    base_rate=30.0,
    time_base=(1, 15360),
    duration_s=10.0,
    color_space="bt709",
    color_range="tv",
    color_primaries="bt709",
    color_transfer="bt709",
)
SILENT = replace(
    VIDEO,
    color_space="unknown",
    color_range="unknown",
    color_primaries="unknown",
    color_transfer="unknown",
)
"""A video that says nothing of its colours."""
AUDIO = AudioStream(index=1, codec="aac", channels=2, sample_rate=48000, duration_s=10.0)
SOURCE = ProbeResult(
    format_name="mov,mp4", duration_s=10.0, size_bytes=1000, videos=(VIDEO,), audios=(AUDIO,)
)


def steady(rate: float) -> Timeline:
    """Return ten seconds of frames at *rate* per second, with sound."""
    frames = [n / rate for n in range(int(10 * rate))]
    return Timeline(frames_s=frames, end_s=10.0, sound_s=(0.0, 10.0))


TIMELINE = steady(30)
"""SOURCE, all of which can be read."""
SLIDES = Timeline(frames_s=[0.0, 4.0, 8.0], end_s=10.0, sound_s=(0.0, 12.0))
"""A video of three slides whose sound lasts longer."""
