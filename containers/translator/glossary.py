"""Which terms of a glossary a text has, and whether its translation has theirs."""

import re
from collections.abc import Iterable, Sequence

from media_jobs.subtitles.units import is_unspaced
from media_jobs.translation.memory import GlossaryTerm

__all__ = ["Glossary"]


class Glossary:
    """*terms*: of one source the last one counts."""

    def __init__(self, terms: Iterable[GlossaryTerm]) -> None:
        by_source = {term.source.casefold(): term for term in terms}
        self._terms = [
            (" ".join(key.split()), _pattern(term.source), term) for key, term in by_source.items()
        ]

    def within(self, text: str) -> tuple[GlossaryTerm, ...]:
        """Return the terms that *text* has."""
        # Of thousands of terms nearly none is in a text: words are looked for in those alone.
        folded = " ".join(text.split()).casefold()
        return tuple(
            term for key, pattern, term in self._terms if key in folded and pattern.search(text)
        )

    def missing(self, source: str, target: str) -> Sequence[GlossaryTerm]:
        """Return the terms of *source* whose translation *target* has not, in any letters' case."""
        found = " ".join(target.split()).casefold()
        return [term for term in self.within(source) if term.target.casefold() not in found]


def _pattern(term: str) -> re.Pattern[str]:
    """Return what finds *term* as whole words, where its script has spaces between words."""
    words = r"\s+".join(re.escape(word) for word in term.split())
    before = "" if is_unspaced(term.strip()[0]) or not term.strip()[0].isalnum() else r"(?<!\w)"
    after = "" if is_unspaced(term.strip()[-1]) or not term.strip()[-1].isalnum() else r"(?!\w)"
    return re.compile(f"{before}{words}{after}", re.IGNORECASE)
