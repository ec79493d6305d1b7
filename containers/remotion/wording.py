"""The few words and numbers that are written on the picture beside the document's own. Pure."""

from engine_kit.text.characters import is_wide


def compact(count: int) -> str:
    """Return *count* as it is written under videos: 999, 1.2K, 12K, 3.4M, 1.1B."""
    for size, suffix in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if count >= size:
            # Cut, not rounded: 999,999 is not yet a million.
            tenths = count * 10 // size
            return f"{tenths // 10}{suffix}" if tenths >= 100 else _tenths(tenths) + suffix
    return str(count)


def _tenths(tenths: int) -> str:
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}" if part else str(whole)


def initials(name: str) -> str:
    """Return one or two letters for a person without a picture; "?" when the name has none."""
    words = [
        "".join(character for character in word if character.isalnum()) for word in name.split()
    ]
    words = [word for word in words if word]
    if not words:
        return "?"
    if is_wide(words[0][0]):
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
