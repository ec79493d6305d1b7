"""The recipes that every workspace has."""

from functools import cache

from media_jobs.recipes.document import Recipe

__all__ = ["built_in_recipes"]

_DOWNLOAD = {"step": "download", "engine": "media-downloader", "when": "url"}
_DOWNLOADED = {"video": {"fromStep": "download", "output": "video"}}
_HEARD = {"fromStep": "transcribe", "output": "subtitles"}
_TRANSLATED = {"fromStep": "translate", "output": "subtitles"}
_COMMENTS = {"fromStep": "comments", "output": "comments"}
_SPOKEN = {
    "name": "from",
    "title": {"en": "Spoken language", "zh": "原语言"},
    "kind": "language",
}
_TO = {"name": "to", "title": {"en": "Language", "zh": "目标语言"}, "kind": "language"}

_RECIPES: dict[str, dict[str, object]] = {
    "download": {
        "title": {"en": "Download", "zh": "下载"},
        "source": "url",
        "steps": [_DOWNLOAD],
    },
    "transcribe": {
        "title": {"en": "Transcribe", "zh": "语音转字幕"},
        "parameters": [{**_SPOKEN, "sets": ["transcribe.language"]}],
        "steps": [
            _DOWNLOAD,
            {"step": "transcribe", "engine": "asr-pipeline", "inputs": _DOWNLOADED},
        ],
    },
    "subtitle-two-languages": {
        "title": {"en": "Subtitle in two languages", "zh": "双语字幕"},
        "parameters": [
            {**_TO, "required": True, "sets": ["translate.to"]},
            {**_SPOKEN, "sets": ["transcribe.language", "translate.from"]},
        ],
        "steps": [
            _DOWNLOAD,
            {"step": "transcribe", "engine": "asr-pipeline", "inputs": _DOWNLOADED},
            {
                "step": "translate",
                "engine": "subtitle-translator",
                "inputs": {"subtitles": _HEARD},
            },
            {"step": "review", "review": [_HEARD, _TRANSLATED]},
            {
                "step": "burn",
                "engine": "burner-ffmpeg",
                "inputs": {
                    **_DOWNLOADED,
                    "subtitles": _TRANSLATED,
                    "subtitles-secondary": _HEARD,
                },
            },
        ],
    },
    "comments-video": {
        "title": {"en": "Comments video", "zh": "评论视频"},
        "source": "url",
        "parameters": [{**_TO, "sets": ["translate.to"]}],
        "steps": [
            _DOWNLOAD,
            {
                "step": "comments",
                "engine": "media-downloader",
                "options": {"mode": "comments"},
                "when": "url",
            },
            {
                "step": "translate",
                "engine": "subtitle-translator",
                "options": {"mode": "comments"},
                "inputs": {"comments-data": _COMMENTS},
                "when": "to",
            },
            {
                "step": "compose",
                "engine": "renderer-remotion",
                "inputs": {
                    **_DOWNLOADED,
                    "comments-data": {"fromStep": "translate", "output": "comments"},
                },
            },
        ],
    },
}


@cache
def built_in_recipes() -> dict[str, Recipe]:
    """Return them by name, in the order in which people are offered them."""
    return {name: Recipe.model_validate(document) for name, document in _RECIPES.items()}
