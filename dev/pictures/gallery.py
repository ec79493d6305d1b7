"""`python -m dev.pictures.gallery`: make the pictures of docs/gallery.md: frames of real videos."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from burner.encoding import ENVIRONMENT
from burner.plan import OUTPUT
from engine_kit.ffmpeg import find_ffmpeg
from engine_kit.probe import find_ffprobe, probe
from PIL import Image
from remotion.composition import compose, draw_all
from remotion.plan import SOURCE_FILE, VIDEO_FILE, Source, argv

from dev.fixtures.clip import clip_path
from dev.installation import ROOT
from dev.pictures.burned import prepared_burn
from dev.pictures.shapes import SHAPES, frame, run, shaped_film, sheet
from media_jobs.comments import CommentsDocument
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.engines.burner.presets import PRESETS
from media_jobs.engines.remotion.options import CommentsOptions, Preset

PICTURES = ROOT / "docs/gallery"
BYTES_MAX = 60_000
QUALITIES = (82, 74, 66, 58, 50, 42, 34)
HEIGHT = 640
FILM_AT_S, FILM_S, AT_S = 2.0, 1.0, 0.5
"""The part of the clip that is burned, and when in it the picture is taken."""

SAID: Mapping[str, str] = {
    "English": "Everyone was asleep in the meadow 🐰 until a butterfly came.",
    "timed": "Everyone was asleep in the meadow <00:00.400>until <00:00.700>a butterfly came.",
    "Chinese": "草地上大家都睡着了，直到一只蝴蝶飞来。",
    "Japanese": "草原ではみんな眠っていた。蝶が飛んでくるまでは。",
    "Korean": "초원에서 모두 잠들어 있었다. 나비 한 마리가 날아올 때까지.",
    "Arabic": "كان الجميع نائمين في المرج حتى جاءت فراشة.",
    "Hindi": "घास के मैदान में सब सो रहे थे, जब तक कि एक तितली नहीं आई।",
    "Thai": "ทุกคนหลับอยู่ในทุ่งหญ้า จนกระทั่งมีผีเสื้อบินมา",
}
_IN_TURN = ("Chinese", "Arabic", "Thai", "Japanese", "Hindi", "Korean")
"""The scripts beside English, from preset to preset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """A burn in all shapes: *languages* of SAID, one below the other, with *options*."""

    languages: tuple[str, ...]
    options: Mapping[str, object]


def _of_presets() -> Mapping[str, Burned]:
    found: dict[str, Burned] = {}
    for number, preset in enumerate(PRESETS):
        words = "timed" if preset == "karaoke" else "English"
        other = _IN_TURN[number % len(_IN_TURN)]
        # Each in two scripts: English alone, or under the other one.
        found[f"burn-{preset}"] = Burned(languages=(words,), options={"preset": preset})
        found[f"burn-{preset}-two"] = Burned(
            languages=(words, other) if number % 2 == 0 or words == "timed" else (other, words),
            options={"preset": preset, "bilingual": True},
        )
    return found


HINT = {"text": "English for beginners, part 4", "position": "top-left", "marginH": 60}
BURNS: Mapping[str, Burned] = {
    **_of_presets(),
    **{
        f"burn-highlight-{manner}": Burned(
            languages=("timed",), options={"preset": "shorts", "style": {"highlight": manner}}
        )
        for manner in ("word", "fill", "box", "single")
    },
    "burn-hint": Burned(
        languages=("English",),
        options={
            "preset": "minimal",
            "hint": {**HINT, "backgroundColor": "#0A5C5C", "backgroundOpacity": 0.9},
            "watermark": {"text": "meadow.example"},
        },
    ),
    "burn-blur": Burned(
        languages=("English",), options={"segments": [{"startS": 0, "endS": 9, "effect": "blur"}]}
    ),
}
"""Picture name to what is burned: every preset and highlight, and what else lies over the film."""

COVER_AT_S = 2.0
READING_AT_S = 9.0
WIDE = 640
GAP = 8

DOCUMENT = {
    "video": {
        "title": "Big Buck Bunny: how the meadow was made",
        "translatedTitle": "《大雄兔》：草地是怎样制作的",
        "author": "Blender Foundation",
        "viewCount": 1284301,
        "likeCount": 48211,
    },
    "comments": [
        {
            "author": "Mira Kowalski",
            "content": "The fur alone must have taken weeks to render 🐰✨",
            "translatedContent": "光是渲染毛发就得花上几个星期吧。",
            "likes": 2817,
        },
        {
            "author": "أحمد سالم",
            "content": "ما زلت أشاهده مع أطفالي كل شهر 👏🏽",
            "translatedContent": "I still watch it with my children every month.",
            "likes": 934,
        },
        {
            "author": "田中さくら",
            "content": "蝶々のシーンが一番好きです。何度見ても笑ってしまう。",
            "translatedContent": "The scene with the butterfly is my favourite. It makes me laugh.",
            "likes": 1206,
        },
    ],
}

