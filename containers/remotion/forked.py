"""What each process of this fork server has from its beginning: the code, and the fonts."""

from engine_kit import fonts
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in
from PIL import Image

from remotion import engine

__all__ = ["engine"]

families_in(fonts.fonts_for(""))
emoji_pictures()
Image.init()  # Its kinds of files: that takes longer than to paint a card.
