"""What the commands decide before and after the calls: names of files, refusals, what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import typer
from vidgen.client import Client
from vidgen.commands import jobs, make, results
from vidgen.commands.console import options_of
from vidgen.commands.parameters import Making
from vidgen.commands.targets import beside, check_target, named_after
from vidgen.errors import NotFound, TransferFailed
from vidgen.flows import Progress
from vidgen.models import Artifact, Job, Why

NOW = 1795460000000


def job(status: str = "completed", **outputs: str) -> Job:
    """Return a job that has made *outputs*: content types by slot."""
    made = {
        slot: {
            "url": "https://o.test/a",
            "downloadUrl": "https://o.test/b",
            "expiresAt": NOW,
            "sizeBytes": 5,
            "contentType": kind,
        }
        for slot, kind in outputs.items()
    }
    document = {
        "jobId": "job_01M8CJK295QT76VTYJD7E4A8CE",
        "mediaId": "med_1",
        "engine": "media-downloader",
        "status": status,
        "artifacts": made,
        "createdAt": NOW,
        "updatedAt": NOW,
    }
    return Job.model_validate(document)


class FakeClient:
    """A client whose results are saved, or cannot be."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.saved: list[tuple[str, Path]] = []

    def save(self, job_id: str, slot: str, path: Path, progress: Progress) -> Artifact | None:
        if self.error is not None:
            raise self.error
        self.saved.append((slot, path))
        return None


class Knowing(FakeClient):
    """A client that knows one thing of each result."""

    def why(self, job_id: str) -> Why:
        notice = {"code": "cues_smaller", "message": f"Smaller in {job_id}."}
        return Why.model_validate({"summary": "Done.", "notices": [notice]})


def test_what_there_is_to_know_of_a_result_is_said() -> None:
    told: list[str] = []
    made = job(video="video/mp4")

    results.tell_notices(cast(Client, Knowing()), made, Progress(notice=told.append))

    assert told == [f"Smaller in {made.job_id}."]


def saved(client: FakeClient, made: Job, target: Path) -> Path:
    return results.save_result(cast(Client, client), made, target, Progress())


# --- where results go -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://example.com/films/holiday.mp4", "holiday.mp4"),
        ("https://example.com/holiday.webm?token=secret#t=5", "holiday.mp4"),
        ("https://example.com/%E5%AD%97%E5%B9%95.mkv", "字幕.mp4"),
        ("https://example.com/a%2Fb%00c.mp4", "b_c.mp4"),
        ("https://example.com/..%2f..%2fetc.mp4", "etc.mp4"),
        ("https://example.com/watch?v=1.mp4", "download.mp4"),
        ("https://example.com/", "download.mp4"),
        ("https://example.com/.mp4", "download.mp4"),
    ],
)
def test_a_download_is_named_after_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)

    assert named_after(address) == Path(name)


def test_a_download_without_a_name_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("holiday.mp4", "holiday-2.mp4"):
        (tmp_path / name).touch()

    assert named_after("https://example.com/holiday.mp4") == Path("holiday-3.mp4")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_d23_a_file_of_cookies_is_read_as_it_was_saved(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "cookies.txt").write_text("a=é", encoding=encoding)

    assert make._text_of(tmp_path / "cookies.txt") == "a=é"


def test_the_video_is_saved_before_all_else() -> None:
    client = FakeClient()

    target = saved(client, job(poster="image/jpeg", video="video/mp4"), Path("a.mp4"))

    assert (target, client.saved) == (Path("a.mp4"), [("video", Path("a.mp4"))])


def test_of_a_transcript_the_subtitles_are_saved_and_where_nobody_speaks_what_is_known() -> None:
    client = FakeClient()
    made = {"metadata": "application/json", "words": "application/json"}
    heard = job(**made, subtitles="text/vtt").model_copy(update={"engine": "asr-pipeline"})
    silent = job(**made).model_copy(update={"engine": "asr-pipeline"})

    saved(client, heard, Path("a.vtt"))
    saved(client, silent, Path("b.vtt"))

    assert client.saved == [("subtitles", Path("a.vtt")), ("metadata", Path("b.json"))]


def test_what_is_no_video_is_not_called_one() -> None:
    client = FakeClient()

    target = saved(client, job(metadata="application/json; charset=utf-8"), Path("a.mp4"))

    assert (target, client.saved) == (Path("a.json"), [("metadata", Path("a.json"))])


