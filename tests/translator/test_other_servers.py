"""DeepL and LibreTranslate are asked as their documents say, and their answers are checked."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from engine_kit.failures import EngineFailure
from engine_kit.outgoing import new_client
from translator.calling import Caller
from translator.deepl import DeepL
from translator.libretranslate import LibreTranslate
from translator.port import Languages, Passage, Question, Reply
from translator.settings import Price
from translator.spending import Spending, Used

from dev.loopback import Handler, served
from media_jobs.engines.translator.options import Budget

pytestmark = pytest.mark.heavy

KEY = "key-not-for-logs:fx"
PASSAGES = (Passage(id=4, text="A <s1>red</s1> & blue"), Passage(id=5, text="Second"))


class _Route(Handler):
    def __init__(self, asked: list[Any], answer: tuple[int, object], *given: Any) -> None:
        self.asked, self.given = asked, answer
        super().__init__(*given)

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append((self.path, headers, json.loads(self.body())))
        self.answer(self.given[0], json.dumps(self.given[1]).encode())


@contextmanager
def answering(status: int, answer: object) -> Iterator[tuple[str, list[Any]]]:
    asked: list[Any] = []
    with served(partial(_Route, asked, (status, answer))) as url:
        yield url, asked


Make = Callable[[Caller, str, Spending], DeepL | LibreTranslate]


def ask(
    make: Make, url: str, spending: Spending, source: str | None = "en", target: str = "pt-BR"
) -> Reply:
    async def run() -> Reply:
        async with new_client() as client:
            caller = Caller(client=client, key=KEY, answer_s=5, spread="t")
            question = Question(
                languages=Languages(source=source, target=target),
                passages=PASSAGES,
                before=("Before.",),
            )
            return await make(caller, url, spending).translate(question)

    return asyncio.run(run())


def free() -> Spending:
    return Spending(None, Price(25.0), Used())


def test_deepl_gets_texts_as_xml_with_their_context_and_its_count_is_of_characters() -> None:
    made = {
        "translations": [
            {"text": "Um <s1>vermelho</s1> &amp; azul", "detected_source_language": "EN"},
            {"text": "Segundo"},
        ]
    }
    spending = free()
    with answering(200, made) as (url, asked):
        reply = ask(DeepL, url, spending, source=None)

    path, headers, body = asked[0]
    assert path == "/translate"
    assert headers["authorization"] == f"DeepL-Auth-Key {KEY}"
    assert body == {
        "text": ["A <s1>red</s1> &amp; blue", "Second"],
        "target_lang": "PT-BR",
        "tag_handling": "xml",
        "split_sentences": "nonewlines",
        "context": "Before.",
    }
    assert list(reply.texts) == [(4, "Um <s1>vermelho</s1> & azul"), (5, "Segundo")]
    assert reply.language == "en"
    assert spending.used.characters == sum(len(one.text) for one in PASSAGES)
    assert spending.cost() == pytest.approx(spending.used.characters * 25 / 1e6)


def test_libretranslate_gets_plain_texts_and_its_key() -> None:
    made = {"translatedText": ["一", "二"], "detectedLanguage": [{"language": "en"}]}
    with answering(200, made) as (url, asked):
        reply = ask(LibreTranslate, url, free(), source=None, target="zh-TW")

    assert asked[0][2] == {
        "q": [one.text for one in PASSAGES],
        "source": "auto",
        "target": "zh-Hant",
        "format": "text",
        "api_key": KEY,
    }
    assert list(reply.texts) == [(4, "一"), (5, "二")]
    assert reply.language == "en"


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (DeepL, {"translations": [{"text": "one"}]}),
        (DeepL, {"message": "?"}),
        (LibreTranslate, {"translatedText": ["one"]}),
        (LibreTranslate, {"translatedText": "one"}),
    ],
)
def test_another_number_of_texts_is_no_answer(make: Make, answer: object) -> None:
    with answering(200, answer) as (url, _):
        reply = ask(make, url, free())
    assert list(reply.texts) == []
    assert reply.fault


def test_a_quota_that_is_used_up_ends_the_job() -> None:
    with answering(456, {}) as (url, _), pytest.raises(EngineFailure) as caught:
        ask(DeepL, url, free())
    assert caught.value.code == "budget_exhausted"


def test_a_language_that_a_server_has_not_is_told_in_its_words_without_the_key() -> None:
    words = {"error": f"xx is not supported ({KEY})"}
    with answering(400, words) as (url, _), pytest.raises(EngineFailure) as caught:
        ask(LibreTranslate, url, free())
    assert caught.value.code == "translator_refused"
    assert "xx is not supported" in str(caught.value.tool_tail)
    assert KEY not in str(caught.value.tool_tail)


@pytest.mark.parametrize("make", [DeepL, LibreTranslate])
def test_a_cost_that_the_next_request_would_exceed_is_refused_before_it(make: Make) -> None:
    spending = Spending(Budget(max_cost=0.0001), Price(25.0), Used())
    with answering(200, {}) as (url, asked), pytest.raises(EngineFailure) as caught:
        ask(make, url, spending)
    assert caught.value.code == "budget_exhausted"
    assert asked == []


def test_a_budget_that_can_t_be_kept_is_refused() -> None:
    with pytest.raises(EngineFailure, match="counts no tokens"):
        Spending(Budget(max_tokens=9_000), Price(25.0), Used()).check_kind(
            counts_tokens=False, is_free=False
        )
    with pytest.raises(EngineFailure, match="knows no prices"):
        Spending(Budget(max_cost=1.0), None, Used()).check_kind(counts_tokens=True, is_free=False)
