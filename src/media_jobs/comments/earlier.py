"""The comments documents of the earlier system: what its composer reads, its downloader writes."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from media_jobs.comments.document import Comment, CommentsDocument

__all__ = ["adopted", "downloaded", "snapshot"]

_UNTITLED = "Comments"


def snapshot(document: CommentsDocument) -> dict[str, Any]:
    """Return *document* as the earlier system's composer reads it."""
    video = document.video
    info = {
        "title": video.title,
        "translatedTitle": video.translated_title,
        "viewCount": video.view_count or 0,
        "author": video.author,
        "series": "",
    }
    rows = [_row(comment, at) for at, comment in enumerate(document.comments, start=1)]
    return {"videoInfo": _said(info), "comments": rows}


def downloaded(document: CommentsDocument) -> dict[str, Any]:
    """Return *document* as its downloader writes it."""
    rows = [_row(comment, at) for at, comment in enumerate(document.comments, start=1)]
    return {"comments": [{"translatedContent": "", **row} for row in rows]}


def _row(comment: Comment, at: int) -> dict[str, Any]:
    return _said(
        {
            "id": comment.id or str(at),
            "author": comment.author or "",
            "authorThumbnail": comment.avatar_url,
            "content": comment.content,
            "translatedContent": comment.translated_content,
            "likes": comment.likes or 0,
            "replyCount": comment.reply_count,
        }
    )


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def adopted(text: str, most: int | None = None) -> CommentsDocument | None:
    """Return the comments that its downloader wrote, which name no video; None if there are none.

    Those after the first *most* are left out.

    It writes them where others write what is known of the video.
    """
    try:
        given = from_json(text)
    except ValueError:
        return None
    rows = given.get("comments") if isinstance(given, dict) else None
    if not isinstance(rows, list):
        return None
    comments = [_without_blanks(row) for row in rows if isinstance(row, dict)][:most]
    try:
        return CommentsDocument.model_validate(
            {"video": {"title": _UNTITLED}, "comments": comments}
        )
    except ValidationError:
        return None


def _without_blanks(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value != ""}
