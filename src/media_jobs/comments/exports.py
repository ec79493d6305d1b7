"""What sites' interfaces answer for comments, as rows with fields of their own. Pure.

Known are YouTube (v3), Bilibili, Weibo, Douyin and TikTok, Reddit's listings, X (v2), Mastodon,
Instagram and Facebook: each wraps its comments, and puts who wrote one in an object of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Exported", "exported", "flat"]

Exported = tuple[Mapping[str, object], Sequence[object]]
"""What is said of the video (Reddit's post), and the comments."""

_LISTS = ("comments", "items", "replies", "descendants", "children", "data")
_DEEPEST = 4
_PEOPLE = ("member", "user", "account", "author", "from", "owner")
_NAMES = (
    *("uname", "nickname", "screen_name", "display_name", "displayName", "name", "username"),
    *("unique_id", "acct"),
)
_PORTRAITS = (
    *("avatar", "avatar_thumb", "avatarThumb", "profile_image_url", "profile_image_url_https"),
    *("avatar_url", "profile_pic_url", "picture"),
)
_TEXTS = ("message", "text", "simpleText", "content")
_LISTING = "Listing"
_POST, _COMMENT = "t3", "t1"


def exported(given: object) -> Exported | None:
    """Return the comments in an answer, or in a list of such pages; None where there are none."""
    if isinstance(given, dict):
        rows = _rows(given, _DEEPEST)
        return None if rows is None else ({}, _with_authors(given, rows))
    if not isinstance(given, list) or not given:
        return None
    pages = [_rows(page, _DEEPEST) if _is_page(page) else None for page in given]
    if None in pages:
        return {}, given
    rows = [row for page in pages for row in page or ()]
    posts = [row["data"] for row in rows if _kind(row) == _POST]
    post = posts[0] if posts and isinstance(posts[0], dict) else {}
    return post, [row for row in rows if _kind(row) in (None, _COMMENT)]


def flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a comment that lie in objects of its row beside those that do not."""
    if _kind(row) == _COMMENT and isinstance(row.get("data"), dict):
        row = row["data"]
    row = _of_thread(row)
    found = dict(row)
    metrics = row.get("public_metrics")
    if isinstance(metrics, dict):
        found |= metrics
    person = next((row[key] for key in _PEOPLE if isinstance(row.get(key), dict)), None)
    if person is not None:
        found["author"] = _first(person, _NAMES)
        found.setdefault("avatar_url", _address(_first(person, _PORTRAITS)))
    if isinstance(row.get("replies"), int | str):
        found.setdefault("replyCount", row["replies"] or None)
    if isinstance(row.get("content"), dict):
        found["content"] = _text(row["content"])
    return found


def _is_page(page: object) -> bool:
    """Whether *page* has comments, and is none: a comment may have answers."""
    wraps = ("items", "data", "descendants", "comments")
    return isinstance(page, dict) and any(isinstance(page.get(key), list | dict) for key in wraps)


def _rows(given: Mapping[str, Any], depth: int) -> list[Any] | None:
    for key in _LISTS:
        found = given.get(key)
        if isinstance(found, list):
            return found
    inner = given.get("data")
    return _rows(inner, depth - 1) if isinstance(inner, dict) and depth > 0 else None


def _with_authors(given: Mapping[str, Any], rows: Sequence[Any]) -> list[Any]:
    """Return X's *rows* with their authors, which stand apart; others as they are.

    https://docs.x.com/x-api/fundamentals/expansions
    """
    includes = given.get("includes")
    users = includes.get("users") if isinstance(includes, dict) else None
    known = {
        user["id"]: user
        for user in (users if isinstance(users, list) else ())
        if isinstance(user, dict) and isinstance(user.get("id"), str)
    }
    return [
        {**row, "user": known[row["author_id"]]}
        if isinstance(row, dict) and row.get("author_id") in known
        else row
        for row in rows
    ]


def _kind(row: object) -> object:
    """Return what Reddit says that *row* is; None for what has no such wrapping."""
    wrapped = isinstance(row, dict) and isinstance(row.get("data"), dict)
    return row.get("kind") if isinstance(row, dict) and wrapped else None


def _of_thread(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the comment that an item of YouTube's `commentThreads` begins with, or that is one.

    https://developers.google.com/youtube/v3/docs/commentThreads#resource
    """
    said = row.get("snippet")
    if not isinstance(said, dict):
        return row
    first = said.get("topLevelComment")
    fields = first.get("snippet") if isinstance(first, dict) else None
    if isinstance(fields, dict):
        return {"id": row.get("id"), "totalReplyCount": said.get("totalReplyCount"), **fields}
    return {"id": row.get("id"), **said}


def _first(fields: Mapping[str, Any], keys: Sequence[str]) -> Any:
    return next((fields[key] for key in keys if fields.get(key)), None)


def _address(portrait: Any) -> Any:
    """Return the first address of a picture that is there in several sizes."""
    while isinstance(portrait, dict | list) and portrait:
        portrait = portrait[0] if isinstance(portrait, list) else _first(portrait, _SIZES)
    return portrait or None


_SIZES = ("url_list", "url", "data")


def _text(content: Mapping[str, Any]) -> str | None:
    runs = content.get("runs")
    if isinstance(runs, list):
        return "".join(_said(runs))
    text = _first(content, _TEXTS)
    return text if isinstance(text, str) else None


def _said(runs: Sequence[Any]) -> Iterator[str]:
    for run in runs:
        text = run.get("text") if isinstance(run, dict) else None
        yield text if isinstance(text, str) else ""
