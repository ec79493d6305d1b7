"""What each engine takes as its options.

Generated from src/media_jobs/engines by `python -m dev.docs`; do not edit.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypedDict

__all__ = [
    "OPTIONS",
    "Budget",
    "BurnOptions",
    "CommentsOptions",
    "CommentsTheme",
    "CueLimits",
    "DownloadOptions",
    "GlossaryTerm",
    "HintText",
    "ImageWatermark",
    "Segment",
    "SubtitleStyle",
    "TextWatermark",
    "TranscribeOptions",
    "TranslateOptions",
    "Watermark",
]


class Budget(TypedDict, total=False):
    """What a job may use, by the server's own count."""

    maxTokens: int | None
    maxCost: float | None


class BurnOptions(TypedDict, total=False):
    """Burn subtitles."""

    preset: Literal[
        "default", "contrast", "minimal", "bold", "shorts", "reels", "tiktok", "karaoke"
    ]
    style: "SubtitleStyle"
    secondaryStyle: "SubtitleStyle"
    bilingual: bool
    recut: "CueLimits | None"
    overlaps: Literal["stack", "cut", "fail"]
    cueSettings: Literal["ignore", "follow"]
    safeArea: Literal["auto", "off"]
    assStyling: Literal["restyle", "keep"]
    missingGlyphs: Literal["warn", "fail"]
    segments: Sequence["Segment"]
    hint: "HintText | None"
    watermark: "TextWatermark | None"
    watermarkImage: "ImageWatermark"
    dynamicRange: Literal["sdr", "keep"]
    codec: Literal["h264", "hevc", "av1"]
    quality: Literal["small", "standard", "high"]
    speed: Literal["fastest", "fast", "medium", "slow"]


class CommentsOptions(TypedDict, total=False):
    """Compose a video of comments beside its source."""

    template: Literal["landscape", "vertical"]
    height: Literal[360, 480, 720, 1080]
    fps: Literal[24, 25, 30]
    coverSeconds: float
    coverTransition: Literal["slide", "fade", "none"]
    minCommentSeconds: float
    maxCommentSeconds: float
    maxScrollSeconds: float
    maxComments: int
    preset: Literal["midnight", "paper", "ocean", "sunset", "forest", "mono"]
    theme: "CommentsTheme"
    backgroundColor: str | None
    cardColor: str | None
    textColor: str | None
    accentColor: str | None
    lead: Literal["original", "translation"]
    avatars: bool
    countdown: bool
    watermark: "Watermark | None"
    missingGlyphs: Literal["warn", "fail"]


class CommentsTheme(TypedDict, total=False):
    """How a comments video looks and moves; what is unset is the preset's."""

    scale: float | None
    textWeight: int | None
    titleWeight: int | None
    cornerRadius: int | None
    shadow: float | None
    feedSide: Literal["left", "right"] | None
    motion: Literal["smooth", "snappy", "gentle", "none"] | None


class CueLimits(TypedDict, total=False):
    """The limits of a cue."""

    lineCharsMax: int | None
    linesMax: Literal[1, 2]
    charsPerSMax: float | None
    durationSMin: float
    durationSMax: float


class DownloadOptions(TypedDict, total=False):
    """Download a video, or what is known of it."""

    url: str
    mode: Literal["full", "audio", "metadata", "comments", "list"]
    maxHeight: int
    maxFps: int | None
    maxBytes: int | None
    maxDurationS: int | None
    subtitles: Literal["none", "manual", "automatic", "any"]
    subtitleLanguages: Sequence[str]
    subtitleTracks: int | None
    thumbnail: bool
    maxComments: int
    commentsOrder: Literal["top", "new"]
    maxEntries: int
    firstEntry: int
    referer: str | None
    cookies: str | None
    videoPassword: str | None
    proxy: str | None


class GlossaryTerm(TypedDict, total=False):
    """How *source* is to be said in the other language; *note*: when, or why, for the model."""

    source: str
    target: str
    note: str | None


class HintText(TypedDict, total=False):
    """A text over the picture from *start_s* to *end_s* (to the end without one)."""

    fontSize: float
    textColor: str
    backgroundColor: str
    backgroundOpacity: float
    box: Literal["block", "lines"]
    cornerRadius: float
    outlineColor: str
    outlineWidth: float
    bold: bool
    italic: bool
    text: str
    startS: float
    endS: float | None
    position: Literal[
        "top-left",
        "top",
        "top-right",
        "left",
        "center",
        "right",
        "bottom-left",
        "bottom",
        "bottom-right",
    ]
    marginV: int
    marginH: int
    animation: Literal["none", "fade", "slide"]


class ImageWatermark(TypedDict, total=False):
    """Where the watermark image of the job stands."""

    position: Literal[
        "top-left",
        "top",
        "top-right",
        "left",
        "center",
        "right",
        "bottom-left",
        "bottom",
        "bottom-right",
    ]
    widthShare: float
    opacity: float
    margin: int


class Segment(TypedDict, total=False):
    """What happens to the picture or to the sound from *start_s* until before *end_s*."""

    startS: float
    endS: float
    effect: Literal["mute", "black", "blur"]


class SubtitleStyle(TypedDict, total=False):
    """How one language of the subtitles looks."""

    fontSize: float
    textColor: str
    backgroundColor: str
    backgroundOpacity: float
    box: Literal["block", "lines"]
    cornerRadius: float
    outlineColor: str
    outlineWidth: float
    bold: bool
    italic: bool
    position: Literal["top", "center", "bottom"]
    marginV: int
    marginH: int | None
    highlight: Literal["none", "word", "fill", "box", "single"]
    highlightColor: str


class TextWatermark(TypedDict, total=False):
    """A short text over the whole video."""

    text: str
    position: Literal[
        "top-left",
        "top",
        "top-right",
        "left",
        "center",
        "right",
        "bottom-left",
        "bottom",
        "bottom-right",
    ]
    fontSize: float
    textColor: str
    opacity: float
    margin: int


class TranscribeOptions(TypedDict, total=False):
    """Write down what is said, as subtitles, as words with their times, and as plain text."""

    language: str | None
    vocabulary: Sequence[str]
    model: str | None
    voiceActivity: bool
    wordTimes: bool
    cues: "CueLimits | None"


TranslateOptions = TypedDict(
    "TranslateOptions",
    {
        "mode": Literal["subtitles", "comments"],
        "to": str,
        "from": str | None,
        "style": str | None,
        "glossary": Sequence["GlossaryTerm"],
        "context": int,
        "maxCharactersPerLine": int | None,
        "budget": "Budget | None",
        "model": str | None,
        "title": str | None,
        "description": str | None,
    },
    total=False,
)
"""Translate subtitles cue by cue, or the comments of a video."""


class Watermark(TypedDict, total=False):
    """A mark over the whole video: a text, or the picture at a URL."""

    text: str | None
    imageUrl: str | None
    position: Literal["top-left", "top-right", "bottom-left", "bottom-right"]
    opacity: float
    size: int


OPTIONS: Final[Mapping[str, type]] = {
    "burner-ffmpeg": BurnOptions,
    "media-downloader": DownloadOptions,
    "renderer-remotion": CommentsOptions,
    "asr-pipeline": TranscribeOptions,
    "subtitle-translator": TranslateOptions,
}
"""By engine."""
