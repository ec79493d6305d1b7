"""Texts that are no cues: a title, a description, the comments of a video."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine_kit.failures import EngineFailure, FailureCode
from pydantic import ValidationError

from media_jobs.comments import Comment, CommentsDocument
from media_jobs.comments.limits import TEXT_CHARS_MAX, TITLE_CHARS_MAX
from media_jobs.notices import Notice
from media_jobs.validation import field_errors
from translator.recall import Recall

__all__ = ["MadeComments", "Prose", "Thread", "read_thread"]


class Prose:
    """A text of any length, translated line by line; its lines are added to *sources*, those of
    the job. What the memory has as a whole, or as a line, is taken from there.
    """

    def __init__(self, text: str, recall: Recall, sources: list[str]) -> None:
        self._settled = recall.target(text)
        self._rows: list[str | int] = []
        for row in text.split("\n") if self._settled is None else ():
            known = recall.target(row) if row.strip() else row
            if known is not None or not any(character.isalnum() for character in row):
                self._rows.append(row if known is None else known)
            else:
                self._rows.append(len(sources))
                sources.append(" ".join(row.split()))

    def target(self, targets: Mapping[int, str]) -> str | None:
        """Return the translation; None where a line of it has none."""
        if self._settled is not None:
            return self._settled
        rows = [targets.get(row) if isinstance(row, int) else row for row in self._rows]
        found = [row for row in rows if row is not None]
        return "\n".join(found) if len(found) == len(rows) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeComments:
    """The document with translations, and how many comments have a new one or none."""

    document: CommentsDocument
    translated: int
    untranslated: int
    notices: tuple[Notice, ...]


class Thread:
    """A comments document; translations that it has already are kept."""

    def __init__(self, document: CommentsDocument, recall: Recall, sources: list[str]) -> None:
        self._document = document
        video = document.video
        self._title = None if video.translated_title else Prose(video.title, recall, sources)
        self._comments = [
            None if one.translated_content else Prose(one.content, recall, sources)
            for one in document.comments
        ]

    def made(self, targets: Mapping[int, str]) -> MadeComments:
        """Return the document with *targets*, the translations by number."""
        video = self._document.video
        title = self._title.target(targets) if self._title else None
        if title is not None:
            video = video.model_copy(update={"translated_title": title[:TITLE_CHARS_MAX]})
        comments, lost = list[Comment](), list[int]()
        for number, (one, prose) in enumerate(
            zip(self._document.comments, self._comments, strict=True), 1
        ):
            text = prose.target(targets) if prose is not None else None
            if prose is not None and text is None:
                lost.append(number)
            shown = {} if text is None else {"translated_content": text[:TEXT_CHARS_MAX]}
            comments.append(one.model_copy(update=shown))
        kept = sum(prose is None for prose in self._comments)
        notices = list(self._document.notices)
        if lost:
            notices.append(Notice(code="cues_untranslated", cues=tuple(lost)))
        if kept:
            notices.append(Notice(code="translations_kept", facts={"count": kept}))
        return MadeComments(
            document=self._document.model_copy(update={"video": video, "comments": comments}),
            translated=len(comments) - len(lost) - kept,
            untranslated=len(lost),
            notices=tuple(notices),
        )


def read_thread(data: bytes, recall: Recall, sources: list[str]) -> Thread:
    """Read a comments document; see `Thread`. Raises EngineFailure (comments_invalid)."""
    try:
        document = CommentsDocument.model_validate_json(data)
    except ValidationError as error:
        fault = field_errors(error)[0]
        raise EngineFailure(
            FailureCode.COMMENTS_INVALID,
            f"The comments are not valid: {fault['field']} {fault['reason']}.",
        ) from None
    return Thread(document, recall, sources)
