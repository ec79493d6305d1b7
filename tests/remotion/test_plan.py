"""What FFmpeg is told, as data: numbers and fixed names, nothing that a person wrote."""

import re
from dataclasses import replace
from typing import Any

from engine_kit.probe import VideoStream
from remotion.feed import lay_out
from remotion.layers import Scroll
from remotion.layout import Box
from remotion.plan import Source, argv

from tests.engine_kit import streams
from tests.remotion.scenes import a_scene

VIDEO = replace(streams.VIDEO, index=2)
SOURCE = Source(duration_s=5.0, video=VIDEO, audio=streams.AUDIO)


def arguments_of(source: Source = SOURCE, **scene: Any) -> list[str]:  # Any: for `a_scene`.
    return argv(a_scene(**scene), source)


def after(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def test_the_source_is_repeated_when_it_is_too_short_and_cut_to_what_is_needed() -> None:
    # 2 s of cover, 3 scenes of 3.6 s and 1 s at the end.
    short = arguments_of()
    long = arguments_of(replace(SOURCE, duration_s=60.0))
    unknown = arguments_of(replace(SOURCE, duration_s=None))

    assert short[:4] == ["-stream_loop", "-1", "-t", "13.8"]
    assert long[:2] == ["-t", "13.8"]
    assert unknown[:2] == ["-stream_loop", "-1"]


def film_of(video: VideoStream) -> str:
    """Return the chain of the source's picture in a video without a cover."""
    graph = after(arguments_of(replace(SOURCE, video=video), cover_s=0), "-filter_complex")
    return graph.partition("[source]")[0]


def test_a_source_in_colours_of_hd_is_scaled_and_not_converted() -> None:
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    assert film_of(VIDEO).endswith(f"flags=bicubic,setsar=1,format=yuv420p,{tags}")


def test_the_source_is_brought_to_bt_709_as_players_show_it() -> None:
    silent = replace(VIDEO, color_space="unknown", color_range="unknown")
    assert film_of(silent).endswith(
        "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    assert "scale=in_color_matrix=bt601" in film_of(replace(silent, height=480, width=640))
    assert "tonemap" in film_of(replace(VIDEO, color_transfer="arib-std-b67"))
    assert film_of(replace(VIDEO, interlaced=True)).startswith("[0:2]bwdif=")


def test_the_tracks_that_players_take_are_shown_and_heard() -> None:
    graph = after(arguments_of(), "-filter_complex")

    assert graph.startswith("[0:2]fps=30:start_time=0,")
    assert "[0:1]aresample=async=1:first_pts=0,aresample=48000," in graph


def test_without_a_cover_there_is_none() -> None:
    with_cover, without = arguments_of(), arguments_of(cover_s=0)

    assert "cover.tif" in with_cover
    assert "cover.tif" not in without
    # Nor is the film taken a second time, to lie below it.
    assert "split=2[source][film" in after(with_cover, "-filter_complex")
    assert "[film" not in after(without, "-filter_complex")


def test_the_film_and_what_is_around_it_cover_the_picture_without_overlap() -> None:
    scene = a_scene()
    place = scene.layout
    graph = after(argv(scene, SOURCE), "-filter_complex")

    sizes = [[int(side) for side in cut] for cut in re.findall(r"crop=(\d+):(\d+):\d+:\d+,", graph)]
    (corners,) = re.findall(r"xstack=inputs=5:layout=([\d_|]+)\[layer0\]", graph)
    film = [place.video.width, place.video.height]
    covered = [[0] * place.width for _ in range(place.height)]
    for corner, (width, height) in zip(corners.split("|"), [*sizes, film], strict=True):
        x, y = (int(number) for number in corner.split("_"))
        for row in covered[y : y + height]:
            row[x : x + width] = [number + 1 for number in row[x : x + width]]
    assert all(number == 1 for row in covered for number in row)
    assert corners.endswith(f"|{place.video.x}_{place.video.y}")


def test_a_film_that_fills_the_picture_is_laid_down_from_the_last_frame_of_the_cover_on() -> None:
    def graph_of(cover_s: float) -> str:
        scene = a_scene(template="vertical", cover_s=cover_s)
        filled = replace(scene.layout, fills=True, video=Box(x=0, y=0, width=360, height=640))
        return after(argv(replace(scene, layout=filled), SOURCE), "-filter_complex")

    (start,) = re.findall(r"\[source\]overlay=0:0:enable='gte\(t,([\d.]+)\)'", graph_of(2))
    # Two seconds at 30 a second: the last of its frames stands at 1.9667 s.
    assert 1.9667 < float(start) < 2
    assert "[background][source]overlay=0:0[layer0]" in graph_of(0)


def test_the_arguments_of_the_longest_video_stay_below_the_systems_limit() -> None:
    scene = a_scene(comments=100, countdown=Box(x=0, y=0, width=64, height=64))
    feed = lay_out(scene.layout, [1000] * 100)
    scrolls = tuple(
        Scroll(card=card, left=10, top=20, width=500, height=800, text_height=4000)
        for card in range(100)
    )
    tall = argv(replace(scene, feed=feed, scrolls=scrolls), SOURCE)

    # Linux refuses a single argument of 128 KiB.
    assert max(map(len, tall)) < 131_072


def test_the_graph_holds_numbers_names_and_operators_alone() -> None:
    ring = Box(x=0, y=0, width=64, height=64)
    scroll = Scroll(card=1, left=10, top=20, width=500, height=80, text_height=400)
    marks: dict[str, Any] = {"countdown": ring, "line": (5, 6), "watermark": (7, 8)}
    graph = after(arguments_of(comments=20, scrolls=(scroll,), **marks), "-filter_complex")

    assert re.fullmatch(r"[\w\[\]:;,=.()*/+'|-]+", graph)


def test_only_local_media_files_are_opened() -> None:
    arguments = arguments_of()

    assert after(arguments, "-protocol_whitelist") == "file"
    inputs = [arguments[at + 1] for at, word in enumerate(arguments) if word == "-i"]
    assert inputs[0] == "file:source"
    assert all(re.fullmatch(r"[a-z]+(-\w+)?\.tif", name) for name in inputs[1:])
