"""How a TTML file's text looks, which the vectors don't say."""

import pytest

from media_jobs.subtitles.reader import read_subtitles

HEAD = """<head><styling><style xml:id="slanted" tts:fontStyle="italic" tts:color="yellow"/>
<style xml:id="heavy" style="slanted" tts:fontWeight="bold"/></styling>
<layout><region xml:id="of-slanted" style="slanted"/></layout></head>"""


def spans(body: str) -> list[tuple[str, bool, str | None]]:
    """Return text, slant and colour of each span."""
    text = f'<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="x">{HEAD}{body}</tt>'
    return [
        (span.text, span.italic, span.colour)
        for cue in read_subtitles(text).cues()
        for line in cue.lines
        for span in line
    ]


@pytest.mark.parametrize(
    "body",
    [
        '<body><div style="slanted"><p begin="1s" end="2s">a</p></div></body>',
        '<body tts:fontStyle="italic" tts:color="#ff0"><p begin="1s" end="2s">a</p></body>',
        '<body><div><p begin="1s" end="2s" style="heavy">a</p></div></body>',
        '<body><div region="of-slanted"><p begin="1s" dur="1s">a</p></div></body>',
    ],
)
def test_a_look_is_that_of_the_elements_around(body: str) -> None:
    assert spans(body) == [("a", True, "#ffff00")]


def test_an_inner_look_counts_more() -> None:
    inner = '<span tts:fontStyle="normal">b</span>'
    body = f'<body style="slanted"><p begin="1s" end="2s" tts:color="red">a{inner}</p></body>'

    assert spans(body) == [("a", True, "#ff0000"), ("b", False, "#ff0000")]
