"""The page names engines by what the server says of them."""

import json

import pytest

from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs

ENGINE = {
    "engine": "tone-maker",
    "icon": "jobs",
    "words": {
        "en": {"title": "Tone", "running": "Sounding"},
        "zh": {"title": "音调", "running": "发声中"},
    },
}


def test_an_engine_has_the_words_of_the_chosen_language_and_an_unknown_one_its_id() -> None:
    i18n = (PUBLIC / "js/i18n.js").as_uri()
    shown = evaluate(
        "engines.js",
        f"""await (async () => {{
          globalThis.document = {{ documentElement: {{}} }};
          const {{ setLanguage }} = await import({json.dumps(i18n)});
          const answer = {{ items: [{json.dumps(ENGINE)}] }};
          globalThis.fetch = async () => new Response(JSON.stringify(answer));
          await m.loadEngines();
          const wordsOf = (id) => [m.engineName(id), m.runningName(id) ?? null];
          const names = () => ["tone-maker", "newer"].map(wordsOf);
          await setLanguage("en");
          const english = names();
          await setLanguage("zh");
          return [m.engineIds(), english, names()];
        }})()""",
    )

    assert shown == [
        ["tone-maker"],
        [["Tone", "Sounding"], ["newer", None]],
        [["音调", "发声中"], ["newer", None]],
    ]
