"""The comments of a video: from yt-dlp's output to the document of a comments video. Pure."""

from collections.abc import Mapping

from downloader.metadata import public_url
from media_jobs.comments import CommentsDocument
from media_jobs.comments.repair import without_answers
from media_jobs.comments.text import decoded, is_visible

_UNTITLED = "Untitled"


def document_from_info(info: Mapping[str, object], *, count_max: int) -> CommentsDocument | None:
    """Return the first *count_max* comments in the site's order, or None if there is none.

    Answers to comments are left out; they are counted where yt-dlp has fetched them. What the site
    says of a comment is read as in an `info.json` that is handed in (`comments.repair`).
    """
    given = info.get("comments")
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    shown = [row for row in without_answers(rows) if _is_shown(row.get("text"))]
    if not shown:
        return None
    comments = [
        {**row, "author_thumbnail": public_url(row.get("author_thumbnail"))}
        for row in shown[:count_max]
    ]
    title = info.get("title")
    named = title if isinstance(title, str) and is_visible(title) else _UNTITLED
    return CommentsDocument.model_validate({**info, "title": named, "comments": comments})


def _is_shown(text: object) -> bool:
    return isinstance(text, str) and is_visible(decoded(text))
