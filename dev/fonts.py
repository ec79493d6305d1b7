"""`python -m dev.fonts` gets the fonts of the scripts that the font packages lack (decision 0033):
Debian's `fonts-noto-core`, which the images have too, where there is root and apt.
"""

from engine_kit.fonts import system_font_files

from dev import debian


def install() -> None:
    """Install the fonts where they are missing, or say what does without them."""
    if not system_font_files() and debian.can_install():
        print("setup: Debian's fonts of rare scripts", flush=True)
        debian.install("fonts-noto-core")
    if not system_font_files():
        print(
            "setup: Tibetan, Javanese, Cherokee and other rare scripts are told as missing glyphs "
            "on this machine. On Debian, apt-get install fonts-noto-core draws them."
        )


if __name__ == "__main__":
    install()
