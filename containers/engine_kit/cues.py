"""Cues cut from words, with the places where lines may end asked of the one line breaker."""

from collections.abc import Sequence

from engine_kit.text.breaks import breaks
from engine_kit.text.items import document_language, han_language
from media_jobs.subtitles.cue_rules import rules_for
from media_jobs.subtitles.cutting import CutCues, cut
from media_jobs.subtitles.words import Word, in_order, text_of

__all__ = ["cut_words"]


def cut_words(words: Sequence[Word], language: str | None = None) -> CutCues:
    """Return *words* as cues, by the rules of their script.

    *language* (BCP 47), where it is known. See `media_jobs.subtitles.cutting.cut`.
    """
    words = tuple(in_order(words))
    text = text_of(words)
    han = han_language(text, document_language(text, language))
    return cut(words, breaks(text, han), rules_for(text, language))
