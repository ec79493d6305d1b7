"""The files that a translation hands over."""

from collections.abc import Mapping
from dataclasses import dataclass

from media_jobs.notices import Notice
from translator.material import Material
from translator.outputs import Counts, TrackFacts, TranslationMetadata
from translator.port import Languages
from translator.spending import Spending

__all__ = ["Facts", "files_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Who translated, and what it took. *resumed*: texts of an earlier attempt."""

    translator: str
    model: str | None
    languages: Languages
    spending: Spending
    resumed: int
    notices: tuple[Notice, ...]


def files_of(
    material: Material,
    targets: Mapping[int, str],
    facts: Facts,
    line_chars_max: int | None,
) -> Mapping[str, tuple[str, str]]:
    """Return name and text of each output, by slot; *targets*: the translations by number."""
    files: dict[str, tuple[str, str]] = {}
    notices, subtitles = facts.notices, None
    if material.track is not None:
        made = material.track.made(targets, facts.languages, material.glossary, line_chars_max)
        counts = Counts(
            memory=made.counts["memory"],
            model=made.counts["model"],
            source=made.counts["source"],
        )
        notices += made.notices
        subtitles = TrackFacts(language=facts.languages.target)
        files["subtitles"] = ("subtitles.vtt", made.vtt)
        document = made.document.model_dump_json(by_alias=True)
        files["translation"] = ("translation.json", document)
    else:
        assert material.thread is not None
        comments = material.thread.made(targets)
        counts = Counts(memory=0, model=comments.translated, source=comments.untranslated)
        notices += comments.notices
        shown = comments.document.model_dump_json(by_alias=True, exclude_none=True)
        files["comments"] = ("comments.json", shown)
    used, cost = facts.spending.used, facts.spending.cost()
    metadata = TranslationMetadata(
        translator=facts.translator,
        model=facts.model,
        source_language=facts.languages.source,
        target_language=facts.languages.target,
        subtitles=subtitles,
        counts=counts,
        requests=used.requests,
        tokens_in=used.tokens_in,
        tokens_out=used.tokens_out,
        characters_in=used.characters,
        cost=None if cost is None else round(cost, 6),
        resumed_texts=facts.resumed,
        title=material.title.target(targets) if material.title else None,
        description=material.description.target(targets) if material.description else None,
        notices=tuple(one.document for one in notices),
    )
    files["metadata"] = ("metadata.json", metadata.model_dump_json(by_alias=True, indent=1))
    return files
