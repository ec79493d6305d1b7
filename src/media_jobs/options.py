"""What a person may ask of each engine: one model per engine, used at the app's door and again in
the container.

Sizes of text are pixels at 1080 lines, so that text is the same share of the height in every video.
"""

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from media_jobs.engines import EngineId

__all__ = [
    "OPTIONS",
    "BurnOptions",
    "CommentsOptions",
    "CommentsTheme",
    "DownloadOptions",
    "EngineOptions",
    "HintText",
    "HttpUrl",
    "ImageWatermark",
    "Place",
    "Preset",
    "Segment",
    "SubtitleStyle",
    "TextWatermark",
    "Watermark",
]


class _Options(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        strict=True,
    )


def _http_url(value: str) -> str:
    if any(ord(c) <= 32 or ord(c) == 127 for c in value):
        raise ValueError("must not contain spaces or control characters")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http or https URL with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry a user name or password")
    return value


HttpUrl = Annotated[str, Field(max_length=4096), AfterValidator(_http_url)]


def _proxy(value: str) -> str:
    # As yt-dlp reads it: http where no scheme is named.
    address = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(address)
        known = parts.scheme in _PROXY_SCHEMES and parts.hostname is not None
        _ = parts.port
    except ValueError:
        known = False
    if not known or any(ord(c) <= 32 or ord(c) == 127 for c in value):
        raise ValueError(f"must be the URL of a proxy: {', '.join(_PROXY_SCHEMES)}")
    return value


_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
"""An http(s) URL, unchanged: never normalised, because servers sign the bytes they gave out."""

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}\z", description="#RRGGBB")]


class _TextLook(_Options):
    """Size, weight and colours of a text and of the box behind it."""

    font_size: Annotated[float, Field(ge=12, le=72)] = 48
    text_color: Colour = "#FFFFFF"
    background_color: Colour = "#000000"
    background_opacity: Annotated[float, Field(ge=0, le=1)] = 0.6
    outline_color: Colour = "#000000"
    outline_width: Annotated[float, Field(ge=0, le=8)] = 0
    bold: bool = False
    italic: bool = False


class SubtitleStyle(_TextLook):
    """How one language of the subtitles looks. Without *margin_h*: a twentieth of the width."""

    position: Literal["top", "center", "bottom"] = "bottom"
    margin_v: Annotated[int, Field(ge=0, le=500)] = 60
    margin_h: Annotated[int, Field(ge=0, le=900)] | None = None


