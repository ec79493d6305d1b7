"""Single values of comments as exports write them: counts, names, addresses, times. Pure.

Each function returns what it understood, None for nothing, and raises ValueError for what is there
but can't be understood.
"""

import re
from datetime import UTC, datetime
from urllib.parse import quote

from media_jobs.comments.limits import COUNT_MAX
from media_jobs.comments.text import is_visible
from media_jobs.options import URL_CHARS_MAX, http_url

__all__ = ["address", "count", "moment", "name"]

_UNITS = {
    word: factor
    for factor, words in (
        (1, ("",)),
        (1_000, ("k", "mil", "tsd", "tys", "тыс", "千", "천")),
        (10_000, ("万", "萬", "만", "w")),
        (1_000_000, ("m", "mi", "mio", "mln", "млн")),
        (100_000_000, ("亿", "億", "억")),
        (1_000_000_000, ("b", "mrd", "млрд")),
    )
    for word in words
}
"""How sites shorten counts, in the languages that most people read them in."""
_COUNT = re.compile(r"(\d+(?:[.,]\d+)*)\s*([^\W\d_]*)\.?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_SPACED = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
"""What French and Swiss have between thousands; a space that does not break counts as one."""
_MILLISECONDS_FROM = 100_000_000_000
"""Seconds would be the year 5138."""


def count(value: object) -> int | None:
    """Return a number of likes: 12, 12.0, "12", "1,234", "1.2K", "3万"."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _counted(value.strip().lower())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    # No float that is not whole, infinite or no number at all is a count.
    if not 0 <= value <= COUNT_MAX or value != int(value):
        raise ValueError
    return int(value)


def _counted(text: str) -> int:
    found = _COUNT.fullmatch(_SPACED.sub("", text).strip("+ "))
    if found is None or found[2] not in _UNITS or len(text) > 20:
        raise ValueError
    digits, unit = found[1], _UNITS[found[2]]
    if unit == 1 and _GROUPED.fullmatch(digits):
        digits = re.sub("[.,]", "", digits)
    elif unit == 1 and not digits.isdigit():
        raise ValueError
    counted = round(float(digits.replace(",", ".")) * unit)
    if counted > COUNT_MAX:
        raise ValueError
    return counted


def name(value: object) -> str | None:
    """Return a name or an identity; numbers count as such. None when nothing of it is visible."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    text = " ".join(str(value).split())
    return text if is_visible(text) else None


def address(value: object) -> str | None:
    """Return an http(s) address; one without a scheme is https, foreign letters are encoded."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError
    text = value.strip()
    text = f"https:{text}" if text.startswith("//") else text
    # Signed addresses must stay as they are: only what may not stand in one is encoded (RFC 3986).
    text = quote(text, safe="%/:=&?~#+!$,;'@()*[]")
    if len(text) > URL_CHARS_MAX:
        raise ValueError
    return http_url(text)


def moment(value: object) -> str | None:
    """Return a time as ISO 8601 in UTC; numbers are seconds or milliseconds since 1970."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and not re.fullmatch(r"\d{9,13}", value):
        if len(value) > 40:
            raise ValueError
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError
    seconds = float(value)
    if seconds >= _MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, OSError):
        raise ValueError from None
