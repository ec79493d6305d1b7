"""Translates by a server of chat completions: OpenAI's `POST /v1/chat/completions`, which many
speak (https://platform.openai.com/docs/api-reference/chat/create).

Servers differ in what they take: an answer by JSON schema and a temperature are asked for until one
refuses them, and the bound of an answer has the name that the server knows. Some end an answer
after a few hundred tokens unless they are given a bound.
"""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from translator.calling import Caller, Refused
from translator.port import Languages, Question, Reply
from translator.prompt import ANSWER_SCHEMA, messages, read_answer
from translator.spending import Spending

__all__ = ["Chat"]

ANSWER_TOKENS_MAX = 8_192
TEMPERATURE = 0.2
_AROUND_MESSAGES = 64
"""Tokens that a server adds to what the messages have, at most."""
_NAMES = {
    "room": re.compile(r"max_(?:completion_)?tokens|context|length", re.IGNORECASE),
    "temperature": re.compile("temperature", re.IGNORECASE),
    "schema": re.compile("response_format|schema", re.IGNORECASE),
}
_SHAPE_REFUSED = frozenset({400, 404, 415, 422, 501})

_Count = Annotated[int, Field(ge=0)]


class _Foreign(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Usage(_Foreign):
    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0


class _Message(_Foreign):
    content: str | None = None


class _Choice(_Foreign):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Foreign):
    choices: Annotated[list[_Choice], Field(min_length=1)]
    usage: _Usage | None = None


class _Counted(_Foreign):
    usage: _Usage


class Chat:
    """One model of a server. See `port.Translator`."""

    name = "chat"
    keeps_marks = True
    reads_instructions = True

    def __init__(
        self, caller: Caller, url: str, model: str, spending: Spending, batch_max: int
    ) -> None:
        self.batch_max = batch_max
        self._caller = caller
        self._url = f"{url}/chat/completions"
        self._model = model
        self._spending = spending
        self._asks = {"room": False, "temperature": True, "schema": True}
        self._bound_name = "max_tokens"

    def check(self, languages: Languages) -> None:
        """Take all languages: nobody knows which ones a model speaks."""

    async def translate(self, question: Question) -> Reply:
        """See `port.Translator`."""
        while True:
            try:
                return await self._ask(question)
            except Refused as refused:
                if not self._adapts(refused):
                    raise self._caller.failure(refused) from None

    def _adapts(self, refused: Refused) -> bool:
        """Leave out what this server seems not to take; say whether there was anything."""
        if refused.status not in _SHAPE_REFUSED:
            return False
        if self._bound_name in refused.text and "max_completion_tokens" in refused.text:
            is_new = self._bound_name != "max_completion_tokens"
            self._bound_name = "max_completion_tokens"
            return is_new
        for what, names in _NAMES.items():
            # What the words name; and in the end the schema, which some refuse without a word.
            if self._asks[what] and (what == "schema" or names.search(refused.text)):
                self._asks[what] = False
                return True
        return False

    async def _ask(self, question: Question) -> Reply:
        said = messages(question)
        # No tokenizer makes more tokens of a text than it has bytes.
        tokens_in = sum(len(one["content"].encode()) for one in said) + _AROUND_MESSAGES
        least = sum(len(one.text) for one in question.passages) // 2 + 32
        body: dict[str, object] = {"model": self._model, "messages": said}
        if self._asks["temperature"]:
            body["temperature"] = TEMPERATURE
        if self._asks["schema"]:
            body["response_format"] = {"type": "json_schema", "json_schema": ANSWER_SCHEMA}
        out_max = 0

        def before() -> None:
            nonlocal out_max
            if self._spending.is_bounded:
                out_max = self._spending.out_max(tokens_in, least, ANSWER_TOKENS_MAX)
                body[self._bound_name] = out_max
            elif self._asks["room"]:
                body[self._bound_name] = ANSWER_TOKENS_MAX

        response = await self._caller.post(
            self._url,
            body,
            self._headers,
            before=before,
            broken=lambda: self._spending.untold(tokens_in, out_max),
        )
        return self._read(response.content, tokens_in, out_max)

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._caller.key}"} if self._caller.key else {}

    def _read(self, content: bytes, tokens_in: int, out_max: int) -> Reply:
        try:
            usage = _Counted.model_validate_json(content).usage
            self._spending.answered(usage.prompt_tokens, usage.completion_tokens)
        except ValidationError:
            self._spending.untold(tokens_in, out_max)
        try:
            completion = _Completion.model_validate_json(content)
        except ValidationError:
            return Reply(texts=(), fault="The answer is none of chat completions.")
        choice = completion.choices[0]
        if choice.finish_reason == "length":
            self._asks["room"] = True
            return Reply(texts=(), fault="The answer ended before it was whole.")
        if not choice.message.content:
            return Reply(texts=(), fault="The answer is empty.")
        return read_answer(choice.message.content)
