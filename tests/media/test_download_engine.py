"""The downloader as a program: real yt-dlp and FFmpeg, over HTTP, with results looked at.

Sources are on loopback, which the engine reaches by an explicit setting only.
"""

import json
import subprocess
import time
import wave
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from engine_kit.ffmpeg import find_ffmpeg

from tests.media.engine_stage import RunningEngine, Surroundings, padded, surroundings

ENGINE = "media-downloader"
SLOTS = {
    "Video": "video.mp4",
    "Audio": "audio.wav",
    "AudioSource": "audio-source.mka",
    "Metadata": "metadata.json",
}


def ffmpeg(*arguments: str) -> None:
    subprocess.run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments], check=True)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make 3 s of picture with a 440 Hz tone, the same silent, as HLS, and a page that shows it."""
    folder = tmp_path_factory.mktemp("clips")
    picture = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=3")
    tone = ("-f", "lavfi", "-i", "sine=440:d=3:r=44100")
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25")
    ffmpeg(*picture, *tone, *h264, "-c:a", "aac", str(folder / "clip.mp4"))
    ffmpeg(*picture, *h264, str(folder / "silent.mp4"))
    ffmpeg(*picture, *tone, "-c:v", "libvpx", "-c:a", "libvorbis", str(folder / "old.webm"))
    hls = ("-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0")
    ffmpeg("-i", str(folder / "clip.mp4"), *hls, str(folder / "list.m3u8"))
    apart = ("-var_stream_map", "v:0,agroup:s a:0,agroup:s", "-master_pl_name", "parted.m3u8")
    ffmpeg(
        *("-i", str(folder / "clip.mp4"), "-map", "0:v", "-map", "0:a", *hls, *apart),
        str(folder / "part-%v.m3u8"),
    )
    page = "<html><head><title>A page</title></head><body><video src='clip.mp4'></video></body>"
    (folder / "page.html").write_text(page)
    return folder


@pytest.fixture(scope="module")
def world(clips: Path) -> Iterator[Surroundings]:
    with surroundings() as here:
        here.files = {path.name: path for path in clips.iterdir()}
        yield here


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "CAPACITY": "4"}
    with RunningEngine("downloader", tmp_path_factory.mktemp("work"), environment) as running:
        yield running


WAIT_S = 30.0


def order(
    engine: RunningEngine, world: Surroundings, job_id: str, url: str, **options: object
) -> None:
    """Order a download."""
    fields = {f"output{slot}PutUrl": world.url(f"{job_id}/{file}") for slot, file in SLOTS.items()}
    keys = {f"output{slot}Key": f"{job_id}/{file}" for slot, file in SLOTS.items()}
    deadline = time.monotonic() + WAIT_S
    while True:
        answer = engine.render(
            world, job_id, engine=ENGINE, options={"url": url, **options}, **fields, **keys
        )
        if answer.status_code != 503 or time.monotonic() > deadline:
            break
        time.sleep(0.05)  # Who has reported its end a moment ago may still tidy up.
    assert answer.status_code == 202, answer.text


def download(
    engine: RunningEngine, world: Surroundings, job_id: str, url: str, **options: object
) -> dict[str, Any]:
    """Order a download and return its last callback."""
    order(engine, world, job_id, url, **options)
    return world.end_of(job_id)


def streams(body: bytes) -> dict[str, str]:
    """Return the codec of each kind of stream."""
    with av.open(BytesIO(body), "r") as container:
        return {stream.type: stream.codec_context.name for stream in container.streams}


def test_a_direct_file_becomes_video_wav_source_audio_and_metadata(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_direct", world.url("clip.mp4?token=s3cret-query"))

    assert end["status"] == "completed", end
    video = world.stored["job_direct/video.mp4"]
    audio = world.stored["job_direct/audio.wav"]
    source = world.stored["job_direct/audio-source.mka"]
    metadata = json.loads(world.stored["job_direct/metadata.json"].body)
    assert streams(video.body) == {"video": "h264", "audio": "aac"}
    assert streams(source.body) == {"audio": "aac"}
    with wave.open(BytesIO(audio.body)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        assert sound.getnframes() / 16000 == pytest.approx(3, abs=0.1)
    assert (metadata["width"], metadata["height"], metadata["fps"]) == (320, 180, 25)
    assert metadata["durationS"] == pytest.approx(3, abs=0.1)
    assert metadata["hasAudio"] is True
    assert metadata["webpageUrl"] == world.url("clip.mp4")
    assert end["outputs"]["video"]["sizeBytes"] == len(video.body)
    assert end["outputs"]["video"]["width"] == 320
    assert end["outputs"]["audio"]["key"] == "job_direct/audio.wav"
    assert {name: stored["contentType"] for name, stored in end["outputs"].items()} == {
        "video": "video/mp4",
        "audio": "audio/wav",
        "audioSource": "audio/x-matroska",
        "metadata": "application/json",
    }


def test_the_index_of_the_video_comes_before_its_frames(
    engine: RunningEngine, world: Surroundings
) -> None:
    download(engine, world, "job_index", world.url("clip.mp4"))

    body = world.stored["job_index/video.mp4"].body
    assert 0 < body.index(b"moov") < body.index(b"mdat")


def test_statuses_go_forward_and_progress_never_back(
    engine: RunningEngine, world: Surroundings
) -> None:
    download(engine, world, "job_order", world.url("clip.mp4"))

    order = ["fetching_metadata", "preparing", "running", "uploading", "completed"]
    told = [c for c in world.callbacks if c["jobId"] == "job_order"]
    ranks = [order.index(callback["status"]) for callback in told]
    assert ranks == sorted(ranks)
    assert ranks[0] == 0
    progress = [callback["progress"] for callback in told]
    assert progress == sorted(progress)
    assert progress[-1] == 1


COMPOUND = {
    "a page with a video": "page.html",
    "a playlist of pieces": "list.m3u8",
    "picture and sound that come apart": "parted.m3u8",
}


@pytest.fixture(scope="module")
def compound(engine: RunningEngine, world: Surroundings) -> None:
    """Order all of these at once: mostly they wait for a program to start."""
    for name in COMPOUND.values():
        order(engine, world, f"job_{Path(name).stem}", world.url(name))


@pytest.mark.parametrize("what", COMPOUND)
@pytest.mark.usefixtures("compound")
def test_what_does_not_come_as_one_file_is_put_together(world: Surroundings, what: str) -> None:
    job_id = f"job_{Path(COMPOUND[what]).stem}"
    end = world.end_of(job_id)

    assert end["status"] == "completed", end
    assert streams(world.stored[f"{job_id}/video.mp4"].body) == {"video": "h264", "audio": "aac"}
    assert end["outputs"]["video"]["durationMs"] == pytest.approx(3000, abs=100)


def test_codecs_that_mp4_players_lack_are_encoded_again(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_webm", world.url("old.webm"))

    assert end["status"] == "completed", end
    assert streams(world.stored["job_webm/video.mp4"].body) == {"video": "h264", "audio": "aac"}
    assert streams(world.stored["job_webm/audio-source.mka"].body) == {"audio": "vorbis"}


def test_a_silent_video_has_no_sound_among_its_outputs(
    engine: RunningEngine, world: Surroundings
) -> None:
    end = download(engine, world, "job_silent", world.url("silent.mp4"))

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "metadata"}
    assert json.loads(world.stored["job_silent/metadata.json"].body)["hasAudio"] is False


FAILURES: list[tuple[str, dict[str, object], str]] = [
    ("missing.mp4", {}, "download_unavailable"),
    ("clip.mp4", {"maxBytes": 1000}, "download_too_large"),
    ("clip.mp4", {"maxDurationS": 1}, "download_too_long"),
    ("list.m3u8", {"maxDurationS": 1}, "download_too_long"),
]


def failing(name: str, code: str) -> str:
    return f"job_{code}_{Path(name).stem}"


@pytest.fixture(scope="module")
def failures(engine: RunningEngine, world: Surroundings) -> None:
    """Order all that fail at once."""
    for name, options, code in FAILURES:
        order(engine, world, failing(name, code), world.url(name), **options)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, _, code in FAILURES])
@pytest.mark.usefixtures("failures")
def test_a_download_that_cannot_be_fails_with_its_reason(
    world: Surroundings, name: str, code: str
) -> None:
    job_id = failing(name, code)
    end = world.end_of(job_id)

    assert (end["status"], end["error"]["code"], end["error"]["retryable"]) == (
        "failed",
        code,
        False,
    )
    assert not [name for name in world.stored if name.startswith(job_id + "/")]


INSIDE = ["169.254.169.254", "10.0.0.1", "[fd00::1]", "192.168.0.1"]


def inside(host: str) -> str:
    return "job_inside_" + "".join(c for c in host if c.isalnum())


@pytest.fixture(scope="module")
def redirected(engine: RunningEngine, world: Surroundings) -> None:
    """Order, at once, downloads that are led inside."""
    for host in INSIDE:
        world.redirects[f"{inside(host)}.mp4"] = f"http://{host}/latest/meta-data/"
        order(engine, world, inside(host), world.url(f"{inside(host)}.mp4"))


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.usefixtures("redirected")
def test_addresses_inside_are_refused_also_behind_a_redirect(
    world: Surroundings, host: str
) -> None:
    end = world.end_of(inside(host))

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")


def test_a_piece_of_a_playlist_that_lies_inside_is_refused(
    engine: RunningEngine, world: Surroundings, clips: Path
) -> None:
    playlist = (clips / "list.m3u8").read_text()
    (clips / "inside.m3u8").write_text(playlist.replace("list1.ts", "http://10.0.0.1/list1.ts"))
    world.files["inside.m3u8"] = clips / "inside.m3u8"

    end = download(engine, world, "job_piece", world.url("inside.m3u8"))

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")
    assert not world.stored.keys() & {"job_piece/video.mp4", "job_piece/metadata.json"}


def test_loopback_is_refused_unless_the_setting_allows_it(
    world: Surroundings, tmp_path: Path
) -> None:
    with RunningEngine("downloader", tmp_path, {}) as strict:
        end = download(strict, world, "job_strict", world.url("clip.mp4"))

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "--exec=touch /tmp/x", "ytsearch:x", "ftp://a/b"]
)
def test_what_is_no_web_address_is_refused_before_anything_starts(
    engine: RunningEngine, world: Surroundings, url: str
) -> None:
    fields = {f"output{slot}PutUrl": world.url(file) for slot, file in SLOTS.items()}
    answer = engine.render(world, "job_url", engine=ENGINE, options={"url": url}, **fields)

    assert answer.status_code == 400
    assert answer.json()["error"] == "bad_request"


def test_a_cancel_ends_a_download_that_is_connected_and_stalled(
    engine: RunningEngine, world: Surroundings, clips: Path
) -> None:
    world.files["slow.mp4"] = clips / "clip.mp4"
    world.stalled.add("slow.mp4")
    fields = {f"output{slot}PutUrl": world.url(f"c/{file}") for slot, file in SLOTS.items()}
    options = {"url": world.url("slow.mp4")}
    engine.render(world, "job_cancel", engine=ENGINE, options=options, **fields)
    world.wait_for_request("slow.mp4")

    answer = engine.post(
        "/jobs/job_cancel/cancel",
        {"type": "container.cancel", "jobId": "job_cancel", "attempt": 1},
    )

    assert answer.json() == {"ok": True, "status": "canceled"}
    assert world.end_of("job_cancel")["status"] == "canceled"
    assert engine.children() == []


def test_a_source_that_sends_nothing_any_more_is_given_up(
    world: Surroundings, clips: Path, tmp_path: Path
) -> None:
    world.files["stuck.mp4"] = clips / "clip.mp4"
    world.stalled.add("stuck.mp4")
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "NO_PROGRESS_SECONDS": "3"}
    with RunningEngine("downloader", tmp_path, environment) as impatient:
        end = download(impatient, world, "job_stuck", world.url("stuck.mp4"))

    assert (end["status"], end["error"]["code"]) == ("failed", "download_network")
    assert end["error"]["retryable"] is True


def test_a_file_of_a_quarter_gib_is_held_neither_by_the_engine_nor_by_its_child(
    engine: RunningEngine, world: Surroundings, clips: Path
) -> None:
    world.files["large.mp4"] = padded(clips / "clip.mp4", clips / "large.mp4", 1 << 28)
    own = engine.peak_bytes()

    with engine.watched() as children:
        end = download(engine, world, "job_large", world.url("large.mp4"))

    assert end["status"] == "completed", end
    assert engine.peak_bytes() - own < 32_000_000
    assert 0 < max(children) < 150_000_000


def test_queries_cookies_and_proxies_are_in_no_log_and_no_report(
    engine: RunningEngine, world: Surroundings
) -> None:
    cookie = ".example.com\tTRUE\t/\tTRUE\t0\tsession\ts3cret-cookie\n"
    end = download(
        engine,
        world,
        "job_secrets",
        world.url("missing.mp4?sig=s3cret-query"),
        cookies="# Netscape HTTP Cookie File\n" + cookie,
        proxy="http://user:s3cret-proxy@127.0.0.1:9",
    )

    assert end["status"] == "failed"
    assert "s3cret" not in json.dumps(end)
    assert "s3cret" not in engine.log_with(end["error"]["code"])
