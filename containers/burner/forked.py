"""What each process of the burner's fork server has from its beginning: the code, and the fonts."""

from engine_kit import fonts
from engine_kit.text.emoji import emoji_pictures
from engine_kit.text.faces import families_in

from burner import engine

__all__ = ["engine"]

families_in(fonts.fonts_for(""))
emoji_pictures()
