"""The translator's settings are read at its start, and one that is wrong is named without it."""

import pytest
from translator.settings import Price, translating_from

from media_jobs.errors import SettingError


def test_without_settings_it_is_apertium() -> None:
    settings = translating_from({})

    assert (settings.provider, settings.url, dict(settings.models)) == ("apertium", "", {"": None})


def test_a_server_of_chat_completions_has_models_with_prices() -> None:
    settings = translating_from(
        {
            "TRANSLATOR_PROVIDER": "chat",
            "TRANSLATOR_URL": "http://ollama:11434/v1/",
            "TRANSLATOR_KEY": "secret",
            "TRANSLATOR_MODELS": "small, large",
            "TRANSLATOR_PRICES": "0.15/0.6, 2.5/10",
        }
    )

    assert settings.url == "http://ollama:11434/v1"
    assert dict(settings.models) == {"small": Price(0.15, 0.6), "large": Price(2.5, 10)}
    assert "secret" not in repr(settings)


def test_deepl_has_the_address_of_its_key() -> None:
    def url(key: str) -> str:
        return translating_from({"TRANSLATOR_PROVIDER": "deepl", "TRANSLATOR_KEY": key}).url

    assert url("k:fx") == "https://api-free.deepl.com/v2"
    assert url("k") == "https://api.deepl.com/v2"


CHAT = {
    "TRANSLATOR_PROVIDER": "chat",
    "TRANSLATOR_URL": "https://api.example.com/v1",
    "TRANSLATOR_MODELS": "one,two",
}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"TRANSLATOR_PROVIDER": "secret-value"}, "TRANSLATOR_PROVIDER"),
        ({"TRANSLATOR_PROVIDER": "deepl"}, "TRANSLATOR_KEY"),
        ({"TRANSLATOR_PROVIDER": "libretranslate"}, "TRANSLATOR_URL"),
        ({**CHAT, "TRANSLATOR_URL": "secret-value"}, "TRANSLATOR_URL"),
        ({**CHAT, "TRANSLATOR_MODELS": " "}, "TRANSLATOR_MODELS"),
        ({**CHAT, "TRANSLATOR_PRICES": "1/2"}, "TRANSLATOR_PRICES"),
        ({**CHAT, "TRANSLATOR_PRICES": "1/2,secret-value"}, "TRANSLATOR_PRICES"),
        ({**CHAT, "TRANSLATOR_PRICES": "1/2,1/-1"}, "TRANSLATOR_PRICES"),
        ({"TRANSLATOR_BATCH_CUES": "0"}, "TRANSLATOR_BATCH_CUES"),
    ],
)
def test_a_wrong_setting_is_named_and_never_shown(given: dict[str, str], name: str) -> None:
    with pytest.raises(SettingError) as caught:
        translating_from(given)

    assert name in str(caught.value)
    assert "secret-value" not in str(caught.value)
