"""The comments of a video: from yt-dlp's output to the document of a comments video.

Pure. Answers to comments are left out; they are counted where yt-dlp has fetched them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from downloader.metadata import count_of, public_url, text_of
from media_jobs.comments import Comment, CommentedVideo, CommentsDocument

_TITLE_CHARS_MAX = 300
_NAME_CHARS_MAX = 100
_TEXT_CHARS_MAX = 5000


def document_from_info(info: Mapping[str, object], *, count_max: int) -> CommentsDocument | None:
    """Return the first *count_max* comments in the site's order, or None if there is none."""
    given = info.get("comments")
    rows = given if isinstance(given, Sequence) else ()
    items = [row for row in rows if isinstance(row, Mapping)]
    answers = Counter(str(item.get("parent")) for item in items if _is_answer(item))
    comments = [_comment(item, answers) for item in items if not _is_answer(item)]
    kept = [comment for comment in comments if comment is not None][:count_max]
    if not kept:
        return None
    video = CommentedVideo(
        title=text_of(info, "title", _TITLE_CHARS_MAX) or "Untitled",
        author=text_of(info, "uploader", _NAME_CHARS_MAX)
        or text_of(info, "channel", _NAME_CHARS_MAX),
        view_count=count_of(info, "view_count"),
        like_count=count_of(info, "like_count"),
    )
    return CommentsDocument(video=video, comments=kept)


def _is_answer(item: Mapping[str, object]) -> bool:
    return item.get("parent") not in (None, "", "root", 0)


def _comment(item: Mapping[str, object], answers: Mapping[str, int]) -> Comment | None:
    content = (text_of(item, "text", _TEXT_CHARS_MAX) or "").strip()
    if not content:
        return None
    identity = str(item.get("id") or "")[:100] or None
    return Comment(
        id=identity,
        author=text_of(item, "author", _NAME_CHARS_MAX) or "?",
        content=content,
        likes=count_of(item, "like_count") or 0,
        reply_count=answers.get(str(item.get("id"))),
        avatar_url=public_url(item.get("author_thumbnail")),
        published_at=_moment(item.get("timestamp")),
    )


def _moment(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None
