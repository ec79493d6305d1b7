"""The cover's title is set in lines of about one length."""

import pytest
from remotion.composition import compose

from media_jobs.comments import CommentsDocument
from media_jobs.engines.remotion.options import CommentsOptions


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Big Buck Bunny: how the meadow was made", ["Big Buck Bunny: how", "the meadow was made"]),
        ("Short", ["Short"]),
        # Without spaces between words there is nothing to win, and words are never cut for it.
        (
            "一个很长的标题，看看它是怎么换行的，应该保持原样才对吧再来一点点字",
            ["一个很长的标题，看看它是怎么换行", "的，应该保持原样才对吧再来一点点字"],
        ),
    ],
)
def test_no_word_of_the_covers_title_stands_alone(title: str, lines: list[str]) -> None:
    document = CommentsDocument.model_validate(
        {"video": {"title": title}, "comments": [{"author": "a", "content": "b"}]}
    )

    page = compose(document, CommentsOptions(), source_size=(16, 9)).page

    assert [line.text for line in page.title.lines] == lines
