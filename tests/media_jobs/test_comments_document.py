"""Comments as people and tools export them become the document, and what is lost is told (F12)."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media_jobs.comments import CommentsDocument
from media_jobs.comments.earlier import adopted, downloaded, snapshot
from media_jobs.comments.text import decoded, is_visible
from media_jobs.errors import InvalidInput
from media_jobs.wire import read

CASES = Path(__file__).parents[1] / "vectors/cases/comments"
COMMENT: dict[str, object] = {"author": "阿明", "content": "好看！😂\n真的"}
VALID: dict[str, object] = {"video": {"title": "A clip"}, "comments": [COMMENT]}


def case(name: str) -> CommentsDocument:
    """Read one of the cases."""
    return read(CommentsDocument, (CASES / f"{name}.json").read_bytes())


def of_comments(*comments: object) -> CommentsDocument:
    """Read a document of these comments."""
    return read(CommentsDocument, json.dumps({**VALID, "comments": comments}))


def told(document: CommentsDocument) -> list[str]:
    """Return the notices' codes."""
    return [notice.code for notice in document.notices]


def test_a_title_and_one_comment_are_enough() -> None:
    document = read(CommentsDocument, json.dumps(VALID))

    assert (document.video.title, document.comments[0].likes) == ("A clip", None)
    assert document.comments[0].content == "好看！😂\n真的"
    assert document.notices == ()


def test_what_other_tools_add_is_ignored() -> None:
    comment = {**COMMENT, "likes": 12, "replyCount": 3, "avatarUrl": "https://h/a.png", "x": [1]}

    document = read(CommentsDocument, json.dumps({**VALID, "comments": [comment], "source": "y"}))

    assert (document.comments[0].likes, document.comments[0].reply_count) == (12, 3)
    assert document.notices == ()


@pytest.mark.parametrize(
    "change",
    [
        {"comments": []},
        {"comments": "none"},
        {"comments": ["text"]},
        {"comments": [{**COMMENT, "content": ""}]},
        {"comments": [{**COMMENT, "content": ["x"]}]},
        {"video": {"title": ""}},
        {"video": {}},
        {"video": None},
    ],
)
def test_a_document_without_title_or_comment_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        read(CommentsDocument, json.dumps({**VALID, **change}))


@pytest.mark.parametrize(
    "given_json", ["1", "null", '"text"', "{}", "[]", "[1]", '{"comments": 1}']
)
def test_what_is_no_document_is_refused(given_json: str) -> None:
    with pytest.raises(InvalidInput):
        read(CommentsDocument, given_json)


def test_c01_likes_that_are_not_known_cost_no_comment() -> None:
    document = case("one-bad-of-three")

    assert [comment.likes for comment in document.comments] == [None, None, None]
    assert document.notices == ()


def test_c02_likes_are_read_as_sites_write_them() -> None:
    assert [comment.likes for comment in case("likes-text").comments] == [1200, 12, 12]


@pytest.mark.parametrize(
    ("written", "likes"),
    [
        ("1,234", 1234),
        ("1.234.567", 1_234_567),
        ("3.4M", 3_400_000),
        ("1,2K", 1200),
        ("2 k", 2000),
        ("1.2万", 12_000),
        ("1.2w", 12_000),
        ("3亿", 300_000_000),
        ("5천", 5000),
        ("1,2 тыс.", 1200),
        ("3 Mio.", 3_000_000),
        ("12 likes", None),
        ("1 234", 1234),
        ("1\u202f234\u00a0567", 1_234_567),
        ("1'234", 1234),
        ("2,5 tys.", 2500),
        ("10K+", 10_000),
        ("+5", 5),
        ("1 2", None),
        ("٣", 3),
        (" 7 ", 7),
        ("", None),
        (12.5, None),
        (-1, None),
        (True, None),
        ("many", None),
        ("1.2", None),
        ("9" * 19, None),
        ([], None),
        (1e300, None),
    ],
)
def test_likes_that_are_no_count_are_left_out_and_told(written: object, likes: int | None) -> None:
    document = of_comments({**COMMENT, "likes": written})

    assert document.comments[0].likes == likes
    assert told(document) == (
        [] if likes is not None or written == "" else ["comment_values_unread"]
    )


