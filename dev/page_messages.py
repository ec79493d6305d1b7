"""The catalogue of messages as the page reads it: one module per language."""

import json
from functools import partial

from media_jobs.messages.chinese import MESSAGES as CHINESE
from media_jobs.messages.english import MESSAGES as ENGLISH
from media_jobs.messages.of_engines import CHINESE as CHINESE_OF_ENGINES
from media_jobs.messages.of_engines import ENGLISH as ENGLISH_OF_ENGINES


def page_messages(language: str) -> str:
    """Return `public/js/messages/<language>/server.js`."""
    catalogue = {"en": ENGLISH | ENGLISH_OF_ENGINES, "zh": CHINESE | CHINESE_OF_ENGINES}[language]
    table = json.dumps(catalogue, ensure_ascii=False, indent=2)
    return (
        f"/** Made of `media_jobs.messages` by `python -m dev.docs`. */\nexport default {table};\n"
    )


TARGETS = {
    f"public/js/messages/{language}/server.js": partial(page_messages, language)
    for language in ("en", "zh")
}
