"""What people and tools hand in as comments, made into the fields of the document. Pure.

Read are the document itself, that of the earlier system (`videoInfo`), a bare list of comments, the
`info.json` of yt-dlp and what sites answer (`exports`); the fields of a comment go by our names,
and by those of these and of youtube-comment-downloader. One comment that can't be shown is left
out, and a value that can't be understood is dropped; both are told.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from media_jobs.comments import values
from media_jobs.comments.exports import exported, flat
from media_jobs.comments.limits import (
    COMMENTS_MAX,
    NAME_CHARS_MAX,
    TEXT_CHARS_MAX,
    TITLE_CHARS_MAX,
)
from media_jobs.comments.text import decoded, is_visible
from media_jobs.notices import Findings, Notice

__all__ = ["repaired", "without_answers"]

_VIDEO = {
    "title": ("title",),
    "translatedTitle": ("translatedTitle", "translated_title"),
    "author": ("author", "uploader", "channel"),
    "viewCount": ("viewCount", "view_count"),
    "likeCount": ("likeCount", "like_count"),
}
_COMMENT = {
    "id": ("id", "cid", "rpid"),
    "author": ("author", "authorDisplayName", "username"),
    "content": ("content", "text", "textOriginal", "textDisplay", "body", "message"),
    "translatedContent": ("translatedContent", "translated_content"),
    "likes": (
        *("likes", "like_count", "likeCount", "votes", "score", "favourites_count"),
        *("like", "like_counts", "digg_count"),
    ),
    "replyCount": (
        *("replyCount", "reply_count", "totalReplyCount", "replies_count"),
        *("rcount", "reply_comment_total", "total_number"),
    ),
    "avatarUrl": (
        *("avatarUrl", "avatar_url", "author_thumbnail", "authorThumbnail"),
        *("authorProfileImageUrl", "photo"),
    ),
    "publishedAt": (
        *("publishedAt", "published_at", "timestamp", "time_parsed", "created_utc"),
        *("ctime", "create_time", "created_at", "created_time"),
    ),
}
"""Each field with the keys that it is read from, the first that holds something."""

_READ: Mapping[str, Callable[[object], object]] = {
    "id": values.name,
    "author": values.name,
    "likes": values.count,
    "likeCount": values.count,
    "replyCount": values.count,
    "viewCount": values.count,
    "avatarUrl": values.address,
    "publishedAt": values.moment,
}
_CHARS_MAX = {
    "id": NAME_CHARS_MAX,
    "author": NAME_CHARS_MAX,
    "title": TITLE_CHARS_MAX,
    "translatedTitle": TITLE_CHARS_MAX,
    "content": TEXT_CHARS_MAX,
    "translatedContent": TEXT_CHARS_MAX,
}
_KNOWN = {key.lower(): key for fields in (_VIDEO, _COMMENT) for key in fields}
_UNKNOWN_KEYS_MAX = 100
_LIKE = 0.82
"""How alike two keys must be (difflib) for one to be a slip of the other."""


def repaired(given: object) -> tuple[object, tuple[Notice, ...]]:
    """Return the document's fields, and what of *given* they lack; other things as they are."""
    findings = Findings()
    shape = _shape(given, findings)
    if shape is None:
        return given, ()
    video, rows = shape
    slips = _Slips(findings)
    shown = [(at, _comment(row, at, findings, slips)) for at, row in enumerate(rows, start=1)]
    comments = [comment for _, comment in shown if comment is not None]
    if len(comments) > COMMENTS_MAX:
        findings.add("comments_chosen", what=str(len(comments)))
        comments = sorted(comments, key=_liked)[:COMMENTS_MAX]
    return {"video": video, "comments": comments}, findings.notices()


def _liked(comment: object) -> int:
    likes = comment.get("likes") if isinstance(comment, dict) else None
    return -(likes or 0)


