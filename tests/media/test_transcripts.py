"""The transcriber, heard from outside: real speech, the packaged model, and what is none."""

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from engine_kit.ffmpeg import find_ffmpeg

from tests.conftest import TOLD
from tests.media.speaking import SENTENCES, joined, noises, word_errors, write_wav
from tests.media.transcribing import Results, Transcriber, nobody_helps, transcriber

NAMES = list(SENTENCES)
SAID = [word for words in SENTENCES.values() for word in words]
GAP_S = 2.5


@pytest.fixture(scope="module")
def hears(
    tmp_path_factory: pytest.TempPathFactory, ffmpeg_env: Mapping[str, str]
) -> Iterator[Transcriber]:
    """A running transcriber with the packaged model, and pieces of half a minute."""
    folder = tmp_path_factory.mktemp("transcriber")
    settings = {
        "TRANSCRIBER_PIECE_SECONDS": "30",
        "TRANSCRIBER_SHARED_SECONDS": "40",
        "TRANSCRIBER_SHARED_PIECE_SECONDS": "10",
    }
    with transcriber(folder, **settings, **ffmpeg_env) as running:
        yield running


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[float, float]]]:
    """Five read sentences in one file of 42 s, and when each is read."""
    samples, times = joined(NAMES, GAP_S)
    return write_wav(tmp_path_factory.mktemp("spoken") / "spoken.wav", samples), times


@pytest.fixture(scope="module")
def heard(hears: Transcriber, spoken: tuple[Path, list[tuple[float, float]]]) -> Results:
    """What was heard of the five sentences, in two pieces; the first of which was kept."""
    return hears.results(hears.order(spoken[0], {}, checkpointPutUrl=hears.world.url("kept.json")))


def plain(text: str) -> list[str]:
    """Return the words of a text as they are listed in sentences.txt."""
    return re.findall(r"[a-z']+", text.lower().replace("mr.", "mister"))


def test_read_speech_is_heard_with_at_most_one_word_wrong_in_twenty(
    heard: Results, record_property: Callable[[str, object], None]
) -> None:
    assert heard.text is not None
    errors = word_errors(SAID, plain(heard.text))

    record_property(TOLD, f"word errors of base: {errors} of {len(SAID)}")
    assert errors <= 0.05 * len(SAID)
    assert heard.metadata["language"] == "en"
    assert heard.metadata["languageProbability"] > 0.9
    assert heard.metadata["confidence"] > 0.8
    assert heard.metadata["notices"] == []


def test_words_are_at_most_a_fifth_of_a_second_from_when_they_are_said(
    heard: Results, spoken: tuple[Path, list[tuple[float, float]]]
) -> None:
    for start, end in spoken[1]:
        mine = [
            word
            for word in heard.words
            if start - GAP_S / 2 < (word["startMs"] + word["endMs"]) / 2000 < end + GAP_S / 2
        ]
        assert abs(mine[0]["startMs"] / 1000 - start) <= 0.2
        assert abs(mine[-1]["endMs"] / 1000 - end) <= 0.2
    starts = [word["startMs"] for word in heard.words]
    assert starts == sorted(starts)


def test_each_cue_is_one_sentence_s_and_has_the_times_of_its_words(
    heard: Results, spoken: tuple[Path, list[tuple[float, float]]]
) -> None:
    assert heard.vtt is not None
    times = re.findall(r"(\d+):(\d+):(\d+\.\d+) --> (\d+):(\d+):(\d+\.\d+)", heard.vtt)
    seconds = [
        (int(a) * 3600 + int(b) * 60 + float(c), int(d) * 3600 + int(e) * 60 + float(f))
        for a, b, c, d, e, f in times
    ]
    assert len(seconds) == heard.metadata["cues"] >= 5
    for start, end in seconds:
        assert any(first - 0.3 <= start and end <= last + GAP_S for first, last in spoken[1]), (
            start,
            end,
        )
    # The first word of a cue begins with it.
    assert heard.vtt.count("<00:") == len(heard.words) - len(seconds)


def test_a_video_is_heard_like_its_sound_and_a_hint_spells_a_name(
    hears: Transcriber, tmp_path: Path
) -> None:
    samples, _ = joined(["0930"], 0.5)
    sound = write_wav(tmp_path / "sound.wav", samples)
    video = tmp_path / "video.mp4"
    picture = ("-f", "lavfi", "-i", "color=black:s=64x64:r=5")
    subprocess.run(
        [find_ffmpeg(), "-v", "error", *picture, "-i", sound, "-shortest", "-c:a", "aac", video],
        check=True,
    )

    heard = hears.hear(video, language="en", vocabulary=["amiable"], wordTimes=False)

    assert heard.text is not None and heard.vtt is not None
    assert word_errors(SENTENCES["0930"], plain(heard.text)) == 0
    assert (heard.metadata["language"], heard.metadata["languageProbability"]) == ("en", 1.0)
    assert heard.metadata["subtitles"] == {"language": "en"}
    assert "<0" not in heard.vtt


def test_silence_tones_and_noise_have_no_cue_and_it_is_told(
    hears: Transcriber, tmp_path: Path
) -> None:
    heard = hears.hear(write_wav(tmp_path / "noises.wav", noises(24)))

    assert (heard.vtt, heard.text, heard.words) == (None, None, [])
    assert heard.codes == {"no_speech"}
    assert heard.metadata["subtitles"] is None