Place = Literal[
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
Seconds = Annotated[float, Field(ge=0, le=7 * 24 * 3600)]


class HintText(_TextLook):
    """A text over the picture from *start_s* to *end_s* (to the end without one)."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    start_s: Seconds = 0
    end_s: Seconds | None = None
    font_size: Annotated[float, Field(ge=12, le=72)] = 36
    position: Place = "top"
    margin_v: Annotated[int, Field(ge=0, le=500)] = 60
    margin_h: Annotated[int, Field(ge=0, le=900)] = 96
    animation: Literal["none", "fade", "slide"] = "none"

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError("endS must be after startS")
        return self


class TextWatermark(_Options):
    """A short text over the whole video."""

    text: Annotated[str, Field(min_length=1, max_length=100)]
    position: Place = "top-right"
    font_size: Annotated[float, Field(ge=12, le=72)] = 28
    text_color: Colour = "#FFFFFF"
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.6
    margin: Annotated[int, Field(ge=0, le=500)] = 40


class ImageWatermark(_Options):
    """Where the watermark image of the job stands. *width_share*: of the video's width."""

    position: Place = "top-right"
    width_share: Annotated[float, Field(ge=0.02, le=1)] = 0.12
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.8
    margin: Annotated[int, Field(ge=0, le=500)] = 40


class Segment(_Options):
    """What happens to the picture or to the sound from *start_s* until before *end_s*."""

    start_s: Seconds
    end_s: Seconds
    effect: Literal["mute", "black", "blur"]

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_s <= self.start_s:
            raise ValueError("endS must be after startS")
        return self


_PRESETS: dict[str, dict[str, dict[str, object]]] = {
    "default": {},
    # The most that can be had between text and ground, for hard-to-read pictures.
    "contrast": {
        "style": {"fontSize": 52, "textColor": "#FFFF00", "backgroundOpacity": 1, "bold": True},
        "secondaryStyle": {"fontSize": 40, "textColor": "#FFFFFF", "backgroundOpacity": 1},
    },
    # As little of the picture covered as can be.
    "minimal": {
        "style": {"fontSize": 40, "backgroundOpacity": 0, "outlineWidth": 2, "marginV": 48},
        "secondaryStyle": {
            "fontSize": 32,
            "textColor": "#E6E6E6",
            "backgroundOpacity": 0,
            "outlineWidth": 2,
            "marginV": 48,
        },
    },
    # Large and heavy, for small screens without sound.
    "bold": {
        "style": {"fontSize": 64, "backgroundOpacity": 0, "outlineWidth": 6, "bold": True},
        "secondaryStyle": {
            "fontSize": 48,
            "textColor": "#FFE08A",
            "backgroundOpacity": 0,
            "outlineWidth": 5,
            "bold": True,
        },
    },
}
"""What each preset says; the fields that a job gives stand above it, the models' defaults below."""


class BurnOptions(_Options):
    """Burn subtitles.

    *preset*: the styles begin with it, and their own fields stand above it.
    *bilingual*: a cue's first line is drawn in `style`, the others in `secondary_style`.
    *overlaps*: cues at the same time stand one above the other, or each ends where the next begins,
    or the job fails. *cue_settings*: places stored in the cues count, or those of the styles alone.
    *ass_styling*: an ASS file is drawn in the styles of the job, or in its own.
    *missing_glyphs*: characters that no font has end the job, or are drawn as boxes and reported.
    *watermark_image* places the image where the job has one.
    """

    preset: Literal["default", "contrast", "minimal", "bold"] = "default"
    style: SubtitleStyle = SubtitleStyle()
    secondary_style: SubtitleStyle = SubtitleStyle(font_size=36, text_color="#FFE08A")
    bilingual: bool = False
    overlaps: Literal["stack", "cut", "fail"] = "stack"
    cue_settings: Literal["ignore", "follow"] = "ignore"
    ass_styling: Literal["restyle", "keep"] = "restyle"
    missing_glyphs: Literal["fail", "warn"] = "fail"
    # Not strict as a list: a tuple can't be written in JSON.
    segments: Annotated[tuple[Segment, ...], Field(max_length=100, strict=False)] = ()
    hint: HintText | None = None
    watermark: TextWatermark | None = None
    watermark_image: ImageWatermark = ImageWatermark()
    codec: Literal["h264", "hevc", "av1"] = "h264"
    quality: Literal["small", "standard", "high"] = "standard"
    speed: Literal["fast", "medium", "slow"] = "fast"

    @model_validator(mode="before")
    @classmethod
    def _begin_with_the_preset(cls, given: object) -> object:
        """Put the preset below what is given; again it changes nothing, as all is given then."""
        if not isinstance(given, dict):
            return given
        preset = given.get("preset")
        styles = _PRESETS.get(preset, {}) if isinstance(preset, str) else {}
        merged = dict(given)
        for name, below in styles.items():
            above = merged.get(name, {})
            if isinstance(above, dict):
                merged[name] = below | above
        return merged


class CommentsTheme(_Options):
    """How a comments video looks and moves; what is unset is the preset's.

    *scale* is of the cards' text. Weights are those of fonts (400 is regular, 700 bold), where a
    script's font has them. *corner_radius* in pixels at 1080 lines. *shadow*: its strength.
    *feed_side*: of the comments, in the landscape template. *motion*: how cards change places.
    """

    scale: Annotated[float, Field(ge=0.75, le=1.5)] | None = None
    text_weight: Annotated[int, Field(ge=300, le=600)] | None = None
    title_weight: Annotated[int, Field(ge=500, le=900)] | None = None
    corner_radius: Annotated[int, Field(ge=0, le=48)] | None = None
    shadow: Annotated[float, Field(ge=0, le=1)] | None = None
    feed_side: Literal["left", "right"] | None = None
    motion: Literal["smooth", "snappy", "gentle", "none"] | None = None


class Watermark(_Options):
    """A mark over the whole video: a text, or the picture at a URL. *size*: its height in pixels at
    1080 lines.
    """

    text: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    image_url: HttpUrl | None = None
    position: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-left"
    opacity: Annotated[float, Field(ge=0.05, le=1)] = 0.6
    size: Annotated[int, Field(ge=16, le=200)] = 36

    @model_validator(mode="after")
    def _is_text_or_picture(self) -> "Watermark":
        if (self.text is None) == (self.image_url is None):
            raise ValueError("must have either text or imageUrl")
        return self


Preset = Literal["midnight", "paper", "ocean", "sunset", "forest", "mono"]


class CommentsOptions(_Options):
    """Compose a video of comments beside its source.

    The *preset* decides the look; the four colours and *theme* change parts of it. A text too tall
    for its card scrolls, for at most *maxScrollSeconds*. *missingGlyphs*: whether characters that
    no font can draw are named in the video's metadata (`warn`) or fail the job before the encode.
    """

    template: Literal["landscape", "vertical"] = "landscape"
    height: Literal[360, 480, 720, 1080] = 1080
    fps: Literal[24, 25, 30] = 30
    cover_seconds: Annotated[float, Field(ge=0, le=15)] = 3
    cover_transition: Literal["slide", "fade", "none"] = "slide"
    min_comment_seconds: Annotated[float, Field(ge=1, le=30)] = 3
    max_comment_seconds: Annotated[float, Field(ge=1, le=60)] = 10
    max_scroll_seconds: Annotated[float, Field(ge=5, le=300)] = 60
    max_comments: Annotated[int, Field(ge=1, le=100)] = 30
    preset: Preset = "midnight"
    theme: CommentsTheme = CommentsTheme()
    background_color: Colour | None = None
    card_color: Colour | None = None
    text_color: Colour | None = None
    accent_color: Colour | None = None
    avatars: bool = True
    countdown: bool = False
    watermark: Watermark | None = None
    missing_glyphs: Literal["warn", "fail"] = "warn"


LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,12}){0,4}\z")]
"""A language as sites name it: `en`, `pt-BR`, `zh-Hans`."""


