"""What a person may ask of cues that an engine cuts; unsaid is what the rules of the script say."""

from dataclasses import replace
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from media_jobs.options import Options
from media_jobs.subtitles.cue_rules import CueRules
from media_jobs.validation import FieldRefused

__all__ = ["CueLimits"]


class CueLimits(Options):
    """The limits of a cue. Characters of Chinese, Japanese and Korean are counted as one, and
    narrow ones among them as a half.
    """

    line_chars_max: Annotated[int | None, Field(ge=8, le=80)] = None
    lines_max: Literal[1, 2] = 2
    chars_per_s_max: Annotated[float | None, Field(ge=3, le=40)] = None
    duration_s_min: Annotated[float, Field(ge=0.5, le=3)] = 0.833
    duration_s_max: Annotated[float, Field(ge=2, le=20)] = 7.0

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.duration_s_max <= self.duration_s_min:
            raise FieldRefused("field.longest_above_shortest")
        return self

    def of(self, rules: CueRules) -> CueRules:
        """Return *rules* within these limits."""
        return replace(
            rules,
            line_chars_max=self.line_chars_max or rules.line_chars_max,
            lines_max=self.lines_max,
            chars_per_s_max=self.chars_per_s_max or rules.chars_per_s_max,
            duration_ms_min=round(self.duration_s_min * 1000),
            duration_ms_max=round(self.duration_s_max * 1000),
        )