def _shape(given: object, findings: Findings) -> tuple[object, Sequence[object]] | None:
    """Return the video and the comments of what is given in any of the shapes; None of others."""
    if not isinstance(given, dict) or not _is_ours(given):
        export = exported(given)
        if export is None:
            return None
        said, answered = export
        named = {"title": " ", **_fields(said, _VIDEO, None, findings)}
        return _named(named, findings), without_answers(answered)
    rows = given["comments"]
    if "video" in given or "title" not in given:
        video = given.get("video", given.get("videoInfo"))
        if isinstance(video, dict):
            video = _named(_fields(video, _VIDEO, None, findings), findings)
        return video, rows
    return _fields(given, _VIDEO, None, findings), without_answers(rows)


def _named(video: dict[str, object], findings: Findings) -> dict[str, object]:
    """Give *video* a title where nothing of its own can be seen; none has to be there."""
    title = video.get("title")
    if isinstance(title, str) and title and not is_visible(decoded(title)):
        findings.add("comments_title_missing")
        return {**video, "title": "Comments"}
    return video


def _is_ours(given: Mapping[str, object]) -> bool:
    """Whether *given* is a document, or what names its video as one does; not a site's answer."""
    rows = given.get("comments")
    if not isinstance(rows, list):
        return False
    named = any(key in given for key in ("video", "videoInfo", "title"))
    return named or not rows or any(not isinstance(row, dict) or "content" in row for row in rows)


def without_answers(rows: Sequence[Any]) -> list[Any]:
    """Return comments without the answers to them, which are counted in yt-dlp's."""
    given = [row for row in rows if isinstance(row, dict)]
    answers = Counter(str(row["parent"]) for row in given if row.get("parent") is not None)
    shown = (row for row in rows if not isinstance(row, dict) or not _is_answer(row))
    return [
        {"replyCount": answers[str(row.get("id"))], **row}
        if isinstance(row, dict) and str(row.get("id")) in answers
        else row
        for row in shown
    ]


def _is_answer(row: Mapping[str, Any]) -> bool:
    # `reply` by youtube-comment-downloader.
    return row.get("parent") not in (None, "", "root", 0) or row.get("reply") is True


def _comment(row: object, at: int, findings: Findings, slips: "_Slips") -> Any:
    if not isinstance(row, dict):
        # Models that the program itself makes a document of; anything else is refused by name.
        return row
    slips.look(row)
    comment = _fields(flat(row), _COMMENT, at, findings)
    content = comment.get("content")
    if not isinstance(content, str) or not is_visible(decoded(content)):
        findings.add("comments_left_out", at)
        return None
    return comment


def _fields(
    row: Mapping[str, object],
    fields: Mapping[str, tuple[str, ...]],
    at: int | None,
    findings: Findings,
) -> dict[str, object]:
    made: dict[str, object] = {}
    for field, keys in fields.items():
        value = next((row[key] for key in keys if row.get(key) is not None), None)
        if field in _READ:
            try:
                value = _READ[field](value)
            except ValueError:
                findings.add("comment_values_unread" if at else "video_values_unread", at, field)
                value = None
        most = _CHARS_MAX.get(field)
        if most is not None and isinstance(value, str) and len(value) > most:
            findings.add("comment_texts_cut" if at else "video_texts_cut", at, field)
            value = value[: most - 1] + "…"
        if value is not None:
            made[field] = value
    return made


class _Slips:
    """Tells of keys that are none, but nearly: somebody means them to be read."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._seen = {key for keys in _COMMENT.values() for key in keys}

    def look(self, row: Mapping[str, object]) -> None:
        for key in row.keys() - self._seen:
            if len(self._seen) > _UNKNOWN_KEYS_MAX:
                return
            self._seen.add(key)
            near = difflib.get_close_matches(key.lower()[:40], _KNOWN, n=1, cutoff=_LIKE)
            if near:
                self._findings.add("comment_keys_unknown", what=f"{key[:40]} ({_KNOWN[near[0]]}?)")
