"""The downloader as a program: real yt-dlp and FFmpeg, over HTTP, with results looked at.

Sources are on loopback, which the engine reaches by an explicit setting only.
"""

import json
import wave
from io import BytesIO
from pathlib import Path

import av
import pytest

from dev.engines.stage import padded
from tests.media.downloading import Downloader, downloader
from tests.media.pictures import H264, ffmpeg


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make 3 s of picture with a 440 Hz tone, the same silent, as HLS, and a page that shows it."""
    folder = tmp_path_factory.mktemp("clips")
    picture = ("-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=3")
    tone = ("-f", "lavfi", "-i", "sine=440:d=3:r=44100")
    h264 = (*H264, "-g", "25")
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


def streams(body: bytes) -> dict[str, str]:
    """Return the codec of each kind of stream."""
    with av.open(BytesIO(body), "r") as container:
        return {stream.type: stream.codec_context.name for stream in container.streams}


def test_a_direct_file_becomes_video_wav_source_audio_and_metadata(downloads: Downloader) -> None:
    end = downloads.end_of("job_direct", "clip.mp4?token=s3cret-query")

    assert end["status"] == "completed", end
    video = downloads.body("job_direct", "video.mp4")
    metadata = downloads.metadata("job_direct")
    assert streams(video) == {"video": "h264", "audio": "aac"}
    # Its index comes before its frames.
    assert 0 < video.index(b"moov") < video.index(b"mdat")
    assert streams(downloads.body("job_direct", "audio-source.mka")) == {"audio": "aac"}
    with wave.open(BytesIO(downloads.body("job_direct", "audio.wav"))) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        assert sound.getnframes() / 16000 == pytest.approx(3, abs=0.1)
    assert (metadata["width"], metadata["height"], metadata["fps"]) == (320, 180, 25)
    assert metadata["durationS"] == pytest.approx(3, abs=0.1)
    assert metadata["hasAudio"] is True
    assert metadata["webpageUrl"] == downloads.world.url("clip.mp4")
    assert end["outputs"]["video"]["sizeBytes"] == len(video)
    assert end["outputs"]["video"]["width"] == 320
    assert end["outputs"]["audio"]["key"] == "job_direct/audio.wav"
    assert {name: stored["contentType"] for name, stored in end["outputs"].items()} == {
        "video": "video/mp4",
        "audio": "audio/wav",
        "audioSource": "audio/x-matroska",
        "metadata": "application/json",
    }


def test_statuses_go_forward_and_progress_never_back(downloads: Downloader) -> None:
    downloads.end_of("job_order", "clip.mp4")

    order = ["fetching_metadata", "preparing", "running", "uploading", "completed"]
    told = [c for c in downloads.world.callbacks if c["jobId"] == "job_order"]
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
def compound(downloads: Downloader) -> None:
    """Order all of these at once: mostly they wait for a program to start."""
    for name in COMPOUND.values():
        downloads.order(f"job_{Path(name).stem}", name)


@pytest.mark.parametrize("what", COMPOUND)
@pytest.mark.usefixtures("compound")
def test_what_does_not_come_as_one_file_is_put_together(downloads: Downloader, what: str) -> None:
    job_id = f"job_{Path(COMPOUND[what]).stem}"
    end = downloads.world.end_of(job_id)

    assert end["status"] == "completed", end
    assert streams(downloads.body(job_id, "video.mp4")) == {"video": "h264", "audio": "aac"}
    assert end["outputs"]["video"]["durationMs"] == pytest.approx(3000, abs=100)


def test_codecs_that_mp4_players_lack_are_encoded_again(downloads: Downloader) -> None:
    end = downloads.end_of("job_webm", "old.webm")

    assert end["status"] == "completed", end
    assert streams(downloads.body("job_webm", "video.mp4")) == {"video": "h264", "audio": "aac"}
    assert streams(downloads.body("job_webm", "audio-source.mka")) == {"audio": "vorbis"}


def test_a_silent_video_has_no_sound_among_its_outputs(downloads: Downloader) -> None:
    end = downloads.end_of("job_silent", "silent.mp4")

    assert end["status"] == "completed", end
    assert set(end["outputs"]) == {"video", "metadata"}
    assert downloads.metadata("job_silent")["hasAudio"] is False


FAILURES: list[tuple[str, dict[str, object], str]] = [
    ("missing.mp4", {}, "download_unavailable"),
    ("clip.mp4", {"maxBytes": 1000}, "download_too_large"),
    ("clip.mp4", {"maxDurationS": 1}, "download_too_long"),
    ("list.m3u8", {"maxDurationS": 1}, "download_too_long"),
]


def failing(name: str, code: str) -> str:
    return f"job_{code}_{Path(name).stem}"


@pytest.fixture(scope="module")
def failures(downloads: Downloader) -> None:
    """Order all that fail at once."""
    for name, options, code in FAILURES:
        downloads.order(failing(name, code), name, **options)


@pytest.mark.parametrize(("name", "code"), [(name, code) for name, _, code in FAILURES])
@pytest.mark.usefixtures("failures")
def test_a_download_that_cannot_be_fails_with_its_reason(
    downloads: Downloader, name: str, code: str
) -> None:
    job_id = failing(name, code)
    end = downloads.world.end_of(job_id)

    assert (end["status"], end["error"]["code"], end["error"]["retryable"]) == (
        "failed",
        code,
        False,
    )
    assert downloads.uploaded(job_id) == set()


INSIDE = ["169.254.169.254", "168.63.129.16", "10.0.0.1", "[fd00::1]"]


def inside(host: str) -> str:
    return "job_inside_" + "".join(c for c in host if c.isalnum())


@pytest.fixture(scope="module")
def redirected(downloads: Downloader) -> None:
    """Order, at once, downloads that are led inside."""
    for host in INSIDE:
        downloads.world.redirects[f"{inside(host)}.mp4"] = f"http://{host}/latest/meta-data/"
        downloads.order(inside(host), f"{inside(host)}.mp4")


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.usefixtures("redirected")
def test_addresses_inside_are_refused_also_behind_a_redirect(
    downloads: Downloader, host: str
) -> None:
    end = downloads.world.end_of(inside(host))

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")


def test_a_piece_of_a_playlist_that_lies_inside_is_refused(
    downloads: Downloader, clips: Path
) -> None:
    playlist = (clips / "list.m3u8").read_text()
    (clips / "inside.m3u8").write_text(playlist.replace("list1.ts", "http://10.0.0.1/list1.ts"))
    downloads.world.files["inside.m3u8"] = clips / "inside.m3u8"

    end = downloads.end_of("job_piece", "inside.m3u8")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")
    assert downloads.uploaded("job_piece") == set()


def test_loopback_is_refused_unless_the_setting_allows_it(clips: Path, tmp_path: Path) -> None:
    with downloader(tmp_path, clips, {}) as strict:
        end = strict.end_of("job_strict", "clip.mp4")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_refused_address")


def test_a_cancel_ends_a_download_that_is_connected_and_stalled(
    downloads: Downloader, clips: Path
) -> None:
    world = downloads.world
    world.files["slow.mp4"] = clips / "clip.mp4"
    world.stalled.add("slow.mp4")
    downloads.order("job_cancel", "slow.mp4")
    world.wait_for_request("slow.mp4")

    answer = downloads.engine.cancel("job_cancel")

    assert answer.json() == {"ok": True, "status": "canceled"}
    assert world.end_of("job_cancel")["status"] == "canceled"
    assert downloads.engine.children() == []


def test_a_source_that_sends_nothing_any_more_is_given_up(clips: Path, tmp_path: Path) -> None:
    environment = {"DOWNLOADER_ALLOW_LOOPBACK": "1", "NO_PROGRESS_SECONDS": "3"}
    with downloader(tmp_path, clips, environment) as impatient:
        impatient.world.stalled.add("clip.mp4")
        end = impatient.end_of("job_stuck", "clip.mp4")

    assert (end["status"], end["error"]["code"]) == ("failed", "download_network")
    assert end["error"]["retryable"] is True


def test_a_file_of_a_quarter_gib_is_held_neither_by_the_engine_nor_by_its_child(
    downloads: Downloader, clips: Path
) -> None:
    downloads.world.files["large.mp4"] = padded(clips / "clip.mp4", clips / "large.mp4", 1 << 28)
    own = downloads.engine.peak_bytes()

    with downloads.engine.watched() as children:
        end = downloads.end_of("job_large", "large.mp4")

    assert end["status"] == "completed", end
    assert downloads.engine.peak_bytes() - own < 32_000_000
    # Pages that a fork shares are counted for both, under one name until it has its own.
    assert 0 < max(children.values()) < 200_000_000


def test_queries_cookies_and_proxies_are_in_no_log_and_no_report(downloads: Downloader) -> None:
    cookie = ".example.com\tTRUE\t/\tTRUE\t0\tsession\ts3cret-cookie\n"
    end = downloads.end_of(
        "job_secrets",
        "missing.mp4?sig=s3cret-query",
        cookies="# Netscape HTTP Cookie File\n" + cookie,
        proxy="http://user:s3cret-proxy@127.0.0.1:9",
    )

    assert end["status"] == "failed"
    assert "s3cret" not in json.dumps(end)
    assert "s3cret" not in downloads.engine.log_with(end["error"]["code"])
