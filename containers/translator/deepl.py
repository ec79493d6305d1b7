"""Translates by DeepL (https://developers.deepl.com/docs/api-reference/translate).

It counts characters, keeps tags, and takes neighbours as context; its glossaries are made by
another of its interfaces, so ours is checked and not sent.
"""

import re
from html import escape, unescape

from engine_kit.failures import EngineFailure
from pydantic import BaseModel, ConfigDict, ValidationError

from translator.calling import Caller, Refused
from translator.port import Languages, Question, Refusal, Reply
from translator.spending import Spending

__all__ = ["DeepL"]

_TARGETS = {
    "en": "EN-US",
    "en-GB": "EN-GB",
    "en-US": "EN-US",
    "pt": "PT-PT",
    "pt-BR": "PT-BR",
    "pt-PT": "PT-PT",
    "es-419": "ES-419",
    "zh": "ZH-HANS",
    "zh-Hans": "ZH-HANS",
    "zh-CN": "ZH-HANS",
    "zh-Hant": "ZH-HANT",
    "zh-TW": "ZH-HANT",
    "zh-HK": "ZH-HANT",
    "no": "NB",
}
"""Where DeepL's name of a language is not its first part in capitals."""
_MARK = re.compile(r"&lt;(/?s\d+)&gt;")
_QUOTA_EXCEEDED = 456


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Translation(_Foreign):
    text: str
    detected_source_language: str | None = None


class _Answer(_Foreign):
    translations: list[_Translation]


class DeepL:
    """See `port.Translator`."""

    name = "deepl"
    keeps_marks = True
    reads_instructions = False
    batch_max = 50

    def __init__(self, caller: Caller, url: str, spending: Spending) -> None:
        self._caller = caller
        self._url = f"{url}/translate"
        self._spending = spending

    def check(self, languages: Languages) -> None:
        """Take all languages: the server names those that it has not."""

    async def translate(self, question: Question) -> Reply:
        """See `port.Translator`."""
        languages = question.languages
        texts = [escape(one.text, quote=False) for one in question.passages]
        body: dict[str, object] = {
            "text": [_MARK.sub(r"<\1>", text) for text in texts],
            "target_lang": _target(languages.target),
            "tag_handling": "xml",
            "split_sentences": "nonewlines",
        }
        if languages.source is not None:
            body["source_lang"] = languages.source.split("-")[0].upper()
        if question.before or question.after:
            body["context"] = " ".join((*question.before, *question.after))
        count = sum(len(one.text) for one in question.passages)
        try:
            response = await self._caller.post(
                self._url,
                body,
                {"authorization": f"DeepL-Auth-Key {self._caller.key}"},
                before=lambda: self._check_budget(count),
                broken=lambda: self._spending.untold(count, 0),
            )
        except Refused as refused:
            if refused.status == _QUOTA_EXCEEDED:
                raise EngineFailure(
                    Refusal.BUDGET, "DeepL's quota of this key is used up."
                ) from None
            raise self._caller.failure(refused) from None
        self._spending.read(count)
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError:
            return Reply(texts=(), fault="The answer is not DeepL's.")
        if len(answer.translations) != len(question.passages):
            return Reply(texts=(), fault="The answer has another number of texts.")
        detected = answer.translations[0].detected_source_language
        return Reply(
            texts=tuple(
                (one.id, unescape(made.text))
                for one, made in zip(question.passages, answer.translations, strict=True)
            ),
            language=None if detected is None or languages.source else detected.lower(),
        )

    def _check_budget(self, characters: int) -> None:
        if self._spending.is_bounded:
            self._spending.out_max(characters, 0, 0)


def _target(language: str) -> str:
    return (
        _TARGETS.get(language)
        or _TARGETS.get(language.split("-")[0])
        or (language.split("-")[0].upper())
    )