def test_c03_comments_without_a_name_or_picture_are_taken() -> None:
    assert [comment.author for comment in case("empty-author").comments] == [None, None]
    assert [comment.avatar_url for comment in case("empty-avatar").comments] == [
        None,
        "https://img.example.com/a.png",
    ]


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://h/é.png?a=b%20c", "https://h/%C3%A9.png?a=b%20c"),
        (
            "https://h/a.png?X-Amz-Signature=0%2Fa&x=[1]",
            "https://h/a.png?X-Amz-Signature=0%2Fa&x=[1]",
        ),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("a.png", None),
        ("https://", None),
        ("https://[::1/a", None),
        ("https://u:p@h/a.png", None),
        ({"url": "https://h/a"}, None),
    ],
)
def test_addresses_of_pictures_are_taken_or_told(written: object, url: str | None) -> None:
    document = of_comments({**COMMENT, "avatarUrl": written})

    assert document.comments[0].avatar_url == url
    assert told(document) == ([] if url else ["comment_values_unread"])


def test_c04_numbers_are_identities_and_times() -> None:
    (comment,) = case("number-ids").comments

    assert (comment.id, comment.published_at) == ("12345", "2023-11-14T22:13:20+00:00")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (1_700_000_000_000, "2023-11-14T22:13:20+00:00"),
        ("1700000000", "2023-11-14T22:13:20+00:00"),
        ("2023-11-14T22:13:20Z", "2023-11-14T22:13:20Z"),
        ("3 days ago", "3 days ago"),
        (1e30, None),
        ("x" * 41, None),
        ({}, None),
    ],
)
def test_times_are_taken_or_told(written: object, moment: str | None) -> None:
    document = of_comments({**COMMENT, "publishedAt": written})

    assert document.comments[0].published_at == moment
    assert told(document) == ([] if moment else ["comment_values_unread"])


def test_c05_a_bare_list_and_yt_dlps_file_are_read() -> None:
    bare = case("bare-list")
    assert (bare.video.title, len(bare.comments)) == ("Comments", 2)
    assert told(bare) == ["comments_title_missing"]

    theirs = case("ytdlp-info")
    assert (theirs.video.title, theirs.video.author) == ("A walk along the river", "some channel")
    assert theirs.comments[0].model_dump(exclude_none=True) == {
        "id": "c1",
        "author": "@reader",
        "content": "I liked the second part best.",
        "likes": 3,
        "avatar_url": "https://img.example.com/a.jpg",
        "published_at": "2023-11-14T22:13:20+00:00",
    }
    assert theirs.notices == ()


def test_a_byte_order_mark_before_a_document_costs_nothing() -> None:
    document = read(CommentsDocument, b"\xef\xbb\xbf" + json.dumps(VALID).encode())

    assert document.video.title == "A clip"


def test_answers_in_yt_dlps_file_are_counted_and_left_out() -> None:
    rows = [
        {"id": "c1", "text": "first", "parent": "root"},
        {"id": "c2", "text": "answer", "parent": "c1"},
        {"id": "c3", "text": "answer", "parent": "c1"},
    ]

    document = read(CommentsDocument, json.dumps({"title": "T", "comments": rows}))

    assert [(c.content, c.reply_count) for c in document.comments] == [("first", 2)]


def test_c06_a_comment_may_have_as_many_letters_as_the_site_allows() -> None:
    (whole,) = of_comments({**COMMENT, "content": "x" * 10_000}).comments
    assert len(whole.content) == 10_000

    longer = of_comments({**COMMENT, "content": "x" * 10_001})
    assert longer.comments[0].content == "x" * 9_999 + "…"
    assert told(longer) == ["comment_texts_cut"]


def test_c06_of_many_comments_those_with_the_most_likes_are_taken() -> None:
    given = [{**COMMENT, "id": str(n), "likes": n % 1000} for n in range(10_000)]
    given[5]["likes"] = None

    document = of_comments(*given)

    # Of 0 to 999 likes ten each: the fifty highest counts, in the document's order among equals.
    assert [comment.id for comment in document.comments[:11]] == [
        *(str(n) for n in range(999, 10_000, 1000)),
        "998",
    ]
    assert len(document.comments) == 500
    assert document.comments[-1].id == "9950"
    assert [notice.message for notice in document.notices] == [
        "Of 10000 comments the 500 with the most likes were taken."
    ]


def test_c07_a_comment_of_which_nothing_can_be_seen_is_left_out_and_told() -> None:
    document = case("invisible")

    assert [(c.author, c.content) for c in document.comments] == [
        (None, "The author is three spaces.")
    ]
    assert [(notice.code, notice.at) for notice in document.notices] == [
        ("comments_left_out", (1,))
    ]