Make = Callable[[Path], Image.Image]


def makers() -> Mapping[str, Make]:
    """Return what makes each picture in a folder, by the picture's name."""
    return {
        **{name: lambda folder, b=burned: _burned(folder, b) for name, burned in BURNS.items()},
        **{
            f"comments-{preset}": lambda folder, p=preset: _of_comments(folder, p)
            for preset in get_args(Preset)
        },
        **{
            f"comments-in-{template}": lambda folder, t=template: _of_sources(folder, t)
            for template in ("landscape", "vertical")
        },
    }


def main() -> None:
    """Make every picture anew, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m dev.pictures.gallery", description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to make; all without one")
    wanted = parser.parse_args().names
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for picture, make in makers().items():
            if not wanted or picture in wanted:
                path = save(make(Path(name)), PICTURES / f"{picture}.webp")
                print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")


def save(picture: Image.Image, path: Path) -> Path:
    """Save *picture* at the best of QUALITIES that keeps it below BYTES_MAX."""
    for quality in QUALITIES:
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= BYTES_MAX:
            break
    return path


def _burned(folder: Path, burned: Burned) -> Image.Image:
    said = "\n".join(SAID[language] for language in burned.languages)
    subtitles = f"WEBVTT\n\n00:00.000 --> 00:01.000\n{said}\n".encode()
    options = BurnOptions.model_validate_json(json.dumps(burned.options))
    pictures = {}
    for shape in SHAPES:
        film = shaped_film(folder, shape, at_s=FILM_AT_S, duration_s=FILM_S)
        with tempfile.TemporaryDirectory(dir=folder) as name:
            work = Path(name)
            command, environment = prepared_burn(
                work, film, subtitles, options, cache=folder / "fonts"
            )
            run(command, work, environment)
            pictures[shape] = frame(work / OUTPUT, AT_S)
    return sheet(pictures, HEIGHT)


def _of_comments(folder: Path, preset: str) -> Image.Image:
    """Return cover and cards of the landscape template, beside cards of the vertical one."""
    wide = _video(folder, clip_path(), {"preset": preset, "template": "landscape"})
    tall = _video(folder, clip_path(), {"preset": preset, "template": "vertical"})
    cover, cards = _scaled(frame(wide, COVER_AT_S), WIDE), _scaled(frame(wide, READING_AT_S), WIDE)
    height = cover.height + GAP + cards.height
    upright = frame(tall, READING_AT_S).resize(
        (round(height * 9 / 16), height), Image.Resampling.LANCZOS
    )
    return _beside([_above(cover, cards), upright])


def _of_sources(folder: Path, template: str) -> Image.Image:
    """Return the cards of a template with films of all shapes."""
    pictures = []
    for shape in SHAPES:
        film = shaped_film(folder, shape, at_s=0, duration_s=5)
        video = _video(folder, film, {"template": template})
        width = WIDE * 3 // 4 if template == "landscape" else WIDE * 3 // 8
        pictures.append(_scaled(frame(video, READING_AT_S), width))
    if template == "vertical":
        return _beside(pictures)
    return _above(_beside(pictures[:2]), _beside(pictures[2:]))


def _video(folder: Path, film: Path, options: Mapping[str, object]) -> Path:
    work = Path(tempfile.mkdtemp(dir=folder))
    (work / SOURCE_FILE).symlink_to(film)
    wanted = CommentsOptions.model_validate_json(
        json.dumps({"height": 720, "countdown": True, **options})
    )
    probed = asyncio.run(probe(work / SOURCE_FILE, ffprobe=find_ffprobe(find_ffmpeg())))
    assert probed.video is not None
    document = CommentsDocument.model_validate_json(json.dumps(DOCUMENT))
    composition = compose(document, wanted, source_size=probed.video.shown_size)
    draw_all(composition, work, advance=lambda _: None)
    source = Source(duration_s=probed.duration_s, video=probed.video, audio=None)
    arguments = argv(composition.scene, source)
    # No more of the video than is looked at.
    arguments[arguments.index("-frames:v") + 1] = str(round((READING_AT_S + 0.2) * wanted.fps))
    run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments], work, ENVIRONMENT)
    return work / VIDEO_FILE


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _beside(pictures: list[Image.Image]) -> Image.Image:
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) - 1)
    whole = Image.new("RGB", (width, max(p.height for p in pictures)), (255, 255, 255))
    x = 0
    for picture in pictures:
        whole.paste(picture, (x, 0))
        x += picture.width + GAP
    return whole


def _above(upper: Image.Image, lower: Image.Image) -> Image.Image:
    height = upper.height + GAP + lower.height
    whole = Image.new("RGB", (max(upper.width, lower.width), height), (255, 255, 255))
    whole.paste(upper, (0, 0))
    whole.paste(lower, (0, upper.height + GAP))
    return whole


if __name__ == "__main__":
    main()
