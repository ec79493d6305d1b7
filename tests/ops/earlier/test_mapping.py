"""What becomes of the earlier system's media: nothing is lost in silence, and ids never change."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from app.media.site import MediaSite
from media_jobs.comments import CommentsDocument
from media_jobs.keys import is_input_key, is_output_key
from media_jobs.status import Status
from ops.earlier.bucket_index import BucketIndex, Left, Stored
from ops.earlier.dump import EarlierMedia, EarlierTask
from ops.earlier.mapping import Brought, Version, bring
from ops.earlier.tracks import two_tracks
from tests.ops.earlier.earlier_system import AT, COMMENTS, TRANSLATION, burn, download, media

AS_OF_MS = (AT + 1000) * 1000


def row(**more: Any) -> EarlierMedia:
    given = media(1, **more)
    kept = {name: given[name] for name in given if name in EarlierMedia.__dataclass_fields__}
    return EarlierMedia(**kept)  # type: ignore[arg-type]  # The rows of these tests have the types.


def task(given: dict[str, Any]) -> EarlierTask:
    kept = {name: given[name] for name in given if name in EarlierTask.__dataclass_fields__}
    return EarlierTask(**kept)


def stored(*keys: str, size_bytes: int = 9) -> BucketIndex:
    return BucketIndex(
        Stored(key=key, size_bytes=size_bytes, etag="e", modified_ms=AT * 1000) for key in keys
    )


VIDEO, METADATA = str(media(1)["remote_video_key"]), str(media(1)["remote_metadata_key"])
BURNED = "media/m-1-older/outputs/r1/video.mp4"
BUCKET = stored(VIDEO, METADATA, BURNED)


def of_slot(made: Brought, slot: str) -> list[Version]:
    return [version for version in made.versions if version.slot == slot]


def test_a_media_keeps_its_title_its_address_and_what_its_site_says() -> None:
    made = bring(row(), [], BUCKET, AS_OF_MS)

    assert (made.title, made.created_ms) == ('影片 1: it\'s "odd"', (AT + 1) * 1000)
    assert made.source_url == "https://video.test/watch?v=1"
    site = MediaSite.model_validate(json.loads(made.site or ""))
    assert (site.channel, site.duration_s) == ("A channel", 61)
    assert site.webpage_url == made.source_url


def test_a_downloaded_video_is_an_output_of_its_job_and_the_medias_video() -> None:
    made = bring(row(), [task(download(1))], BUCKET, AS_OF_MS)

    [video], [job] = of_slot(made, "video"), made.jobs
    assert job.outputs["video"].key == video.key
    assert set(job.outputs) == {"video", "metadata"}
    assert is_output_key(video.key, job.job_id)
    assert is_input_key(video.key, made.media_id)
    assert (video.copied_from, video.duration_ms) == (VIDEO, 61_000)
    assert (job.created_ms, job.started_ms, job.finished_ms) == (
        (AT + 1) * 1000,
        (AT + 3) * 1000,
        (AT + 61) * 1000,
    )


def test_a_video_without_a_task_is_an_input() -> None:
    [video] = of_slot(bring(row(), [], BUCKET, AS_OF_MS), "video")

    assert video.key.endswith("/video")
    assert "/inputs/" in video.key


@pytest.mark.parametrize(
    "named",
    [
        {"video_with_subtitles_path": "remote:orchestrator:r1"},
        {"render_subtitles_job_id": "r1"},
    ],
)
def test_a_result_whose_task_is_gone_has_a_job_all_the_same(named: dict[str, str]) -> None:
    made = bring(row(**named), [], BUCKET, AS_OF_MS)
    with_task = bring(row(**named), [task(burn(1))], BUCKET, AS_OF_MS)

    for [job] in (made.jobs, with_task.jobs):
        assert (job.engine, job.status) == ("burner-ffmpeg", Status.COMPLETED)
        assert job.outputs["video"].copied_from == BURNED
        assert is_output_key(job.outputs["video"].key, job.job_id)


def test_a_result_is_found_whatever_the_title_was_when_it_was_made() -> None:
    other = stored(VIDEO, "media/m-1-Ein/anderer Titel…/outputs/r1/video.mp4")

    [job] = bring(row(), [task(burn(1))], other, AS_OF_MS).jobs

    assert "anderer" in job.outputs["video"].copied_from


def test_tasks_that_failed_say_why_without_secrets_and_unfinished_ones_are_counted() -> None:
    tasks = [
        burn(
            1, status="failed", progress=40, error="GET https://x.test/a?X-Amz-Signature=abc: 403"
        ),
        burn(2, status="canceled"),
        burn(3, status="running"),
        download(4, engine="something-else"),
        download(5, engine=None, kind="points"),
    ]
    made = bring(row(), [task({**one, "target_id": "m-1"}) for one in tasks], BUCKET, AS_OF_MS)

    failed, canceled = made.jobs
    assert (failed.status, failed.progress) == (Status.FAILED, 0.4)
    assert "403" in (failed.error or "")
    assert "abc" not in (failed.error or "")
    assert (canceled.status, canceled.error) == (Status.CANCELED, None)
    assert made.left["tasks that had not ended (running)"] == 1
    assert made.left["tasks of something-else"] == 1
    assert made.left["tasks of points"] == 1


def test_cues_of_two_lines_become_an_english_and_a_chinese_track() -> None:
    english, chinese = of_slot(
        bring(row(translation=TRANSLATION), [], BUCKET, AS_OF_MS), "subtitles"
    )

    assert (english.language, english.origin, english.parent_id) == ("en", "transcript", None)
    assert (chinese.language, chinese.origin) == ("zh", "translation")
    assert chinese.parent_id == english.input_id
    assert chinese.created_ms > english.created_ms
    assert english.text == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nIt's a <i>start</i> &amp; more\n\n"
        "00:00:02.000 --> 00:00:03.000\nThe end\n"
    )
    assert chinese.text == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n这是开始\n\n00:00:02.000 --> 00:00:03.000\n结束\n"
    )


def test_a_cue_of_one_line_goes_to_the_track_of_its_language() -> None:
    lines = ("Hello\n你好", "Only English", "只有中文")
    text = "WEBVTT\n\n" + "\n\n".join(
        f"00:0{number}.000 --> 00:0{number}.900\n{line}" for number, line in enumerate(lines)
    )

    english, chinese = two_tracks(text)
    [alone] = two_tracks("WEBVTT\n\n00:00.000 --> 00:01.000\nAlone\n")

    assert english.text.split("\n\n")[1:] == [
        "00:00:00.000 --> 00:00:00.900\nHello",
        "00:00:01.000 --> 00:00:01.900\nOnly English\n",
    ]
    assert "只有中文" in chinese.text
    assert alone.language == "en"
    assert "你好" in chinese.text
    assert [one.language for one in two_tracks("WEBVTT\n\n00:00.000 --> 00:01.000\nAlone\n")] == [
        "en"
    ]


def test_a_transcript_is_a_version_before_the_translation_and_prose_is_counted() -> None:
    heard = "WEBVTT\n\n00:00.000 --> 00:01.000\nWas gesagt wird\n"
    made = bring(
        row(optimized_transcription=heard, transcription="prose", translation=TRANSLATION),
        [],
        BUCKET,
        AS_OF_MS,
    )
    prose = bring(row(transcription="Just what was said."), [], BUCKET, AS_OF_MS)

    first, english, _ = of_slot(made, "subtitles")
    assert (first.language, first.origin) == (None, "transcript")
    assert first.created_ms < english.created_ms
    assert of_slot(prose, "subtitles") == []
    assert prose.left == {"media.transcription that is no subtitles": 1}


def test_comments_become_a_document_with_what_is_known_of_the_video() -> None:
    made = bring(
        row(
            comments=COMMENTS, comments_downloaded_at=AT + 5, view_count=12, translated_title="标题"
        ),
        [],
        BUCKET,
        AS_OF_MS,
    )

    [version] = of_slot(made, "comments-data")
    document = CommentsDocument.model_validate_json(version.text or "")
    assert (document.video.title, document.video.translated_title) == (made.title, "标题")
    assert (document.video.author, document.video.view_count) == ("A channel", 12)
    ann, wang = document.comments
    assert (ann.content, ann.translated_content, ann.likes) == ("Nice\n!", "不错", 3)
    assert ann.avatar_url == "https://a.test/a.jpg"
    assert (wang.author, wang.translated_content) == ("王", None)
    assert version.created_ms == (AT + 5) * 1000


def test_what_cannot_be_read_or_has_no_place_is_counted() -> None:
    made = bring(
        row(comments="{", translation="no cues", view_count=3, url="javascript:alert(1)"),
        [],
        BUCKET,
        AS_OF_MS,
    )
    many = json.dumps([{"content": f"number {n}"} for n in range(700)] + [{"content": ""}])

    assert made.left == {
        "media.comments that cannot be read": 1,
        "media.translation that is no subtitles": 1,
        "media.url that is no address": 1,
    }
    assert made.source_url is None
    assert bring(row(comments=many), [], BUCKET, AS_OF_MS).left == {
        "comments that cannot be shown, or beyond the 500 most liked": 201
    }
    assert bring(row(view_count=3), [], BUCKET, AS_OF_MS).left == {
        "media.view_count of media without comments": 1
    }


def test_a_stored_key_that_the_bucket_has_not_is_named() -> None:
    made = bring(row(), [task(download(1))], stored(METADATA), AS_OF_MS)
    empty = bring(row(), [], stored(VIDEO, METADATA, size_bytes=0), AS_OF_MS)

    assert made.missing == (VIDEO,)
    assert of_slot(made, "video") == []
    assert set(made.jobs[0].outputs) == {"metadata"}
    assert empty.missing == (VIDEO, METADATA)


def test_ids_follow_from_the_earlier_ones_and_a_later_text_is_a_newer_version() -> None:
    given = row(translation=TRANSLATION, comments=COMMENTS)
    tasks = [task(download(1)), task(burn(1))]

    first, again = (bring(given, tasks, BUCKET, AS_OF_MS) for _ in range(2))
    later = bring(replace(given, translation=TRANSLATION + "\n"), tasks, BUCKET, AS_OF_MS + 1000)

    assert first == again
    assert [job.job_id for job in later.jobs] == [job.job_id for job in first.jobs]
    assert of_slot(later, "video") == of_slot(first, "video")
    new, old = of_slot(later, "subtitles"), of_slot(first, "subtitles")
    assert not {one.input_id for one in new} & {one.input_id for one in old}
    assert min(one.created_ms for one in new) > max(one.created_ms for one in old)


def test_texts_that_are_here_already_are_not_made_again() -> None:
    given = row(translation=TRANSLATION, comments=COMMENTS)
    known = {one.input_id for one in bring(given, [], BUCKET, AS_OF_MS).versions}

    again = bring(given, [], BUCKET, AS_OF_MS, known)

    assert [one.slot for one in again.versions] == ["video"]
    assert again.there == {"subtitles": 2, "comments-data": 1}


def test_what_stays_in_the_bucket_is_counted_by_kind_without_this_projects_own() -> None:
    bucket = stored(
        *(VIDEO, METADATA, BURNED),
        "media/m-1-x/asr/results/a1/words.json",
        "media/m-1-x/inputs/comments/latest.json",
        "manifests/jobs/d1.json",
        "manifests/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV.json",
        "media/med_01ARZ3NDEKTSV4RRFFQ69G5FAV/inputs/vid_01ARZ3NDEKTSV4RRFFQ69G5FAV/video",
        "receipts/keys/00ff",
        "something/else",
    )

    assert bucket.left({VIDEO, METADATA}) == {
        "asr": Left(count=1, size_bytes=9),
        "inputs/comments": Left(count=1, size_bytes=9),
        "manifests": Left(count=1, size_bytes=9),
        "others": Left(count=1, size_bytes=9),
        "outputs": Left(count=1, size_bytes=9),
    }
