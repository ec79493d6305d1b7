"""Cues cut from words, or cut anew: the core's rules with the places of the one line breaker."""

from collections.abc import Sequence

from engine_kit.text.breaks import breaks
from engine_kit.text.items import document_language, han_language
from media_jobs.cue_limits import CueLimits
from media_jobs.notices import Notice
from media_jobs.subtitles.breaks import Breaks
from media_jobs.subtitles.cue_rules import rules_for
from media_jobs.subtitles.cues import Cue
from media_jobs.subtitles.cutting import CutCues, cut
from media_jobs.subtitles.recut import recut, strands_of
from media_jobs.subtitles.words import Word, in_order, text_of

__all__ = ["cut_words", "recut_cues"]


_NO_LIMITS = CueLimits()


def cut_words(
    words: Sequence[Word], language: str | None = None, limits: CueLimits = _NO_LIMITS
) -> CutCues:
    """Return *words* as cues, by the rules of their script and within *limits*.

    *language* (BCP 47), where it is known. See `media_jobs.subtitles.cutting.cut`.
    """
    words = tuple(in_order(words))
    text = text_of(words)
    return cut(words, _breaks(text, language), limits.of(rules_for(text, language)))


def recut_cues(
    cues: Sequence[Cue], language: str | None = None, limits: CueLimits = _NO_LIMITS
) -> CutCues:
    """Return *cues*, in order of their start, cut anew by the rules of their script, in *limits*.

    Times of words that the file has not are made, which is told. *language* (BCP 47), where it is
    known. See `media_jobs.subtitles.recut`.
    """
    strands, signs = strands_of(cues)
    texts = [text_of(strand.words) for strand in strands]
    rules = limits.of(rules_for("\n".join(texts), language))
    made = recut(strands, [_breaks(text, language) for text in texts], signs, rules)
    told = [Notice(code="cues_recut", facts={"before": len(cues), "after": len(made.cues)})]
    if any(_is_untimed(cue) for cue in cues if not cue.sign):
        told.append(Notice(code="word_times_interpolated"))
    return CutCues(cues=made.cues, notices=(*told, *made.notices))


def _is_untimed(cue: Cue) -> bool:
    return all(span.at_ms is None for line in cue.lines for span in line)


def _breaks(text: str, language: str | None) -> Breaks:
    return breaks(text, han_language(text, document_language(text, language)))
