"""Read what is written in a picture, by optical character recognition (RapidOCR).

One model knows Latin and Chinese and comes inside the wheel. What should *not* be there is looked
for in the pixels instead: such models read words into empty pictures.
"""

import logging
from functools import lru_cache
from typing import Any

import numpy as np

from tests.media.pictures import Box, Picture

MARGIN = 12
CONFIDENCE_MIN = 0.8


@lru_cache(maxsize=1)
def _reader() -> Any:  # The package has no types.
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"Global.log_level": "error"})


def words_in(picture: Picture) -> list[str]:
    """Return the lines of text that stand anywhere in *picture*, from the top."""
    # All three are said each time: the reader keeps what it was told last.
    found = _reader()(
        picture.astype(np.uint8)[:, :, ::-1], use_det=True, use_cls=False, use_rec=True
    )
    pairs = zip(found.txts or (), found.scores or (), strict=True)
    return [str(text) for text, score in pairs if score >= CONFIDENCE_MIN]


def line_in(picture: Picture, box: Box) -> str:
    """Return the one line of text in *box*."""
    rows = slice(max(box.top - MARGIN, 0), box.bottom + MARGIN)
    columns = slice(max(box.left - MARGIN, 0), box.right + MARGIN)
    cut = picture[rows, columns].astype(np.uint8)[:, :, ::-1]
    found = _reader()(cut, use_det=False, use_cls=False, use_rec=True)
    return str(found.txts[0])
