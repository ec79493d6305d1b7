import json

import pytest

from media_jobs.comments import CommentsDocument
from media_jobs.errors import InvalidInput
from media_jobs.wire import read

COMMENT: dict[str, object] = {"author": "阿明", "content": "好看！😂\n真的"}
VALID: dict[str, object] = {"video": {"title": "A clip"}, "comments": [COMMENT]}


def test_a_title_and_one_comment_are_enough() -> None:
    document = read(CommentsDocument, json.dumps(VALID))

    assert (document.video.title, document.comments[0].likes) == ("A clip", 0)
    assert document.comments[0].content == "好看！😂\n真的"


def test_what_other_tools_add_is_ignored() -> None:
    comment = {**COMMENT, "likes": 12, "replyCount": 3, "avatarUrl": "https://h/a.png", "x": [1]}

    document = read(CommentsDocument, json.dumps({**VALID, "comments": [comment], "source": "y"}))

    assert (document.comments[0].likes, document.comments[0].reply_count) == (12, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"comments": []},
        {"comments": [COMMENT] * 501},
        {"comments": [{**COMMENT, "author": ""}]},
        {"comments": [{**COMMENT, "content": ""}]},
        {"comments": [{**COMMENT, "content": "x" * 5001}]},
        {"comments": [{**COMMENT, "likes": -1}]},
        {"comments": [{**COMMENT, "likes": "12"}]},
        {"comments": [{**COMMENT, "avatarUrl": "file:///etc/passwd"}]},
        {"video": {"title": ""}},
        {"video": {}},
        {"video": None},
    ],
)
def test_a_document_that_breaks_a_rule_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        read(CommentsDocument, json.dumps({**VALID, **change}))
