"""Learning from people: what an edit of a translation says otherwise is reused the next time."""

from collections.abc import Sequence

from pydantic import ValidationError

from app.ports import Ports
from app.translation.lesson_store import Lesson, Taught, select_translation
from app.translation.store import UNKNOWN
from media_jobs.ids import new_id
from media_jobs.subtitles.cues import TimedText
from media_jobs.translation.document import TranslationDocument
from media_jobs.translation.lessons import lessons
from media_jobs.translation.memory import source_key

TRANSLATION = "translation"
"""The output of a job that says what it has translated, cue by cue."""
TRANSLATION_BYTES_MAX = 8 * 1024 * 1024
"""More would hold the Worker up: an edit is at most 4 MiB, and this has both texts of each cue."""


async def learned(
    media_id: str,
    parent: str,
    cues: Sequence[TimedText],
    language: str | None,
    token_id: str | None,
    ports: Ports,
) -> Taught | None:
    """Return what an edit of the version *parent* teaches, None where it is no edit of a
    translation.

    *language*: of the edit, if it is said; in another language than the translation's it teaches
    nothing. Raises UpstreamError.
    """
    made = await select_translation(ports.store, media_id, parent, TRANSLATION)
    if made is None or made.size_bytes > TRANSLATION_BYTES_MAX:
        return None
    text = await ports.objects.text(made.object_key, TRANSLATION_BYTES_MAX)
    try:
        document = TranslationDocument.model_validate_json(text or "")
    except ValidationError as error:
        why = f"{error.error_count()} faults" if text else "it is gone"
        ports.log({"event": "translation_unreadable", "jobId": made.job_id, "why": why})
        return None
    if language is not None and not _is_same(language, document.target_language):
        return None
    now_ms = ports.now_ms()
    return Taught(
        first_id=new_id("pair", now_ms, ports.entropy(10)),
        at_ms=now_ms,
        job_id=made.job_id,
        from_language=document.source_language or UNKNOWN,
        to_language=document.target_language,
        token_id=token_id,
        lessons=[
            Lesson(key=source_key(pair.source), source=pair.source, target=pair.target)
            for pair in lessons(document.cues, cues)
        ],
    )


def _is_same(one: str, other: str) -> bool:
    """Whether two tags are of one language, whatever its variety."""
    return one.partition("-")[0] == other.partition("-")[0]
