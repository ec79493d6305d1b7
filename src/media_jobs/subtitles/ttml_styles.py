"""TTML's styles and regions (https://www.w3.org/TR/ttml1/#styling): what of them is drawn."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from media_jobs.subtitles.colours import html_colour
from media_jobs.subtitles.markup import Markup

__all__ = ["Look", "Styles"]

_PERCENT = re.compile(r"\s*[0-9.]+%\s+([0-9]{1,3}(?:\.[0-9]{1,6})?)%\s*")
_TOP_BELOW, _MIDDLE_BELOW = 40, 60
_KEYS_MAX = 20_000
_WHITE = "#ffffff"


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks; None: as the element around it. *colour*: "" is the usual one.

    *hidden*: it takes no part in the picture. *ruby*: what an element is of an annotation.
    """

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    colour: str | None = None
    hidden: bool | None = None
    ruby: str | None = None

    def with_(self, inner: "Look") -> "Look":
        """Return the look of an element within this one."""
        return replace(self.under(inner), ruby=inner.ruby)

    def under(self, inner: "Look") -> "Look":
        """Return this look with what *inner* says above it."""
        return Look(
            self.bold if inner.bold is None else inner.bold,
            self.italic if inner.italic is None else inner.italic,
            self.underline if inner.underline is None else inner.underline,
            self.colour if inner.colour is None else inner.colour,
            self.hidden if inner.hidden is None else inner.hidden,
            inner.ruby or self.ruby,
        )

    def marked(self, text: str) -> str:
        """Return *text* in WebVTT's tags."""
        markup = Markup()
        if self.colour:
            markup.on("font", f'<font color="{self.colour}">')
        for name, wanted in (("b", self.bold), ("i", self.italic), ("u", self.underline)):
            if wanted:
                markup.on(name)
        markup.append(text)
        return markup.text()


class Styles:
    """The styles and regions that a file defines, by their ids."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._regions: dict[str, dict[str, str]] = {}
        self._region: dict[str, str] | None = None

    def define(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take in a style or region; a style within a region says more of it."""
        key = attributes.get("id", "")
        if name == "region":
            self._region = dict(attributes)
            if len(self._regions) < _KEYS_MAX:
                self._regions[key] = self._region
        elif self._region is not None:
            self._region.update({k: v for k, v in attributes.items() if k != "id"})
        elif len(self._looks) < _KEYS_MAX:
            self._looks[key] = self.look(attributes)

    def end(self, name: str) -> None:
        """Take in that an element has ended."""
        if name == "region":
            self._region = None

    def look(self, attributes: Mapping[str, str]) -> Look:
        """Return the look of an element: of the styles it refers to, and its own above them."""
        look = Look()
        for key in attributes.get("style", "").split():
            look = look.under(self._looks.get(key, Look()))
        return look.under(_own(attributes))

    def look_of_region(self, region: str | None) -> Look:
        """Return the look of what stands in a region and says nothing of it."""
        return self.look(self._regions[region]) if region in self._regions else Look()

    def keypad(self, region: str | None) -> int | None:
        """Return the key of the keypad where a region's text stands, None for the bottom."""
        attributes = self._regions.get(region or "", {})
        origin = _PERCENT.fullmatch(attributes.get("origin", ""))
        if origin is None:
            return None
        extent = _PERCENT.fullmatch(attributes.get("extent", ""))
        share = {"center": 0.5, "after": 1.0}.get(attributes.get("displayAlign", ""), 0.0)
        place = float(origin[1]) + share * (float(extent[1]) if extent else 0.0)
        return 8 if place < _TOP_BELOW else 5 if place < _MIDDLE_BELOW else None


def _own(attributes: Mapping[str, str]) -> Look:
    look = Look()
    if attributes.get("visibility") in ("hidden", "visible"):
        look = replace(look, hidden=attributes["visibility"] == "hidden")
    if attributes.get("display") == "none":
        look = replace(look, hidden=True)
    if "ruby" in attributes:
        look = replace(look, ruby=attributes["ruby"])
    if "fontWeight" in attributes:
        look = replace(look, bold=attributes["fontWeight"] == "bold")
    if "fontStyle" in attributes:
        look = replace(look, italic=attributes["fontStyle"] in ("italic", "oblique"))
    if "textDecoration" in attributes:
        words = attributes["textDecoration"].split()
        look = replace(look, underline="underline" in words)
    if "color" in attributes:
        colour = html_colour(attributes["color"])
        look = replace(look, colour="" if colour in (None, _WHITE) else colour)
    return look
