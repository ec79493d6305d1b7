"""What FFmpeg is told, as data: numbers and fixed names, nothing that a person wrote."""

import re
from dataclasses import replace

import pytest
from remotion.layout import layout
from remotion.plan import Plan, Source, argv, overlays
from remotion.strip import lay_out
from remotion.timing import schedule

from media_jobs.comments import Comment
from media_jobs.options import CommentsOptions


def a_plan(
    *,
    comments: int = 3,
    template: str = "landscape",
    cover_s: float = 2,
    source: Source | None = None,
) -> Plan:
    options = CommentsOptions.model_validate(
        {"template": template, "height": 360, "coverSeconds": cover_s, "maxComments": 100}
    )
    place = layout(options, source_width=16, source_height=9)
    return Plan(
        layout=place,
        schedule=schedule([Comment(author="A", content="x")] * comments, options),
        strip=lay_out(place, [100] * comments),
        source=source or Source(duration_s=5.0, has_audio=True),
        corners=((10, 20), (30, 20), (10, 40), (30, 40)),
        margin=8,
        veil=(226, 360),
    )


def after(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def test_the_source_is_repeated_when_it_is_too_short_and_cut_to_what_is_needed() -> None:
    # 3 scenes of 3.6 s and 1 s at the end, after the cover.
    short = argv(a_plan())
    long = argv(a_plan(source=Source(duration_s=60.0, has_audio=True)))
    unknown = argv(a_plan(source=Source(duration_s=None, has_audio=True)))

    assert short[:4] == ["-stream_loop", "-1", "-t", "11.8"]
    assert long[:2] == ["-t", "11.8"]
    assert unknown[:2] == ["-stream_loop", "-1"]


def test_the_video_has_exactly_the_planned_frames_and_can_be_played_everywhere() -> None:
    arguments = argv(a_plan())

    assert after(arguments, "-frames:v") == "414"
    assert after(arguments, "-pix_fmt") == "yuv420p"
    assert after(arguments, "-movflags") == "+faststart"
    assert after(arguments, "-r") == "30"


def test_the_sound_begins_when_the_cover_ends() -> None:
    graph = after(argv(a_plan(cover_s=2)), "-filter_complex")

    assert "adelay=2000:all=1" in graph
    assert "setpts=PTS+2/TB" in graph


def test_a_silent_source_makes_a_silent_video() -> None:
    arguments = argv(a_plan(source=Source(duration_s=5.0, has_audio=False)))

    assert "[sound]" not in arguments
    assert "0:a" not in after(arguments, "-filter_complex")


def test_without_a_cover_there_is_none() -> None:
    assert "cover.png" in argv(a_plan())
    assert "cover.png" not in argv(a_plan(cover_s=0))


def test_the_cover_is_in_front_and_the_corners_are_behind_everything() -> None:
    files = [layer.file for layer in overlays(a_plan())]

    assert files == [
        *("corner-0.png", "corner-1.png", "corner-2.png", "corner-3.png", "strip-00.png"),
        *("veil-above.png", "veil-below.png", "bar.png", "cover.png"),
    ]


def test_vertical_cards_have_no_veils_and_move_sideways() -> None:
    layers = {layer.file: layer for layer in overlays(a_plan(template="vertical"))}

    assert "veil-above.png" not in layers
    assert "t" in layers["strip-00.png"].x
    assert "t" not in layers["strip-00.png"].y


def test_the_strip_moves_from_stop_to_stop_when_scenes_begin() -> None:
    # The cover stands for 2 s; scenes are 3.6 s long; cards are 100 and the gap is 10 (28 / 3).
    (strip,) = (layer for layer in overlays(a_plan()) if layer.file == "strip-00.png")

    assert strip.y == (
        "-8-(((-490)+(360*(1-pow(1-clip((t-2)/0.6,0,1),3))))"
        "+((110*(1-pow(1-clip((t-5.6)/0.6,0,1),3)))+(110*(1-pow(1-clip((t-9.2)/0.6,0,1),3)))))"
    )


def test_a_piece_of_the_strip_knows_only_the_moves_it_is_seen_in() -> None:
    plan = a_plan(comments=100)
    tall = replace(plan, strip=lay_out(plan.layout, [1000] * 100))
    second = next(layer for layer in overlays(tall) if layer.file == "strip-01.png")

    # Eleven cards are a piece: the second holds 11 to 21 and is in sight in the scenes 9 to 24.
    moved_at_s = [float(at) for at in re.findall(r"t-([\d.]+)", second.y)]
    assert moved_at_s == pytest.approx([2 + scene * 3.6 for scene in range(9, 25)])


def test_many_moves_are_added_in_a_shallow_tree() -> None:
    plan = a_plan(comments=100)
    uneven = replace(plan, strip=lay_out(plan.layout, [100, 120] * 50))
    (above, _) = (layer for layer in overlays(uneven) if layer.file.startswith("veil-"))
    depth = deepest = 0
    for character in above.y:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)

    # FFmpeg reads expressions up to a depth of one hundred, and counts chained operators too.
    assert above.y.count("pow") == 100
    assert deepest < 20


def test_pieces_of_the_strip_are_drawn_only_while_their_cards_may_be_seen() -> None:
    plan = a_plan(comments=100)
    tall = replace(plan, strip=lay_out(plan.layout, [1000] * 100))
    pieces = [layer for layer in overlays(tall) if layer.file.startswith("strip-")]

    assert pieces[0].start_s == 2.0
    assert pieces[1].start_s == 2 + 9 * 3.6
    assert pieces[1].end_s == 2 + 24 * 3.6 + 0.6
    assert pieces[-1].end_s is None


def test_the_arguments_of_the_longest_video_stay_below_the_systems_limit() -> None:
    plan = a_plan(comments=100)
    tall = replace(plan, strip=lay_out(plan.layout, [1000] * 100))

    # Linux refuses a single argument of 128 KiB.
    assert max(map(len, argv(tall))) < 131_072


def test_the_graph_holds_numbers_names_and_operators_alone() -> None:
    graph = after(argv(a_plan(comments=20)), "-filter_complex")

    assert re.fullmatch(r"[\w\[\]:;,=.()*/+'-]+", graph)


def test_only_local_media_files_are_opened() -> None:
    arguments = argv(a_plan())

    assert after(arguments, "-protocol_whitelist") == "file"
    inputs = [arguments[at + 1] for at, word in enumerate(arguments) if word == "-i"]
    assert inputs[0] == "file:source"
    assert all(re.fullmatch(r"[a-z]+(-\w+)?\.png", name) for name in inputs[1:])
