"""Sound whose format changes midway, as that of broadcasts does at each advert, goes on in step."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from engine_kit.ffmpeg import find_ffmpeg
from numpy.typing import NDArray

from tests.media.burning import Burner
from tests.media.cases import X264, made, picture, tone
from tests.media.composing import Composer
from tests.media.downloading import Downloader
from tests.media.test_burn_cases import FIRST, burned

HEARD_HZ = 16_000
QUARTER = HEARD_HZ // 4


class Kind(NamedTuple):
    """How the sound is coded, and what is other in its second half."""

    codec: str
    first: tuple[str, ...]
    second: tuple[str, ...]


KINDS = {
    "mp2-channels": Kind("mp2", ("-ac", "1"), ("-ac", "2")),
    "mp2-rate": Kind("mp2", ("-ar", "48000"), ("-ar", "44100")),
    "ac3-channels": Kind("ac3", ("-ac", "2"), ("-ac", "6")),
    "aac-rate": Kind("aac", ("-ar", "48000"), ("-ar", "32000")),
    "aac-channels": Kind("aac", ("-ac", "1"), ("-ac", "2")),
}

LATE = ("mp2-channels", "aac-rate")
"""Those of which the sound begins late, too."""


def broadcast(folder: Path, kind: str, late_s: float = 0) -> Path:
    """Make 4 s of film: 2 s of 440 Hz and, in another format, 2 s of 880 Hz; or less, *late_s*."""
    make, (codec, *formats) = made(folder), KINDS[kind]
    parts = []
    for n, (hertz, its) in enumerate(zip((440, 880), formats, strict=True)):
        late = ("-itsoffset", f"{late_s}") if late_s and n == 0 else ()
        sound = (*late, *tone(hertz, 2 - (late_s if n == 0 else 0)))
        coding = (*X264, "-c:a", codec, *its, "-output_ts_offset", str(2 * n))
        parts.append(make(f"{n}.ts", *picture("320x180"), *sound, *coding).read_bytes())
    whole = folder / f"{kind}.ts"
    whole.write_bytes(b"".join(parts))
    return whole


def heard(path: Path) -> NDArray[np.float64]:
    """Return the sound as a program hears it that reads no timestamps."""
    argv = [find_ffmpeg(), "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(HEARD_HZ)]
    raw = subprocess.run([*argv, "-f", "s16le", "-"], capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.int16).astype(float)


def pitches(sound: NDArray[np.float64]) -> list[int]:
    """Return the pitch of the first fifteen quarters of a second, to 20 Hz; 0 of silence."""
    parts = [sound[at : at + QUARTER] for at in range(0, 15 * QUARTER, QUARTER)]
    return [_pitch(part) if np.median(np.abs(part)) > 400 else 0 for part in parts]


def _pitch(part: NDArray[np.float64]) -> int:
    strongest = int(np.argmax(np.abs(np.fft.rfft(part)))) * HEARD_HZ / len(part)
    return round(strongest / 20) * 20


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with broadcasts and a document."""
    folder = tmp_path_factory.mktemp("clips")
    broadcast(folder, "mp2-rate")
    for kind in LATE:
        broadcast(folder, kind, late_s=1).rename(folder / f"late-{kind}.ts")
    document = {"video": {"title": "T"}, "comments": [{"author": "A", "content": "Hello"}]}
    (folder / "comments.json").write_text(json.dumps(document))
    return folder


OFTEN = ("aac-rate",)
"""Those that are burned in each run; the others in a long one."""


@pytest.mark.parametrize(
    "kind", [pytest.param(one, marks=[] if one in OFTEN else pytest.mark.long) for one in KINDS]
)
def test_a_burned_film_goes_on_in_step_and_at_its_pitch(
    burns: Burner, tmp_path: Path, kind: str
) -> None:
    sound = heard(burned(burns, broadcast(tmp_path, kind)).video)

    assert pitches(sound) == [440] * 8 + [880] * 7
    assert len(sound) / HEARD_HZ == pytest.approx(4.03, abs=0.08)


def test_sound_that_begins_late_and_changes_is_muted_where_that_is_asked_for(
    burns: Burner, tmp_path: Path
) -> None:
    source = broadcast(tmp_path, "mp2-rate", late_s=0.5)
    segments = [{"startS": second, "endS": second + 0.5, "effect": "mute"} for second in (1, 3)]

    sound = heard(burned(burns, source, FIRST, {"segments": segments}).video)

    assert pitches(sound) == [0, 0, 440, 440, 0, 0, *[440] * 2, *[880] * 4, 0, 0, 880]


@pytest.mark.parametrize("kind", LATE)
def test_downloads_have_it_in_step_in_the_video_and_as_sound_alone(
    downloads: Downloader, clips: Path, kind: str
) -> None:
    """Transcripts of it are in step with the picture, then."""
    end = downloads.end_of(f"job_{kind}", f"late-{kind}.ts")

    assert end["status"] == "completed", end
    for name in ("video.mp4", "audio.wav"):
        made_of_it = clips / name
        made_of_it.write_bytes(downloads.body(f"job_{kind}", name))
        assert pitches(heard(made_of_it)) == [0] * 4 + [440] * 4 + [880] * 7


def test_a_comments_video_goes_on_in_step(composes: Composer, clips: Path) -> None:
    options = {
        "height": 360,
        "fps": 24,
        "coverSeconds": 0,
        "maxComments": 1,
        "minCommentSeconds": 4,
        "maxCommentSeconds": 4,
    }

    assert composes.end_of("job_changing", options, clip="mp2-rate.ts")["status"] == "completed"

    video = clips / "changing.mp4"
    video.write_bytes(composes.video("job_changing"))
    assert pitches(heard(video)) == [440] * 8 + [880] * 7
