"""What kind of subtitles a file holds, told by its content."""

import pytest

from media_jobs.subtitle_files import subtitle_kind

CUE = "00:00:01,000 --> 00:00:02,000\nhello\n"
SCRIPT = "[Script Info]\n\n[Events]\n"
DIALOGUE = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,hello\n"


def kind_of(text: str) -> str | None:
    kind = subtitle_kind(text)
    return None if kind is None else kind.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n", "WebVTT"),
        ("WEBVTT\n", None),
        (f"1\n{CUE}", "SubRip"),
        (f"1\r\n \t{CUE}", "SubRip"),
        (f"\n\n\n1\n\n{CUE}", "SubRip"),
        ("1\n0:01.5-->0:02.5", "SubRip"),
        ("1\n00:00:01,000 -->\n00:00:02,000\nhello\n", None),
        (f"; made by hand\n{SCRIPT}{DIALOGUE}", "ASS"),
        (f"{SCRIPT}\n  dialogue : 0,\n", "ASS"),
        (SCRIPT, None),
        ("", None),
        ("plain text", None),
    ],
)
def test_the_content_tells_the_kind(text: str, name: str | None) -> None:
    assert kind_of(text) == name


@pytest.mark.parametrize("head", ["1\n", SCRIPT])
def test_a_file_of_blank_lines_is_read_through_once(head: str) -> None:
    """The Worker has one thread: what takes long for one caller takes long for all."""
    blank = "\n" * 2_000_000 + " \t\r\n" * 500_000

    assert kind_of(head + blank) is None
