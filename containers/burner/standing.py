"""Keeps captions of one time apart."""

from heapq import heappop, heappush
from operator import itemgetter

from burner.captions import Caption
from burner.texts import BOX_GAP_EM, Anchor

CROWD_MAX = 40
"""More captions at one time than that have no room beside each other on any picture."""


class Standing:
    """The captions that stand at a time, so that the next one finds a place beside them."""

    def __init__(self) -> None:
        self._shown: list[tuple[int, int, Caption]] = []
        """A heap of those that stand, by their ends, each with its number in order of coming."""
        self._count = 0
        self.covering: set[int] = set()
        """The numbers of the cues that found no room of their own."""

    def beside(self, caption: Caption, anchor: Anchor) -> Caption:
        """Return *caption* moved past those that stand there already: away from its row's side.

        Where there is no room on that way it is looked for on the other; where there is none at
        all, the caption stays where it was meant to stand.
        """
        self._leave(caption.start_ms)
        crowded = len(self._shown) >= CROWD_MAX
        ways = () if crowded else (anchor.row == 0, anchor.row != 0)
        for moved in (self._past(caption, upwards) for upwards in ways):
            if moved.top >= 0 and moved.bottom <= anchor.height:
                caption = moved
                break
        else:
            if caption.number is not None:
                self.covering.add(caption.number)
        self._come(caption)
        return caption

    def keep(self, caption: Caption) -> None:
        """Have *caption* stand where it is, whatever is there."""
        self._come(caption)

    def pushed(self, caption: Caption, *, upwards: bool) -> Caption:
        """Return *caption* moved past those that stand there already, this way alone."""
        self._leave(caption.start_ms)
        if len(self._shown) < CROWD_MAX:
            caption = self._past(caption, upwards)
        self._come(caption)
        return caption

    def _come(self, caption: Caption) -> None:
        self._count += 1
        heappush(self._shown, (caption.end_ms, self._count, caption))

    def _leave(self, at_ms: int) -> None:
        while self._shown and self._shown[0][0] <= at_ms:
            heappop(self._shown)

    def _past(self, caption: Caption, upwards: bool) -> Caption:
        gap = BOX_GAP_EM * max((line.em for line in caption.lines), default=0.0)
        shown = [one for _, _, one in sorted(self._shown, key=itemgetter(1))]
        for one in sorted(shown, key=lambda one: one.bottom, reverse=upwards):
            if _meet(one, caption):
                far = one.top - gap - caption.bottom if upwards else one.bottom + gap - caption.top
                caption = caption.moved(far)
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
