"""What a person may ask of the burner."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from media_jobs.cue_limits import CueLimits
from media_jobs.engines.burner.presets import PRESETS, Preset
from media_jobs.options import Colour, Options
from media_jobs.validation import FieldRefused

__all__ = [
    "BurnOptions",
    "HintText",
    "ImageWatermark",
    "Place",
    "Segment",
    "SubtitleStyle",
    "TextWatermark",
]


class _TextLook(Options):
    """Size, weight and colours of a text and of the box behind it."""

    font_size: Annotated[float, Field(ge=12, le=72)] = 48
    text_color: Colour = "#FFFFFF"
    background_color: Colour = "#000000"
    background_opacity: Annotated[float, Field(ge=0, le=1)] = 0.6
    box: Annotated[
        Literal["block", "lines"], Field(description="around all lines, or around each")
    ] = "block"
    corner_radius: Annotated[float, Field(ge=0, le=72)] = 0
    outline_color: Colour = "#000000"
    outline_width: Annotated[float, Field(ge=0, le=8)] = 0
    bold: bool = False
    italic: bool = False


class SubtitleStyle(_TextLook):
    """How one language of the subtitles looks.

    In upright video the text stands higher and narrower than its margins say
    (BurnOptions.safe_area).
    """

    position: Literal["top", "center", "bottom"] = "bottom"
    margin_v: Annotated[int, Field(ge=0, le=500)] = 60
    margin_h: Annotated[
        Annotated[int, Field(ge=0, le=900)] | None,
        Field(description="by default a twentieth of the width"),
    ] = None
    highlight: Annotated[
        Literal["none", "word", "fill", "box", "single"],
        Field(
            description="of a word while it is said, where the subtitles time words: in "
            "`highlightColor`, with what was said before, on a box of it, or alone"
        ),
    ] = "none"
    highlight_color: Colour = "#FFD60A"


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
            raise FieldRefused("field.end_after_start")
        return self


class TextWatermark(Options):
    """A short text over the whole video."""

    text: Annotated[str, Field(min_length=1, max_length=100)]
    position: Place = "top-right"
    font_size: Annotated[float, Field(ge=12, le=72)] = 28
    text_color: Colour = "#FFFFFF"
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.6
    margin: Annotated[int, Field(ge=0, le=500)] = 40


class ImageWatermark(Options):
    """Where the watermark image of the job stands. *width_share*: of the video's width."""

    position: Place = "top-right"
    width_share: Annotated[float, Field(ge=0.02, le=1)] = 0.12
    opacity: Annotated[float, Field(gt=0, le=1)] = 0.8
    margin: Annotated[int, Field(ge=0, le=500)] = 40


class Segment(Options):
    """What happens to the picture or to the sound from *start_s* until before *end_s*."""

    start_s: Seconds
    end_s: Seconds
    effect: Literal["mute", "black", "blur"]

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_s <= self.start_s:
            raise FieldRefused("field.end_after_start")
        return self


class BurnOptions(Options):
    """Burn subtitles.

    *preset*: the styles begin with it, and their own fields stand above it.
    *bilingual*: a cue's lines are drawn in `style` until the script changes, and from there in
    `secondary_style`.
    *recut*: the cues are cut anew within these limits, where a reader takes breath; each file is
    of one language then.
    *overlaps*: cues at the same time stand one above the other, or each ends where the next begins,
    or the job fails. *cue_settings*: places stored in the cues count, or those of the styles alone.
    *safe_area*: upright video is kept free where apps have their controls, or margins alone count.
    *ass_styling*: an ASS file is drawn in the styles of the job, or in its own.
    *missing_glyphs*: characters that no font has are drawn as boxes and told, or end the job.
    *watermark_image* places the image where the job has one.
    *dynamic_range*: what is in high dynamic range (HDR10, HLG) is made standard, or kept, as HEVC
    of 10 bits whatever *codec* says.
    *speed*: `fastest` uses the graphics hardware of the host, and is `fast` without any.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["dynamicRange", "codec"],
                "properties": {"dynamicRange": {"const": "keep"}, "codec": {"const": "av1"}},
            }
        }
    )
    preset: Preset = "default"
    style: SubtitleStyle = SubtitleStyle()
    secondary_style: SubtitleStyle = SubtitleStyle.model_validate(
        PRESETS["default"]["secondaryStyle"]
    )
    bilingual: bool = False
    recut: CueLimits | None = None
    overlaps: Literal["stack", "cut", "fail"] = "stack"
    cue_settings: Literal["ignore", "follow"] = "ignore"
    safe_area: Literal["auto", "off"] = "auto"
    ass_styling: Literal["restyle", "keep"] = "restyle"
    missing_glyphs: Literal["warn", "fail"] = "warn"
    # Not strict as a list: a tuple can't be written in JSON.
    segments: Annotated[tuple[Segment, ...], Field(max_length=100, strict=False)] = ()
    hint: HintText | None = None
    watermark: TextWatermark | None = None
    watermark_image: ImageWatermark = ImageWatermark()
    dynamic_range: Literal["sdr", "keep"] = "sdr"
    codec: Literal["h264", "hevc", "av1"] = "h264"
    quality: Literal["small", "standard", "high"] = "standard"
    speed: Literal["fastest", "fast", "medium", "slow"] = "fast"

    @field_validator("recut")
    @classmethod
    def _one_language_is_cut(
        cls, recut: CueLimits | None, fields: ValidationInfo
    ) -> CueLimits | None:
        if recut is not None and fields.data.get("bilingual"):
            raise FieldRefused("field.recut_of_one_language")
        return recut

    @field_validator("codec")
    @classmethod
    def _hevc_keeps_the_range(cls, codec: str, fields: ValidationInfo) -> str:
        if codec == "av1" and fields.data.get("dynamic_range") == "keep":
            raise FieldRefused("field.kept_range_is_hevc")
        return codec

    @model_validator(mode="before")
    @classmethod
    def _begin_with_the_preset(cls, given: object) -> object:
        """Put the preset below what is given; again it changes nothing, as all is given then."""
        if not isinstance(given, dict):
            return given
        preset = given.get("preset", "default")
        styles = PRESETS.get(preset, {}) if isinstance(preset, str) else {}
        merged = dict(given)
        for name, below in styles.items():
            above = merged.get(name, {})
            if isinstance(above, dict):
                merged[name] = {**below, **above}
        return merged
