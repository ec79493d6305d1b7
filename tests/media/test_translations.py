"""The translating program: by Apertium, and by a server that does what servers do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from translator.apertium import MODES

from tests.media.translating import Translator, translator
from tests.translator.model_server import Fault, ModelServer, model_server, translated

pytestmark = pytest.mark.programs

KEY = "sk-not-for-logs"
VTT = """WEBVTT

00:01.000 --> 00:02.500 line:10%
<i>Good morning, my friend.</i>

00:03.000 --> 00:04.000
- I have a cat.
- The house is red.

00:05.000 --> 00:06.000
I want to buy <b>a new book</b>.
"""
LONG = "WEBVTT\n\n" + "".join(
    f"00:00:{second:02}.000 --> 00:00:{second:02}.900\nThis is cue {second}.\n\n"
    for second in range(50)
)
needs_apertium = pytest.mark.skipif(
    not (MODES / "eng-spa.mode").exists(),
    reason="Debian's apertium-eng-spa is not here (make setup installs it where it may)",
)


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    """A running translator without settings."""
    with translator(tmp_path_factory.mktemp("offline")) as running:
        yield running


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """A server of chat completions."""
    with model_server() as running:
        yield running


@pytest.fixture(scope="module")
def online(tmp_path_factory: pytest.TempPathFactory, server: ModelServer) -> Iterator[Translator]:
    """A running translator that asks *server*."""
    with translator(
        tmp_path_factory.mktemp("online"),
        TRANSLATOR_PROVIDER="chat",
        TRANSLATOR_URL=server.url,
        TRANSLATOR_KEY=KEY,
        TRANSLATOR_MODELS="small,large",
        TRANSLATOR_PRICES="0.5/1.5,5/15",
        TRANSLATOR_ANSWER_SECONDS="60",
        CAPACITY="4",
    ) as running:
        yield running


@pytest.fixture(autouse=True)
def _well(server: ModelServer) -> None:
    server.fault = lambda _: "none"
    server.asked.clear()
    server.tokens_in = server.tokens_out = server.untold = 0


@needs_apertium
def test_english_becomes_spanish_without_a_network_and_a_key(offline: Translator) -> None:
    made = offline.translate(VTT, to="es", source="en")

    assert made.vtt is not None
    assert "00:00:01.000 --> 00:00:02.500 line:10%\n<i>Buenos días, mi amigo.</i>" in made.vtt
    assert "- Tengo un gato.\n- La casa es roja." in made.vtt
    assert "Quiero comprar un libro nuevo." in made.vtt
    assert made.codes == {"marks_left_out"}
    assert made.metadata["translator"] == "apertium"
    assert made.metadata["subtitles"] == {"language": "es"}
    assert made.metadata["counts"] == {"memory": 0, "model": 3, "source": 0}
    assert made.metadata["cost"] is None
    assert [cue["from"] for cue in made.translation["cues"]] == ["model"] * 3


@needs_apertium
def test_the_language_that_is_kept_with_the_track_is_taken_and_a_memory_stands_first(
    offline: Translator,
) -> None:
    memory = {
        "version": 1,
        "from": "en",
        "to": "es",
        "glossary": [{"source": "book", "target": "volumen"}],
        "pairs": [{"source": "Good morning, my friend.", "target": "¡Buenas, amigo!"}],
    }

    made = offline.translate(
        VTT, memory=memory, fields={"inputLanguages": {"subtitles": "en-US"}}, to="es-MX"
    )

    assert made.vtt is not None
    assert "<i>¡Buenas, amigo!</i>" in made.vtt
    assert made.codes == {"marks_left_out", "glossary_not_followed"}
    assert made.metadata["counts"] == {"memory": 1, "model": 2, "source": 0}
    assert made.translation["from"] == "en-US"


def test_a_pair_that_is_not_there_is_refused_with_those_that_are(offline: Translator) -> None:
    error = offline.failure(VTT, to="zh", source="en")
    unknown = offline.failure(VTT, to="es")

    assert error["code"] == "language_pair_unsupported"
    assert error["retryable"] is False
    assert "Apertium has no pair en-zh here. Pairs here: " in error["message"]
    assert "say it in `from`" in unknown["message"]


@needs_apertium
def test_health_says_who_translates_and_which_languages(offline: Translator) -> None:
    tools = httpx.get(f"{offline.engine.origin}/health", trust_env=False).json()["tools"]

    assert tools["translator"] == "apertium"
    assert {"en-es", "es-en"} <= set(tools["languages"].split(", "))


def test_a_server_translates_and_its_tokens_and_their_cost_are_counted(
    online: Translator, server: ModelServer
) -> None:
    made = online.translate(
        LONG, to="es", model="large", title="A day", description="One.\n\nTwo.", source="en"
    )

    metadata = made.metadata
    assert [cue["target"] for cue in made.translation["cues"]] == [
        translated(f"This is cue {number}.") for number in range(50)
    ]
    assert (metadata["tokensIn"], metadata["tokensOut"]) == (server.tokens_in, server.tokens_out)
    cost = (server.tokens_in * 5 + server.tokens_out * 15) / 1e6
    assert metadata["cost"] == pytest.approx(cost, abs=1e-6)
    assert metadata["requests"] == len(server.asked) == 3
    assert {body["model"] for body in server.asked} == {"large"}
    assert metadata["title"] == "«A day»"
    assert metadata["description"] == "«One.»\n\n«Two.»"
    health = httpx.get(f"{online.engine.origin}/health", trust_env=False).text
    assert KEY not in health + "".join(online.engine.lines)


def test_a_source_language_that_nobody_knows_is_told(online: Translator) -> None:
    made = online.translate(VTT, to="es")

    assert made.codes == {"source_language_unknown"}
    assert made.translation["from"] is None


def test_comments_are_translated_and_the_document_is_a_version_of_them(online: Translator) -> None:
    document = {"video": {"title": "A day"}, "comments": [{"content": "First!"}]}

    made = online.translate(json.dumps(document), mode="comments", to="es")

    assert made.comments["video"]["translatedTitle"] == "«A day»"
    assert made.comments["comments"][0]["translatedContent"] == "«First!»"
    assert made.vtt is None


def test_a_server_that_answers_wrong_busy_and_half_loses_no_cue(
    online: Translator, server: ModelServer
) -> None:
    wrong: dict[int, Fault] = {0: "merge", 1: "drop", 2: "busy", 3: "cut_off", 4: "reorder"}
    server.fault = lambda number: wrong.get(number, "none")

    made = online.translate(LONG, to="es", source="en")

    assert [(cue["id"], cue["target"]) for cue in made.translation["cues"]] == [
        (number + 1, translated(f"This is cue {number}.")) for number in range(50)
    ]
    assert made.metadata["tokensIn"] == server.tokens_in
    assert made.codes == {"usage_not_told"}


def test_a_budget_fails_the_job_and_no_retry_is_made(online: Translator) -> None:
    error = online.failure(LONG, to="es", budget={"maxTokens": 1800}, source="en")

    assert (error["code"], error["retryable"]) == ("budget_exhausted", False)
    assert "of 1800 tokens were used" in error["message"]


def test_a_model_that_is_not_there_is_refused_with_those_that_are(online: Translator) -> None:
    error = online.failure(VTT, to="es", model="huge")

    assert error["code"] == "input_unsupported"
    assert error["message"] == "There is no model huge here. Models: small, large."


def test_a_canceled_job_waits_for_no_answer(online: Translator, server: ModelServer) -> None:
    server.fault = lambda _: "stall"
    job_id = online.order(LONG, {"to": "es"})
    server.wait_for_requests(1)

    answer = online.engine.cancel(job_id)

    assert answer.status_code == 200
    # The server says nothing until it is hung up on.
    assert online.world.end_of(job_id)["status"] == "canceled"


def test_an_attempt_goes_on_from_what_the_one_before_has_kept(
    online: Translator, server: ModelServer
) -> None:
    place = online.world.url("kept")
    server.fault = lambda number: "none" if number < 2 else "prose"
    first = online.order(LONG, {"to": "es", "from": "en"}, checkpointPutUrl=place)
    assert online.world.end_of(first)["error"]["code"] == "translation_incomplete"
    used = (server.tokens_in, server.tokens_out)
    kept = online.folder / "kept"
    kept.write_bytes(online.world.stored["kept"].body)
    online.world.files["kept"] = kept
    server.asked.clear()
    server.fault = lambda _: "none"

    second = online.order(LONG, {"to": "es", "from": "en"}, checkpointGetUrl=place)
    made = online.results(second)

    # The texts are the same bytes at another address.
    assert made.metadata["resumedTexts"] == 40
    assert len(server.asked) == 1
    assert used[0] < made.metadata["tokensIn"] == server.tokens_in
    assert [cue["target"] for cue in made.translation["cues"]] == [
        translated(f"This is cue {number}.") for number in range(50)
    ]


def test_a_server_inside_is_not_called_unless_its_network_is_named(
    tmp_path: Path, server: ModelServer
) -> None:
    settings: dict[str, Any] = {
        "TRANSLATOR_PROVIDER": "chat",
        "TRANSLATOR_URL": "http://10.1.2.3/v1",
        "TRANSLATOR_MODELS": "small",
    }
    with translator(tmp_path, **settings) as inside:
        error = inside.failure(VTT, to="es")

    assert error["code"] == "translator_refused"
    assert "10.1.2.3 is not public, and in none of OWN_NETWORKS" in error["message"]
    assert server.asked == []
