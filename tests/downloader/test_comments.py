"""The comments document, from yt-dlp's comments of shapes that sites are known for."""

from downloader.comments import document_from_info


def test_the_fields_of_a_comment_are_taken_over() -> None:
    row = {
        "id": "Ugx1",
        "parent": "root",
        "text": " Great <b>film</b> \U0001f600 ",
        "author": "@mira",
        "author_thumbnail": "https://img.example/a=s88-c-k",
        "like_count": 4211,
        "timestamp": 1_700_000_000,
        "is_pinned": True,
    }

    document = document_from_info({"title": "T", "comments": [row]}, count_max=5)

    assert document is not None
    assert document.comments[0].model_dump(exclude_none=True) == {
        "id": "Ugx1",
        "author": "@mira",
        "content": " Great <b>film</b> \U0001f600 ",
        "likes": 4211,
        "avatar_url": "https://img.example/a=s88-c-k",
        "published_at": "2023-11-14T22:13:20+00:00",
    }


def test_odd_rows_are_passed_over_and_what_is_too_long_is_cut() -> None:
    rows: list[object] = [
        None,
        {"id": 7, "text": "\u200b "},
        {"id": 8, "text": "x" * 12_000, "like_count": -1, "author_thumbnail": "file:///etc/passwd"},
        {"text": "y", "author": "", "timestamp": 1e30},
    ]

    document = document_from_info({"comments": rows}, count_max=5)

    assert document is not None
    assert document.video.title == "Untitled"
    assert [(c.author, len(c.content), c.likes, c.avatar_url) for c in document.comments] == [
        (None, 10_000, None, None),
        (None, 1, None, None),
    ]
    assert [(notice.code, notice.at) for notice in document.notices] == [
        ("comment_texts_cut", (1,)),
        ("comment_values_unread", (1, 2)),
    ]


def test_the_first_comments_of_the_site_are_taken_and_their_answers_counted() -> None:
    rows = [{"id": f"c{n}", "text": f"{n}", "like_count": n} for n in range(600)]
    answer = {"id": "a", "parent": "c1", "text": "No."}

    document = document_from_info({"title": "T", "comments": [*rows, answer]}, count_max=3)

    assert document is not None
    assert [(c.id, c.reply_count) for c in document.comments] == [
        ("c0", None),
        ("c1", 1),
        ("c2", None),
    ]


def test_a_picture_is_kept_without_what_gives_access_to_it() -> None:
    row = {"text": "x", "author_thumbnail": "https://img.example/a?w=88&X-Amz-Signature=1"}

    document = document_from_info({"title": "T", "comments": [row]}, count_max=3)

    assert document is not None
    assert document.comments[0].avatar_url == "https://img.example/a?w=88"


def test_without_comments_there_is_no_document() -> None:
    assert document_from_info({"title": "T", "comments": None}, count_max=5) is None
    assert document_from_info({"title": "T"}, count_max=5) is None
