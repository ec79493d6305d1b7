"""Comments as sites answer them and exporters write them are read, with who wrote them (F12)."""

import json

import pytest

from media_jobs.comments import CommentsDocument
from media_jobs.comments.text import decoded
from media_jobs.wire import read


def told(document: CommentsDocument) -> list[str]:
    """Return the notices' codes."""
    return [notice.code for notice in document.notices]


_USER = {"id": "9", "name": "Ann", "profile_image_url": "https://a.example/p.jpg"}
_SIZES = {"url_list": ["https://a.example/p.jpg", "https://b.example/p.jpg"]}
_BILIBILI = {
    "rpid": 1,
    "like": 12,
    "rcount": 3,
    "content": {"message": "Hi"},
    "replies": [{"rpid": 2}],
    "member": {"uname": "Ann", "avatar": "https://a.example/p.jpg"},
}
_TIKTOK = {
    "cid": "1",
    "text": "Hi",
    "digg_count": 12,
    "reply_comment_total": 3,
    "user": {"nickname": "Ann", "unique_id": "ann", "avatar_thumb": _SIZES},
}
_YOUTUBE = {"textOriginal": "Hi", "authorDisplayName": "Ann", "likeCount": 12}
_THREAD = {
    "id": "1",
    "snippet": {
        "topLevelComment": {
            "snippet": {**_YOUTUBE, "authorProfileImageUrl": _SIZES["url_list"][0]}
        },
        "totalReplyCount": 3,
    },
}
_METRICS = {"like_count": 12, "reply_count": 3}


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 0, "data": {"cursor": {}, "replies": [_BILIBILI]}},
        [_BILIBILI],
        {"status_code": 0, "comments": [_TIKTOK]},
        {"items": [_THREAD]},
        [_THREAD],
        [{"items": [_THREAD]}],
        {
            "ok": 1,
            "data": [
                {
                    "text": "Hi",
                    "id": 1,
                    "total_number": 3,
                    "like_counts": 12,
                    "user": {"screen_name": "Ann", **_USER},
                }
            ],
        },
        {
            "ok": 1,
            "data": {
                "data": [
                    {"text": "Hi", "id": 1, "total_number": 3, "like_count": "12", "user": _USER}
                ]
            },
        },
        {
            "data": [{"id": "1", "text": "Hi", "author_id": "9", "public_metrics": _METRICS}],
            "includes": {"users": [_USER]},
        },
        {
            "ancestors": [],
            "descendants": [
                {
                    "id": "1",
                    "content": "Hi",
                    "favourites_count": 12,
                    "replies_count": 3,
                    "account": {"display_name": "Ann", "avatar": _SIZES["url_list"][0]},
                }
            ],
        },
    ],
)
def test_what_sites_answer_is_read_with_its_authors(answer: object) -> None:
    document = read(CommentsDocument, json.dumps(answer))

    (comment,) = document.comments
    assert (comment.id, comment.author, comment.content) == ("1", "Ann", "Hi")
    assert (comment.likes, comment.reply_count) == (12, 3)
    assert comment.avatar_url == "https://a.example/p.jpg"
    assert told(document) == ["comments_title_missing"]


def test_a_listing_of_reddit_is_its_post_and_the_comments_below() -> None:
    post = {"kind": "t3", "data": {"title": "A bridge", "author": "op"}}
    first = {"id": "1", "author": "Ann", "body": "Hi", "score": 12, "replies": {"kind": "Listing"}}
    pages = [[post], [{"kind": "t1", "data": first}, {"kind": "more", "data": {"count": 3}}]]
    listings = [{"kind": "Listing", "data": {"children": page}} for page in pages]

    document = read(CommentsDocument, json.dumps(listings))

    assert (document.video.title, document.video.author) == ("A bridge", "op")
    assert [(c.author, c.content, c.likes) for c in document.comments] == [("Ann", "Hi", 12)]
    assert document.notices == ()


def test_comments_without_an_identity_are_no_answers_to_one_another() -> None:
    rows = [{"text": "one"}, {"text": "two", "replies": "5"}, {"text": "three", "reply": True}]

    document = read(CommentsDocument, json.dumps({"title": "T", "comments": rows}))

    assert [(c.content, c.reply_count) for c in document.comments] == [("one", None), ("two", 5)]


def test_a_title_of_which_nothing_can_be_seen_is_none() -> None:
    document = read(
        CommentsDocument,
        json.dumps({"video": {"title": " \u200b"}, "comments": [{"content": "Hi"}]}),
    )

    assert document.video.title == "Comments"
    assert told(document) == ["comments_title_missing"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p class='x'>two</p>", "One\ntwo"),
        ("<div>One</div> <div>two</div>", "One\ntwo"),
        ("<ul><li>One</li><li>two</li></ul>", "One\ntwo"),
        ('So funny <img alt="[laughs]" src="https://a.example/x.png">!', "So funny [laughs]!"),
        ("So funny <img src=x.png alt=[laughs]>", "So funny [laughs]"),
        ("A picture: <img src='x.png'/>.", "A picture: ."),
    ],
)
def test_paragraphs_and_pictures_of_html_leave_lines_and_words(html: str, text: str) -> None:
    assert decoded(html) == text


def test_c05_what_youtubes_interface_answers_is_read() -> None:
    said = {"textDisplay": "Hi", "authorDisplayName": "A", "likeCount": 3}
    thread = {"topLevelComment": {"id": "c", "snippet": said}, "totalReplyCount": 2}

    document = read(CommentsDocument, json.dumps({"items": [{"snippet": thread}, {"odd": 1}]}))

    (comment,) = document.comments
    assert (comment.content, comment.author) == ("Hi", "A")
    assert (comment.likes, comment.reply_count) == (3, 2)
    assert told(document) == ["comments_title_missing", "comments_left_out"]


@pytest.mark.parametrize(
    "row",
    [
        {"cid": "x", "text": "Hi", "votes": "1.2K", "photo": "https://a.example/p.jpg"},
        {"id": "x", "body": "Hi", "score": 1200, "avatar_url": "https://a.example/p.jpg"},
        {"id": "x", "content": "<p>Hi</p>", "favourites_count": 1200},
    ],
)
def test_comments_of_other_exporters_are_read(row: dict[str, object]) -> None:
    (comment,) = read(CommentsDocument, json.dumps([row])).without_html().comments

    assert (comment.id, comment.content, comment.likes) == ("x", "Hi", 1200)