@pytest.mark.parametrize("error", [TransferFailed("cut"), OSError(28, "No space left", "a.mp4")])
def test_a_result_that_cannot_be_saved_can_be_fetched_later(
    capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    with pytest.raises(type(error)):
        saved(FakeClient(error), job(video="video/mp4"), Path("a.mp4"))

    assert "vidgen save job_01M8CJK295QT76VTYJD7E4A8CE video" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path) -> None:
    assert not check_target(tmp_path / "out.mp4")
    for target in (tmp_path / "none" / "out.mp4", tmp_path):
        with pytest.raises(typer.BadParameter):
            check_target(target, force=True)


def test_u07_no_file_that_is_read_is_written_over_by_whatever_name(tmp_path: Path) -> None:
    source = tmp_path / "talk.mp4"
    source.write_bytes(b"video")
    (tmp_path / "link.mp4").hardlink_to(source)
    (tmp_path / "soft.mp4").symlink_to(source)
    part = tmp_path / "out.mp4.part"
    part.write_bytes(b"video")

    for target, reads in (
        (source, source),
        (tmp_path / "link.mp4", source),
        (tmp_path / "soft.mp4", source),
        (tmp_path / "out.mp4", part),
    ):
        with pytest.raises(typer.BadParameter, match="is what is read"):
            check_target(target, reads, force=True)


def test_another_file_is_replaced_only_if_that_is_wanted(tmp_path: Path) -> None:
    there = tmp_path / "out.mp4"
    there.write_bytes(b"of yesterday")

    # No terminal is here to ask at.
    with pytest.raises(typer.BadParameter, match="--force replaces it"):
        check_target(there)
    assert check_target(there, force=True)


def test_a_result_that_nobody_has_named_replaces_nothing(tmp_path: Path) -> None:
    source = tmp_path / "talk.mp4"
    (tmp_path / "talk.burned.mp4").touch()

    assert beside(source, "burned") == tmp_path / "talk.burned-2.mp4"


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    client, target = FakeClient(), tmp_path / "a.mp4"
    target.touch()

    assert saved(client, job(video="video/mp4"), target) == tmp_path / "a-2.mp4"


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("Ein Vortrag.zh.burned.mp4", "Ein Vortrag.zh.burned.mp4"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("..", "result"),
        (None, "job_01M8CJK295QT76VTYJD7E4A8CE-video.mp4"),
    ],
)
def test_an_output_is_saved_by_the_name_that_the_app_says_in_this_folder(
    file_name: str | None, name: str
) -> None:
    made = job(video="video/mp4")
    named = made.artifacts["video"].model_copy(update={"file_name": file_name})
    made = made.model_copy(update={"artifacts": {"video": named}})

    assert jobs.file_name_of(made, "video") == name


# --- what a job is made of ------------------------------------------------------------------------


def test_a_video_file_needs_what_is_drawn_into_it_and_a_media_has_it(tmp_path: Path) -> None:
    video = tmp_path / "talk.mp4"
    video.touch()

    with pytest.raises(typer.BadParameter, match="file is needed"):
        results.video_of(str(video), "SUBTITLES", None)
    assert results.video_of(str(video), "SUBTITLES", tmp_path / "talk.vtt") == video
    assert results.video_of("med_01", "SUBTITLES", None) == "med_01"


def test_what_is_said_of_a_file_that_is_not_given_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="subtitles file"):
        make.burn("med_01", encoding="gbk", making=Making())
    with pytest.raises(typer.BadParameter, match="subtitles file"):
        make.burn("med_01", language="en", making=Making())
    with pytest.raises(typer.BadParameter, match="second track"):
        make.burn("med_01", secondary_language="en", making=Making())


def test_flags_stand_above_settings_and_settings_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text('{"preset": "minimal", "codec": "av1", "style": {"fontSize": 20}}')

    options = options_of(file, ["codec=hevc", "style.bold=true"], {"codec": None, "preset": "bold"})

    assert options == {
        "preset": "bold",
        "codec": "hevc",
        "style": {"fontSize": 20, "bold": True},
    }


@pytest.mark.parametrize("setting", ["style", "=5", "codec.x=1"])
def test_a_setting_that_is_none_is_refused(setting: str) -> None:
    with pytest.raises(typer.BadParameter):
        options_of(None, ["codec=av1", setting], {})


# --- what is shown --------------------------------------------------------------------------------


def test_of_several_jobs_each_is_done_and_every_failure_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def cancel(name: str) -> str:
        if name.startswith("bad"):
            raise NotFound(404, "not_found", f"There is no job {name}.")
        return "canceled"

    with pytest.raises(NotFound, match="bad_1"):
        jobs._each(["bad_1", "good", "bad_2"], cancel)

    told = capsys.readouterr()
    assert told.out == "good canceled\n"
    assert "bad_2" in told.err and "bad_1" not in told.err
