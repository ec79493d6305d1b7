"""Times of words in LRC, which the vectors don't say."""

import pytest

from media_jobs.subtitles.reader import read_subtitles


@pytest.mark.parametrize("stamps", ["[00:10.00][00:20.00]", "[00:20.00][00:10.00]"])
def test_words_of_a_line_with_several_times_are_sung_at_each(stamps: str) -> None:
    file = read_subtitles(f"{stamps}<00:10.00>one <00:10.50>two\n[00:30.00]\n")

    assert [
        (cue.start_ms, [(span.text, span.at_ms) for span in cue.lines[0]]) for cue in file.cues()
    ] == [
        (10_000, [("one ", None), ("two", 10_500)]),
        (20_000, [("one ", None), ("two", 20_500)]),
    ]
