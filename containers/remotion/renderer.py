"""What every picture of one video is drawn with: its layout, its colours, its pens."""

from dataclasses import dataclass, field

from engine_kit.contrast import Ink
from engine_kit.text.typesetter import Typesetter
from PIL import Image, ImageChops

from remotion import shapes
from remotion.layout import Layout
from remotion.text import Pen
from remotion.theme import Theme, avatar_ink, contrasting
from remotion.wording import compact, initials


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Shared tools for the cover, the background and the cards."""

    layout: Layout
    theme: Theme
    setter: Typesetter
    _pens: dict[tuple[int, bool, float], Pen] = field(default_factory=dict)

    def pen(self, units: float, *, bold: bool = False, line_height: float = 1.4) -> Pen:
        """Return the pen of a size in units; the same one each time, with what it has measured."""
        size = max(6, self.layout.px(units))
        key = (size, bold, line_height)
        if key not in self._pens:
            self._pens[key] = Pen(self.setter, size, bold=bold, line_height=line_height)
        return self._pens[key]

    def draw_avatar(
        self,
        image: Image.Image,
        x: int,
        y: int,
        side: int,
        name: str,
        picture: Image.Image | None = None,
    ) -> None:
        """Draw a person's disc: their square *picture*, or initials."""
        if picture is not None:
            round_ = picture.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
            mask = shapes.circle_mask(side)
            round_.putalpha(ImageChops.multiply(mask, round_.getchannel("A")))
            shapes.paint(image, mask, (x, y), self.theme.edge)
            image.alpha_composite(round_, (x, y))
            return
        ink = avatar_ink(name)
        shapes.paint(image, shapes.circle_mask(side), (x, y), ink)
        letters = initials(name)
        pen = self.pen(side / self.layout.unit * (0.40 if len(letters) > 1 else 0.46), bold=True)
        block = pen.block(letters, width_max=side)
        block.draw(
            image,
            x + (side - block.width) // 2,
            y + (side - block.height) // 2,
            contrasting(ink),
            flush_left=True,
        )

    def draw_count(
        self,
        image: Image.Image,
        x: int,
        y: int,
        icon: Image.Image,
        count: int,
        *,
        pen: Pen,
        icon_ink: Ink,
        ink: Ink,
    ) -> int:
        """Draw an icon with a number, *y* the line's top; return where the next one may begin."""
        line = round(pen.size * pen.line_height)
        shapes.paint(image, icon, (x, y + (line - icon.height) // 2), icon_ink)
        block = pen.block(compact(count), width_max=image.width)
        left = x + icon.width + round(pen.size * 0.4)
        block.draw(image, left, y, ink)
        return left + block.width + round(pen.size * 1.1)
