"""What saved files are called."""

import pytest

from media_jobs.file_names import file_stem, output_file_name


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Clip", "Clip"),
        (" ../../etc/passwd ", "etc passwd"),
        ("a\u202egpj.exe\r\nb", "a gpj.exe b"),
        ("x" * 300, "x" * 180),
        ("蜜蜂" * 100, "蜜蜂" * 30),
        ("a" + "😀" * 100, "a" + "😀" * 44),
        ("con", "_con"),
        ("LPT1.talk", "_LPT1.talk"),
        ("Concert", "Concert"),
        *((title, None) for title in (None, "", "Untitled", "https://v.test/a", "...", "?*")),
    ],
)
def test_a_file_s_name_has_nothing_that_a_system_refuses(
    title: str | None, stem: str | None
) -> None:
    assert file_stem(title) == stem


@pytest.mark.parametrize(
    ("engine", "slot", "stored", "languages", "name"),
    [
        ("burner-ffmpeg", "video", "video.mp4", "zh", "talk.zh.burned.mp4"),
        ("burner-ffmpeg", "video", "video.mp4", "zh+en", "talk.zh+en.burned.mp4"),
        ("burner-ffmpeg", "video", "video.mp4", None, "talk.burned.mp4"),
        (
            *("burner-ffmpeg", "contactSheet", "contact-sheet.jpg", "zh"),
            "talk.zh.burned.contact-sheet.jpg",
        ),
        ("renderer-remotion", "video", "video.mp4", None, "talk.comments.mp4"),
        ("media-downloader", "video", "video.mp4", None, "talk.mp4"),
        ("media-downloader", "audioSource", "audio-source.mka", None, "talk.audio-source.mka"),
        ("media-downloader", "subtitles2", "subtitles2.vtt", "fr", "talk.fr.vtt"),
        ("media-downloader", "subtitles2", "subtitles2.vtt", None, "talk.subtitles2.vtt"),
        ("asr-pipeline", "subtitles", "subtitles.vtt", "en", "talk.en.vtt"),
        ("asr-pipeline", "text", "transcript.txt", "en", "talk.en.transcript.txt"),
        ("of-a-newer-version", "video", "video.webm", None, "talk.webm"),
    ],
)
def test_an_output_is_named_after_its_media_its_language_and_what_was_done(
    engine: str, slot: str, stored: str, languages: str | None, name: str
) -> None:
    assert output_file_name("talk", engine, slot, stored, languages) == name
