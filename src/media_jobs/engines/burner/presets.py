"""The looks that a burn may begin with: what each says of both styles.

The fields that a job gives stand above it, the models' defaults below. Of each, `messages` has a
name (`preset.<name>`) and a sentence (`preset_look.<name>`); docs/extending.md says what another
one takes.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import GetPydanticSchema

__all__ = ["PRESETS", "Preset"]

PRESETS: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    # Sized for a screen of a laptop, on any ground.
    "default": {
        "secondaryStyle": {"fontSize": 36, "textColor": "#FFE08A", "highlightColor": "#64D2FF"},
    },
    # The most that can be had between text and ground, for hard-to-read pictures.
    "contrast": {
        "style": {
            "fontSize": 52,
            "textColor": "#FFFF00",
            "backgroundOpacity": 1,
            "bold": True,
            "highlightColor": "#00E5FF",
        },
        "secondaryStyle": {
            "fontSize": 40,
            "textColor": "#FFFFFF",
            "backgroundOpacity": 1,
        },
    },
    # As little of the picture covered as can be, and readable on grass.
    "minimal": {
        "style": {"fontSize": 40, "backgroundOpacity": 0, "outlineWidth": 3.5, "marginV": 48},
        "secondaryStyle": {
            "fontSize": 32,
            "textColor": "#E6E6E6",
            "backgroundOpacity": 0,
            "outlineWidth": 3,
            "marginV": 48,
        },
    },
    # Large and heavy, for small screens without sound.
    "bold": {
        "style": {"fontSize": 64, "backgroundOpacity": 0, "outlineWidth": 6, "bold": True},
        "secondaryStyle": {
            "fontSize": 48,
            "textColor": "#FFE08A",
            "backgroundOpacity": 0,
            "outlineWidth": 5,
            "bold": True,
            "highlightColor": "#64D2FF",
        },
    },
    # The looks of captions in the apps that show upright video.
    "shorts": {
        "style": {
            "fontSize": 60,
            "backgroundOpacity": 0.75,
            "box": "lines",
            "cornerRadius": 10,
            "bold": True,
        },
        "secondaryStyle": {
            "fontSize": 46,
            "textColor": "#FFE08A",
            "backgroundOpacity": 0.75,
            "box": "lines",
            "cornerRadius": 10,
            "bold": True,
            "highlightColor": "#64D2FF",
        },
    },
    "reels": {
        "style": {
            "fontSize": 56,
            "textColor": "#111111",
            "backgroundColor": "#FFFFFF",
            "backgroundOpacity": 1,
            "box": "lines",
            "cornerRadius": 18,
            "bold": True,
            "highlightColor": "#D6006C",
        },
        "secondaryStyle": {
            "fontSize": 44,
            "textColor": "#333333",
            "backgroundColor": "#FFFFFF",
            "backgroundOpacity": 1,
            "box": "lines",
            "cornerRadius": 18,
            "bold": True,
            "highlightColor": "#D6006C",
        },
    },
    "tiktok": {
        "style": {"fontSize": 64, "backgroundOpacity": 0, "outlineWidth": 7, "bold": True},
        "secondaryStyle": {
            "fontSize": 50,
            "textColor": "#FFE08A",
            "backgroundOpacity": 0,
            "outlineWidth": 6,
            "bold": True,
            "highlightColor": "#64D2FF",
        },
    },
    # Words fill with colour while they are said, where the subtitles time them.
    "karaoke": {
        "style": {
            "fontSize": 64,
            "backgroundOpacity": 0,
            "outlineWidth": 6,
            "bold": True,
            "highlight": "fill",
        },
        "secondaryStyle": {
            "fontSize": 44,
            "textColor": "#FFFFFF",
            "backgroundOpacity": 0,
            "outlineWidth": 5,
            "bold": True,
        },
    },
}

Preset = Annotated[
    str, GetPydanticSchema(lambda _, handler: handler(Literal.__getitem__(tuple(PRESETS))))
]
"""The name of a preset. In a model, another one is refused by the names of these."""
