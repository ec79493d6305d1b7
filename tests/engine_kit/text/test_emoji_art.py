"""Emoji can be seen on their ground, whatever their own colour."""

from pathlib import Path

import numpy as np
import pytest
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.emoji_art import emoji_art, rim_of
from PIL import Image

WHITE, DARK_CARD = (255, 255, 255), (28, 34, 47)


def picture_of(emoji: str) -> Path:
    ((path, _),) = emoji_pictures().signs(emoji)
    return path


def contrast(emoji: str) -> float:
    """Return how much of a dark card an emoji changes visibly, against its own square."""
    card = Image.new("RGBA", (60, 60), DARK_CARD)
    card.alpha_composite(emoji_art(picture_of(emoji), 48, 48, WHITE), (4, 4))
    changed = np.abs(np.asarray(card).astype(np.int16)[..., :3] - DARK_CARD).max(axis=2) > 60
    return float(changed.sum()) / 48**2


@pytest.mark.parametrize("emoji", ["✔️", "✖️", "🖤", "➕", "♠️", "⚫", "🔙", "🕷", "😂", "🎩", "1️⃣"])
def test_every_emoji_is_seen_on_a_dark_card(emoji: str) -> None:
    assert contrast(emoji) > 0.08


def test_a_bright_emoji_has_no_rim() -> None:
    art = np.asarray(emoji_art(picture_of("😂"), 48, 48, (0, 255, 0))).astype(np.int16)

    green = (art[..., 1] > 200) & (art[..., 0] < 100) & (art[..., 3] > 60)
    assert not green.any()


def test_the_rim_s_room_is_there_for_all() -> None:
    assert rim_of(48) == 2
    assert rim_of(5) == 1
    assert emoji_art(picture_of("😂"), 30, 48, WHITE).size == (34, 52)
