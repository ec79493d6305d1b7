"""What is made of the burner's presets and of the fields of a style: the page's module, and the
parts of documents that name them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dev.installation import ROOT
from media_jobs.engines.burner.options import BurnOptions, SubtitleStyle
from media_jobs.engines.burner.presets import PRESETS
from media_jobs.messages import message

PAGE_MODULE = "public/js/burnpresets.js"
GALLERY = "docs/gallery.md"

_PRESET_NAMES = re.compile(r"(<!-- burner presets -->).*?(<!-- /burner presets -->)", re.DOTALL)
_STYLE_FIELDS = re.compile(r"(<!-- burner style -->).*?(<!-- /burner style -->)", re.DOTALL)


def page_module() -> str:
    """Return the module of the page with the two styles that each preset begins with."""
    looks = {name: _styles(name) for name in PRESETS}
    table = json.dumps(looks, ensure_ascii=False, indent=2)
    return (
        "/** Made of `media_jobs.engines.burner.presets` by `python -m dev.docs`. */\n"
        f"export default {table};\n"
    )


def _styles(preset: str) -> Mapping[str, Any]:
    options = BurnOptions.model_validate({"preset": preset})
    styles = {"style": options.style, "secondaryStyle": options.secondary_style}
    return {
        name: style.model_dump(by_alias=True, exclude_none=True) for name, style in styles.items()
    }


def with_options(text: str) -> str:
    """Return docs/api.md with the names of presets and the fields of a style made anew."""
    names = ", ".join(f"`{name}`" for name in PRESETS)
    fields = ", ".join(_fields())
    text = _PRESET_NAMES.sub(lambda found: f"{found[1]}{names}{found[2]}", text)
    return _STYLE_FIELDS.sub(lambda found: f"{found[1]}{fields}{found[2]}", text)


def _fields() -> Iterator[str]:
    schema = SubtitleStyle.model_json_schema(by_alias=True)
    for name, field in schema["properties"].items():
        said = [*_values(field)]
        if "description" in field:
            said.append(field["description"])
        yield f"`{name}`" + (f" ({'; '.join(said)})" if said else "")


def _values(field: Mapping[str, Any]) -> Iterator[str]:
    for one in field.get("anyOf", [field]):
        if "enum" in one:
            yield ", ".join(f"`{value}`" for value in one["enum"])
        elif "minimum" in one and "maximum" in one:
            yield f"{one['minimum']:g}–{one['maximum']:g}"


def gallery() -> str:
    """Return docs/gallery.md with a picture of each preset of the burner."""
    shown = "\n".join(_shown(name) for name in PRESETS)
    text = (ROOT / GALLERY).read_text(encoding="utf-8")
    return _PRESET_NAMES.sub(lambda found: f"{found[1]}\n{shown}{found[2]}", text)


def _shown(preset: str) -> str:
    title = message(f"preset.{preset}")
    return f"""
### {title}

`"preset": "{preset}"`: {message(f"preset_look.{preset}")}

![{title}: one language, in four shapes](gallery/burn-{preset}.webp)
![{title}: two languages, in four shapes](gallery/burn-{preset}-two.webp)
"""
