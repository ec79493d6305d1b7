"""What a person may ask of a comments video."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from media_jobs.options import Colour, HttpUrl, Options
from media_jobs.validation import FieldRefused

__all__ = ["CommentsOptions", "CommentsTheme", "Preset", "Watermark"]


class CommentsTheme(Options):
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


class Watermark(Options):
    """A mark over the whole video: a text, or the picture at a URL. *size*: its height in pixels at
    1080 lines.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
                for name in ("text", "imageUrl")
            ]
        }
    )
    text: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    image_url: HttpUrl | None = None
    position: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-left"
    opacity: Annotated[float, Field(ge=0.05, le=1)] = 0.6
    size: Annotated[int, Field(ge=16, le=200)] = 36

    @model_validator(mode="after")
    def _is_text_or_picture(self) -> "Watermark":
        if (self.text is None) == (self.image_url is None):
            raise FieldRefused("field.text_or_image")
        return self


Preset = Literal["midnight", "paper", "ocean", "sunset", "forest", "mono"]


class CommentsOptions(Options):
    """Compose a video of comments beside its source.

    The *preset* decides the look; the four colours and *theme* change parts of it. A text too tall
    for its card scrolls, for at most *maxScrollSeconds*. *lead*: which of text and translation
    stands first, on cards and in the title. *missingGlyphs*: whether characters that no font can
    draw are named in the video's metadata (`warn`) or fail the job before the encode.
    """

    template: Literal["landscape", "vertical"] = "landscape"
    height: Literal[360, 480, 720, 1080] = 1080
    fps: Literal[24, 25, 30] = 30
    cover_seconds: Annotated[float, Field(ge=0, le=15)] = 3
    cover_transition: Literal["slide", "fade", "none"] = "slide"
    min_comment_seconds: Annotated[float, Field(ge=1, le=30)] = 3
    max_comment_seconds: Annotated[float, Field(ge=1, le=60)] = 60
    max_scroll_seconds: Annotated[float, Field(ge=5, le=300)] = 60
    max_comments: Annotated[int, Field(ge=1, le=100)] = 30
    preset: Preset = "midnight"
    theme: CommentsTheme = CommentsTheme()
    background_color: Colour | None = None
    card_color: Colour | None = None
    text_color: Colour | None = None
    accent_color: Colour | None = None
    lead: Literal["original", "translation"] = "original"
    avatars: bool = True
    countdown: bool = False
    watermark: Watermark | None = None
    missing_glyphs: Literal["warn", "fail"] = "warn"
