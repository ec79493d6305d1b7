"""Keeps captions of one time apart."""

from burner.captions import Caption
from burner.texts import BOX_GAP_EM, Anchor

CROWD_MAX = 40
"""More captions at one time than that have no room beside each other on any picture."""


class Standing:
    """The captions that stand at a time, so that the next one finds a place beside them."""

    def __init__(self) -> None:
        self._shown: list[Caption] = []

    def beside(self, caption: Caption, anchor: Anchor) -> Caption:
        """Return *caption* moved away from its row's side, past those that stand there already."""
        self._shown = [one for one in self._shown if one.end_ms > caption.start_ms]
        if len(self._shown) < CROWD_MAX:
            upwards = anchor.row == 0
            gap = BOX_GAP_EM * max((line.em for line in caption.lines), default=0.0)
            ordered = sorted(self._shown, key=lambda one: one.bottom, reverse=upwards)
            moved = caption
            for one in ordered:
                if _meet(one, moved):
                    by = one.top - gap - moved.bottom if upwards else one.bottom + gap - moved.top
                    moved = moved.moved(by)
            if moved.top >= 0 and moved.bottom <= anchor.height:
                caption = moved
        self._shown.append(caption)
        return caption


def _meet(one: Caption, other: Caption) -> bool:
    return (
        one.start_ms < other.end_ms
        and other.start_ms < one.end_ms
        and one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )
