"""`python -m dev.pictures.gallery`: make the pictures of docs/gallery.md: frames of real videos."""

import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
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
from media_jobs.comments import CommentsDocument
from media_jobs.engines.burner.options import BurnOptions
from media_jobs.engines.remotion.options import CommentsOptions, Preset

PICTURES = ROOT / "docs/gallery"
CUE = "Everyone was asleep in the meadow.\n草地上，大家都睡着了。"
WORDS = (
    "Everyone <00:01.000>was <00:01.500>asleep <00:02.500>in the meadow.\n草地上，大家都睡着了。"
)
"""For a preset that shows when a word is said."""
HINT = {"text": "English for beginners, part 4", "animation": "none", "position": "top-left"}
BURNS: dict[str, dict[str, object]] = {
    **{
        f"burn-{preset}": {"preset": preset, "bilingual": True}
        for preset in get_args(BurnOptions.model_fields["preset"].annotation)
    },
    "burn-hint": {
        "preset": "minimal",
        "hint": {**HINT, "marginH": 60, "backgroundColor": "#0A5C5C", "backgroundOpacity": 0.9},
        "watermark": {"text": "meadow.example"},
    },
    "burn-blur": {"segments": [{"startS": 0, "endS": 9, "effect": "blur"}]},
}
"""Picture name to options: every preset, and what else lies over the picture."""
AT_S = 1.8
"""Of the clip: something is to be seen there."""
COVER_AT_S = 2.0
READING_AT_S = 9.0
QUALITY = 84
WIDE = 800
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


def main() -> None:
    """Make every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture, options in BURNS.items():
            work = folder / picture
            work.mkdir()
            _burn(work, folder / "fonts", options).save(
                PICTURES / f"{picture}.jpg", quality=QUALITY, optimize=True
            )
        for preset in get_args(Preset):
            _sheet(folder, preset).save(
                PICTURES / f"comments-{preset}.jpg", quality=QUALITY, optimize=True
            )
    for path in sorted(PICTURES.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KiB")


def _burn(work: Path, cache: Path, options: Mapping[str, object]) -> Image.Image:
    cue = WORDS if options.get("preset") == "karaoke" else CUE
    subtitles = f"WEBVTT\n\n00:00.000 --> 00:09.000\n{cue}\n".encode()
    command, environment = prepared_burn(
        work,
        clip_path(),
        subtitles,
        BurnOptions.model_validate_json(json.dumps(options)),
        cache=cache,
    )
    _run(command, work, environment)
    return _frame(work / OUTPUT, AT_S, WIDE)


def _sheet(folder: Path, preset: str) -> Image.Image:
    """Return cover and cards of the landscape template, beside cards of the vertical one."""
    wide = _video(folder / f"{preset}-wide", preset, "landscape")
    tall = _video(folder / f"{preset}-tall", preset, "vertical")
    cover, cards = _frame(wide, COVER_AT_S, WIDE), _frame(wide, READING_AT_S, WIDE)
    height = cover.height + GAP + cards.height
    upright = _frame(tall, READING_AT_S, round(height * 9 / 16)).resize(
        (round(height * 9 / 16), height), Image.Resampling.LANCZOS
    )
    sheet = Image.new("RGB", (WIDE + GAP + upright.width, height), (255, 255, 255))
    for picture, at in ((cover, (0, 0)), (cards, (0, height - cards.height))):
        sheet.paste(picture, at)
    sheet.paste(upright, (WIDE + GAP, 0))
    return sheet


def _video(work: Path, preset: str, template: str) -> Path:
    work.mkdir()
    (work / SOURCE_FILE).symlink_to(clip_path())
    options = CommentsOptions.model_validate_json(
        json.dumps({"preset": preset, "template": template, "height": 720, "countdown": True})
    )
    document = CommentsDocument.model_validate_json(json.dumps(DOCUMENT))
    composition = compose(document, options, source_size=(1280, 720))
    draw_all(composition, work, advance=lambda _: None, stopped=lambda: False)
    probed = asyncio.run(probe(work / SOURCE_FILE, ffprobe=find_ffprobe(find_ffmpeg())))
    assert probed.video is not None
    source = Source(duration_s=probed.duration_s, video=probed.video, audio=None)
    arguments = argv(composition.scene, source)
    # No more of the video than is looked at.
    arguments[arguments.index("-frames:v") + 1] = str(round((READING_AT_S + 0.2) * options.fps))
    _run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *arguments], work, ENVIRONMENT)
    return work / VIDEO_FILE


def _frame(video: Path, at_s: float, width: int) -> Image.Image:
    picture = video.with_suffix(f".{at_s}.png")
    seek = ("-ss", str(at_s), "-i", str(video), "-frames:v", "1", "-update", "1")
    _run([find_ffmpeg(), "-nostdin", "-v", "error", "-y", *seek, str(picture)], video.parent, {})
    with Image.open(picture) as opened:
        height = round(opened.height * width / opened.width)
        return opened.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
    environment = {**os.environ, **environment}
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
