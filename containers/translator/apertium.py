"""Translates by Apertium (https://www.apertium.org): rules and dictionaries, a program of Debian's.

It needs no network and no key, is fluent in short sentences and clumsy in long ones. Each pair of
languages is a package. Texts stand in paragraphs, over whose ends no rule reaches.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from engine_kit.failures import EngineFailure, FailureCode
from engine_kit.processes import run_process

from media_jobs.said import said
from translator.port import Languages, Question, Refusal, Reply

__all__ = ["MODES", "Apertium", "pairs"]

MODES = Path("/usr/share/apertium/modes")
"""Where Debian's packages of pairs say that they are there: `eng-spa.mode`, `spa-eng_US.mode`."""
_CODES = {
    "af": "afr",
    "an": "arg",
    "ar": "ara",
    "ast": "ast",
    "be": "bel",
    "bg": "bul",
    "br": "bre",
    "bs": "hbs",
    "ca": "cat",
    "cy": "cym",
    "da": "dan",
    "de": "deu",
    "en": "eng",
    "eo": "epo",
    "es": "spa",
    "eu": "eus",
    "fr": "fra",
    "gl": "glg",
    "hi": "hin",
    "hr": "hbs",
    "id": "ind",
    "is": "isl",
    "it": "ita",
    "kk": "kaz",
    "mk": "mkd",
    "ms": "msa",
    "mt": "mlt",
    "nb": "nob",
    "nl": "nld",
    "nn": "nno",
    "no": "nob",
    "oc": "oci",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sc": "srd",
    "sl": "slv",
    "sr": "hbs",
    "sv": "swe",
    "tr": "tur",
    "tt": "tat",
    "uk": "ukr",
    "ur": "urd",
}
"""ISO 639-3 of languages by their tags: by it Apertium names them."""
_TAGS = {code: tag for tag, code in reversed(_CODES.items())}


def pairs(modes: Path = MODES) -> tuple[str, ...]:
    """Return the pairs that there are, as Apertium names them: `eng-spa`."""
    return tuple(sorted(path.stem for path in modes.glob("*.mode")))


def pairs_said(found: Iterable[str]) -> str:
    """Return *found* for people, in tags where there are some: `en-es, es-en`."""
    named = {
        "-".join(_TAGS.get(part.partition("_")[0], part) for part in one.split("-"))
        for one in found
    }
    return ", ".join(sorted(named)) or "none"


class Apertium:
    """See `port.Translator`. *work_dir*: where the program runs."""

    name = "apertium"
    keeps_marks = False
    reads_instructions = False
    batch_max = 200

    def __init__(self, work_dir: Path, no_progress_s: float, modes: Path = MODES) -> None:
        self._work_dir = work_dir
        self._no_progress_s = no_progress_s
        self._pairs = pairs(modes)

    def check(self, languages: Languages) -> None:
        """Raise EngineFailure that names the pairs that there are, unless this is one."""
        if languages.source is None:
            raise EngineFailure(
                Refusal.PAIR,
                said("failure.source_language_needed", pairs=pairs_said(self._pairs)),
            )
        if self._mode(languages) is None:
            raise EngineFailure(
                Refusal.PAIR,
                said(
                    "failure.no_pair",
                    pair=f"{languages.source}-{languages.target}",
                    pairs=pairs_said(self._pairs),
                ),
            )

    def _mode(self, languages: Languages) -> str | None:
        source, *_ = (languages.source or "").split("-")
        target, *more = languages.target.split("-")
        pair = f"{_CODES.get(source, source)}-{_CODES.get(target, target)}"
        wanted = [*(f"{pair}_{part}" for part in more), pair]
        return next((one for one in wanted if one in self._pairs), None)

    async def translate(self, question: Question) -> Reply:
        """See `port.Translator`."""
        mode = self._mode(question.languages)
        assert mode is not None, "the languages were not checked"
        lines: list[str] = []
        text = "\n\n".join(one.text for one in question.passages)
        # A file: Apertium asks whether it may read its input, which no pipe of ours lets it.
        source = self._work_dir / "texts"
        await asyncio.to_thread(source.write_text, f"{text}\n", encoding="utf-8")
        result = await run_process(
            # Without the sign * before words that it does not know.
            ["apertium", "-u", mode, source.name],
            cwd=self._work_dir,
            on_line=lines.append,
            env={"LC_ALL": "C.UTF-8", "HOME": str(self._work_dir)},
            no_progress_s=self._no_progress_s,
        )
        if result.stalled:
            raise EngineFailure(FailureCode.TIMEOUT, "Apertium shows no progress.")
        if result.code != 0:
            raise EngineFailure(
                FailureCode.TOOL_FAILED,
                f"Apertium ended with code {result.code}.",
                tool_tail=result.stderr_tail,
            )
        made = "\n".join(lines).strip("\n").split("\n\n")
        if len(made) != len(question.passages):
            return Reply(texts=(), fault="The answer has another number of texts.")
        return Reply(
            texts=tuple((one.id, text) for one, text in zip(question.passages, made, strict=True))
        )
