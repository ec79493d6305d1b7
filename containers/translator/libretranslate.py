"""Translates by LibreTranslate (https://docs.libretranslate.com): free to run, plain text."""

from pydantic import BaseModel, ConfigDict, ValidationError

from translator.calling import Caller, Refused
from translator.port import Languages, Question, Reply
from translator.spending import Spending

__all__ = ["LibreTranslate"]

_NAMES = {"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant"}
_AS_THEY_ARE = frozenset({"zh-Hans", "zh-Hant", "pt-BR"})


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Detected(_Foreign):
    language: str


class _Answer(_Foreign):
    translatedText: list[str]
    detectedLanguage: list[_Detected] | None = None


class LibreTranslate:
    """See `port.Translator`."""

    name = "libretranslate"
    keeps_marks = False
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
        body: dict[str, object] = {
            "q": [one.text for one in question.passages],
            "source": "auto" if languages.source is None else _name(languages.source),
            "target": _name(languages.target),
            "format": "text",
        }
        if self._caller.key:
            body["api_key"] = self._caller.key
        count = sum(len(one.text) for one in question.passages)
        try:
            response = await self._caller.post(
                self._url,
                body,
                {},
                before=lambda: self._check_budget(count),
                broken=lambda: self._spending.untold(count, 0),
            )
        except Refused as refused:
            raise self._caller.failure(refused) from None
        self._spending.read(count)
        try:
            answer = _Answer.model_validate_json(response.content)
        except ValidationError:
            return Reply(texts=(), fault="The answer is not LibreTranslate's.")
        if len(answer.translatedText) != len(question.passages):
            return Reply(texts=(), fault="The answer has another number of texts.")
        detected = answer.detectedLanguage or []
        return Reply(
            texts=tuple(
                (one.id, text)
                for one, text in zip(question.passages, answer.translatedText, strict=True)
            ),
            language=detected[0].language if detected and languages.source is None else None,
        )

    def _check_budget(self, characters: int) -> None:
        if self._spending.is_bounded:
            self._spending.out_max(characters, 0, 0)


def _name(language: str) -> str:
    return language if language in _AS_THEY_ARE else _NAMES.get(language, language.split("-")[0])