class DownloadOptions(_Options):
    """Download a video, or what is known of it. Unset limits are the container's own.

    *mode*: `full` makes video, sound and metadata; `metadata` nothing but the metadata; `comments`
    also the first *maxComments* top-level comments; `list` tells the entries of a channel or a
    playlist in the metadata, *maxEntries* of them from *firstEntry* (from 1) on.

    *subtitles* and *thumbnail* add these outputs in the first two modes, where the site has them.
    *subtitleLanguages* in order of preference; none: the video's own language, then any. A language
    also stands for its regional forms.
    """

    url: HttpUrl
    mode: Literal["full", "metadata", "comments", "list"] = "full"
    max_height: Annotated[int, Field(ge=144, le=4320)] = 1080
    max_bytes: Annotated[int, Field(ge=1, le=1 << 40)] | None = None
    max_duration_s: Annotated[int, Field(ge=1, le=7 * 24 * 3600)] | None = None
    subtitles: Literal["none", "manual", "automatic", "any"] = "none"
    subtitle_languages: Annotated[list[LanguageTag], Field(max_length=10)] = []
    thumbnail: bool = False
    max_comments: Annotated[int, Field(ge=1, le=500)] = 100
    comments_order: Literal["top", "new"] = "top"
    max_entries: Annotated[int, Field(ge=1, le=500)] = 100
    first_entry: Annotated[int, Field(ge=1, le=100_000)] = 1
    cookies: Annotated[str, Field(max_length=65536)] | None = Field(default=None, repr=False)
    proxy: Annotated[str, Field(max_length=1024), AfterValidator(_proxy)] | None = Field(
        default=None, repr=False
    )


EngineOptions = BurnOptions | CommentsOptions | DownloadOptions

OPTIONS: dict[EngineId, type[EngineOptions]] = {
    EngineId.BURNER: BurnOptions,
    EngineId.REMOTION: CommentsOptions,
    EngineId.DOWNLOADER: DownloadOptions,
}
