"""The page and the command ask for the same job when they are asked for the same thing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from vidgen.commands.console import options_of

from tests.app.stage import Stage
from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


# What a person has changed in the page's form of a burn, and the same on the command line.
CHOICES: dict[str, tuple[str, dict[str, object], list[str]]] = {
    "nothing": ("{...look}", {}, []),
    "a preset": ("{...look, preset: 'bold', ...presetOf('bold')}", {"preset": "bold"}, []),
    "two languages": (
        "{...look, bilingual: true, secondaryStyle: {...look.secondaryStyle, fontSize: 30}}",
        {"bilingual": True},
        ["secondaryStyle.fontSize=30"],
    ),
    "a style above a preset": (
        "{...look, preset: 'contrast', ...presetOf('contrast'),"
        " style: {...presetOf('contrast').style, fontSize: 41, textColor: '#00FF00'}}",
        {"preset": "contrast"},
        ["style.fontSize=41", "style.textColor=#00FF00"],
    ),
    "another file": (
        "{...look, codec: 'hevc', quality: 'small', speed: 'slow', dynamicRange: 'keep'}",
        {"codec": "hevc", "quality": "small", "dynamicRange": "keep"},
        ["speed=slow"],
    ),
}


def by_page(form: str) -> dict[str, Any]:
    given = (
        "(() => { const presetOf = (preset) => { const {style, secondaryStyle} ="
        " m.lookFrom({preset}); return {style, secondaryStyle}; };"
        f" const look = m.lookFrom({{}}); return m.optionsToSend({form}); }})()"
    )
    found: dict[str, Any] = evaluate("views/burn.js", given)
    return found


@pytest.mark.parametrize("choice", CHOICES)
def test_a_burn_that_is_chosen_alike_reaches_the_burner_alike(choice: str) -> None:
    stage = Stage()
    form, flags, settings = CHOICES[choice]
    media_id = stage.media_with_inputs()

    def manifest(options: dict[str, Any]) -> dict[str, Any]:
        wanted = {"engine": "burner-ffmpeg", "mediaId": media_id, "options": options}
        stored = stage.objects.stored[f"manifests/jobs/{stage.job(wanted)}.json"].body
        document: dict[str, Any] = json.loads(stored)
        return {name: document[name] for name in ("engine", "inputs", "options")}

    assert manifest(by_page(form)) == manifest(options_of(None, settings, flags))