@pytest.mark.long
def test_ten_minutes_of_silence_tones_and_noise_have_no_cue(
    hears: Transcriber, tmp_path: Path
) -> None:
    heard = hears.hear(write_wav(tmp_path / "noises.wav", noises(600)))

    assert (heard.vtt, heard.words) == (None, [])


@pytest.mark.long
def test_what_base_makes_up_of_noise_without_voice_activity_is_left_out(
    hears: Transcriber, tmp_path: Path
) -> None:
    # Ten times the work of what is heard by voice activity.
    hears.world.wait_s = 900.0

    heard = hears.hear(write_wav(tmp_path / "noises.wav", noises(180)), voiceActivity=False)

    assert heard.words == []


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("text", b"WEBVTT\n\n00:00.000 --> 00:01.000\nno sound\n", "input_unreadable"),
        ("list", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/secret\n", "input_unreadable"),
        ("cut", b"RIFF\xff\xff\xff\x7fWAVEfmt ", "input_unreadable"),
    ],
)
def test_what_is_no_sound_fails_its_own_job(
    hears: Transcriber, tmp_path: Path, name: str, body: bytes, code: str
) -> None:
    file = tmp_path / name
    file.write_bytes(body)

    error = hears.failure(file)

    assert (error["code"], error["retryable"]) == (code, False)


def test_a_video_without_sound_is_refused_by_what_it_lacks(
    hears: Transcriber, tmp_path: Path
) -> None:
    video = tmp_path / "mute.mp4"
    picture = ("-f", "lavfi", "-i", "color=black:s=64x64:r=5", "-t", "1")
    subprocess.run([find_ffmpeg(), "-v", "error", *picture, video], check=True)

    error = hears.failure(video)

    assert (error["code"], error["retryable"]) == ("input_unsupported", False)
    assert "no sound" in error["message"]


def test_a_model_and_a_language_that_are_not_there_are_refused_by_name(
    hears: Transcriber, spoken: tuple[Path, list[tuple[float, float]]]
) -> None:
    no_model = hears.failure(spoken[0], model="large-v9")
    no_language = hears.failure(spoken[0], language="tlh")

    assert (no_model["code"], no_language["code"]) == ("input_unsupported", "input_unsupported")
    assert "large-v9" in no_model["message"] and "base" in no_model["message"]
    assert "tlh" in no_language["message"]


def test_a_canceled_job_leaves_nothing_that_hears(
    hears: Transcriber, spoken: tuple[Path, list[tuple[float, float]]]
) -> None:
    job_id = hears.order(spoken[0], {})
    hears.world.wait_for_status(job_id, "running")

    answer = hears.engine.cancel(job_id)

    assert answer.json()["status"] == "canceled"
    assert "python" not in hears.engine.children()


def test_an_attempt_goes_on_from_what_the_one_before_has_kept(
    hears: Transcriber,
    heard: Results,
    spoken: tuple[Path, list[tuple[float, float]]],
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes(hears.world.stored["kept.json"].body)
    hears.world.files["before.json"] = kept

    job_id = hears.order(spoken[0], {}, checkpointGetUrl=hears.world.url("before.json"))
    again = hears.results(job_id)

    assert 15_000 < again.metadata["resumedMs"] < 30_000
    assert again.words == heard.words
    assert (again.vtt, again.text) == (heard.vtt, heard.text)


def test_in_parts_the_words_are_those_of_the_whole_and_at_most_a_tenth_of_a_second_elsewhere(
    hears: Transcriber,
    heard: Results,
    spoken: tuple[Path, list[tuple[float, float]]],
    record_property: Callable[[str, object], None],
) -> None:
    with nobody_helps() as url:
        in_parts = hears.results(hears.order(spoken[0], {}, piecesUrl=url))

    assert heard.text is not None
    assert in_parts.text is not None
    whole, parts = plain(heard.text), plain(in_parts.text)
    assert word_errors(SAID, parts) <= word_errors(SAID, whole)
    assert in_parts.metadata["language"] == "en"
    pairs = list(zip(heard.words, in_parts.words, strict=True))
    apart = [abs(one[at] - other[at]) for one, other in pairs for at in ("startMs", "endMs")]
    moved = sum(ms > 0 for ms in apart)
    record_property(TOLD, f"{moved} of {len(apart)} times differ, by {max(apart)} ms at most")
    assert [one["text"] for one, _ in pairs] == [other["text"] for _, other in pairs]
    assert max(apart) <= 100


@pytest.mark.long
def test_a_checkpoint_that_is_missing_or_damaged_costs_the_time_alone(
    hears: Transcriber, tmp_path: Path
) -> None:
    samples, _ = joined(["0930"], 0.5)
    sound = write_wav(tmp_path / "sound.wav", samples)
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\x00" * 100)
    hears.world.files["bad.json"] = bad

    for name, codes in (("bad.json", {"checkpoint_not_used"}), ("missing.json", set())):
        job_id = hears.order(sound, {}, checkpointGetUrl=hears.world.url(name))
        heard = hears.results(job_id)
        assert heard.text is not None
        assert word_errors(SENTENCES["0930"], plain(heard.text)) == 0
        assert (heard.metadata["resumedMs"], heard.codes) == (0, codes)