@pytest.mark.parametrize(
    "text", ["\u2800\n\u2800", "\u3164", "&nbsp;&#8203;", "<br>", "\u200d\ufe0f"]
)
def test_blanks_of_any_kind_are_nothing_to_see(text: str) -> None:
    with pytest.raises(InvalidInput):
        of_comments({**COMMENT, "content": text})


def test_c08_html_is_read_as_text_when_it_is_drawn() -> None:
    document = case("entities").without_html()

    assert document.video.title == "Salt & pepper"
    assert document.comments[0].content == "Salt & pepper, '98 <3 \nnext line 2:34"


@pytest.mark.parametrize("text", ["a < b && b > c", "<3 <3", "R&D", "x <y> z", "if (a<b) {}"])
def test_what_is_no_html_stays(text: str) -> None:
    assert decoded(text) == text


def test_a_translation_may_stand_first_where_there_is_one() -> None:
    given = {"video": {"title": "T"}, "comments": [{**COMMENT, "translatedContent": "x"}, COMMENT]}

    document = read(CommentsDocument, json.dumps(given)).translation_first()

    assert (document.video.title, document.video.translated_title) == ("T", None)
    assert [(c.content, c.translated_content) for c in document.comments] == [
        ("x", COMMENT["content"]),
        (COMMENT["content"], None),
    ]


def test_c13_a_slip_in_a_fields_name_is_told() -> None:
    assert [notice.message for notice in case("translation-typo").notices] == [
        "Fields that are not known were ignored: translatedcontent (translatedContent?)."
    ]


def test_thousands_of_unknown_fields_are_no_work() -> None:
    document = of_comments(*({**COMMENT, f"contents{n}": 1} for n in range(400)))

    assert len(document.notices[0].what) <= 100


@pytest.mark.parametrize("name", [path.stem for path in sorted(CASES.glob("*.json"))])
def test_what_is_stored_is_read_again_as_it_was(name: str) -> None:
    document = case(name)

    again = read(CommentsDocument, document.model_dump_json(by_alias=True, exclude_none=True))

    assert again.comments == document.comments
    assert again.video == document.video
    assert again.notices == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
_ROW = st.dictionaries(
    st.sampled_from(["author", "content", "text", "likes", "avatarUrl", "id", "timestamp"]), _JSON
)


@pytest.mark.heavy
@settings(max_examples=40)
@given(st.lists(_ROW | _JSON, max_size=4))
def test_any_json_is_read_or_refused(rows: list[object]) -> None:
    try:
        document = of_comments(*rows)
    except InvalidInput:
        return
    assert all(is_visible(decoded(comment.content)) for comment in document.comments)


@pytest.mark.parametrize(
    ("video", "code"),
    [
        ({"title": "A clip", "likeCount": {}, "viewCount": [1]}, "video_values_unread"),
        ({"title": "A" * 5000, "author": "B" * 5000}, "video_texts_cut"),
    ],
)
def test_what_is_odd_about_the_video_is_told_without_a_comment_s_number(
    video: dict[str, object], code: str
) -> None:
    document = read(CommentsDocument, json.dumps({**VALID, "video": video}))

    (notice,) = document.notices
    assert (notice.code, notice.at) == (code, ())
    assert "video" in notice.message


def test_a_document_of_the_earlier_system_is_read() -> None:
    video = {"title": "A talk", "translatedTitle": "演讲", "viewCount": 12, "series": "talks"}
    comment = {"id": "c1", "author": "Ann", "authorThumbnail": "https://a.example/1", "likes": 3}
    given = {"videoInfo": video, "comments": [{**comment, "content": "Well said"}]}

    document = read(CommentsDocument, json.dumps(given))

    assert (document.video.title, document.video.translated_title) == ("A talk", "演讲")
    assert document.comments[0].avatar_url == "https://a.example/1"
    assert document.notices == ()


def test_comments_go_to_the_earlier_system_and_come_back_as_they_were() -> None:
    document = of_comments({**COMMENT, "id": "c1", "likes": 3, "avatarUrl": "https://a.example/1"})

    back = adopted(json.dumps(downloaded(document)))

    assert back is not None
    assert back.comments == document.comments
    assert downloaded(document)["comments"][0]["translatedContent"] == ""
    assert read(CommentsDocument, json.dumps(snapshot(document))).comments == document.comments


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"comments":[]}', '{"comments":[{}]}'])
def test_what_holds_no_comments_is_not_taken_for_them(text: str) -> None:
    assert adopted(text) is None
