"""Notices: told once for each code, with the first of their places."""

from media_jobs.notices import Findings, Notice, NoticeDocument, listed


def test_what_is_met_again_in_the_same_place_is_told_once() -> None:
    findings = Findings()
    findings.add("comment_values_unread", 2, "likes")
    findings.add("comment_texts_cut", 2, "content")
    findings.add("comment_values_unread", 2, "publishedAt")
    findings.add("comment_values_unread", 3, "likes")

    assert findings.notices() == (
        Notice(code="comment_values_unread", at=(2, 3), what=("likes", "publishedAt")),
        Notice(code="comment_texts_cut", at=(2,), what=("content",)),
    )


def test_places_are_counted_from_the_beginning_of_what_was_handed_in() -> None:
    findings = Findings(before=4)
    findings.add("cue_text_cut", 1)
    findings.add("regions_not_drawn")

    assert findings.notices() == (
        Notice(code="cue_text_cut", at=(5,)),
        Notice(code="regions_not_drawn"),
    )


def test_of_very_many_places_the_first_are_kept_and_the_others_counted() -> None:
    findings = Findings()
    for line in range(1, 151):
        findings.add("cue_text_cut", line)
        findings.add("cue_text_cut", line)

    (notice,) = findings.notices()

    assert (notice.at, notice.more) == (tuple(range(1, 101)), 50)
    assert notice.values == {"at": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … (+140)"}
    assert notice.message.endswith(": line 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 … (+140).")


def test_a_list_ends_with_how_many_are_not_named() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b"], more=1) == "a, b … (+1)"
    assert listed(range(12)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 … (+2)"


def test_a_notice_is_shown_with_its_first_place_and_with_what_other_languages_need() -> None:
    notice = Notice(code="cues_smaller", cues=(4, 9), track="en")

    assert notice.document.model_dump(by_alias=True) == {
        "code": "cues_smaller",
        "message": "Of the subtitles en: Text set smaller so that it fits the picture: cue 4, 9.",
        "messageKey": "notice.cues_smaller",
        "messageValues": {"cues": "4, 9"},
        "cue": 4,
        "track": "en",
    }
    text = notice.document.model_dump_json(by_alias=True)
    assert NoticeDocument.model_validate_json(text) == notice.document
