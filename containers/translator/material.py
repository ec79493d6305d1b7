"""What a job translates: its texts in order, and what is made of them again."""

from dataclasses import dataclass

from media_jobs.engines.translator.options import TranslateOptions
from translator.glossary import Glossary
from translator.port import Languages
from translator.prose import Prose, Thread, read_thread
from translator.recall import read_memory
from translator.tracks import Track, read_track

__all__ = ["Material", "read_material"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is translated: a *track* or a *thread*, and a title and a description beside it."""

    sources: list[str]
    glossary: Glossary
    track: Track | None
    thread: Thread | None
    title: Prose | None
    description: Prose | None


def read_material(
    data: bytes,
    memory: bytes | None,
    options: TranslateOptions,
    languages: Languages,
    *,
    with_marks: bool,
) -> Material:
    """Read the track or the comments in *data*, and the owner's *memory*.

    *with_marks*: styles within a text stand in marks. Raises EngineFailure.
    """
    recall, terms = read_memory(memory, languages)
    sources: list[str] = []
    track = thread = None
    if options.mode == "subtitles":
        track = read_track(data, languages.source, recall, sources, with_marks=with_marks)
    else:
        thread = read_thread(data, recall, sources)

    def prose(text: str | None) -> Prose | None:
        return None if text is None else Prose(text, recall, sources)

    return Material(
        sources=sources,
        glossary=Glossary((*terms, *options.glossary)),
        track=track,
        thread=thread,
        title=prose(options.title),
        description=prose(options.description),
    )
