"""The transcriber's own settings are checked before it serves, and never shown."""

from pathlib import Path

import pytest
from transcriber.settings import Hearing, hearing_from

from media_jobs.errors import SettingError


def test_without_settings_the_packaged_model_hears_where_it_can() -> None:
    assert hearing_from({}) == Hearing(model="", models_dir=Path("/models"), device="auto")


def test_a_server_hears_with_its_url_model_and_key() -> None:
    hearing = hearing_from(
        {
            "TRANSCRIBER_SERVER_URL": "https://api.example.test/v1/",
            "TRANSCRIBER_SERVER_KEY": "sk-secret",
            "TRANSCRIBER_MODEL": "whisper-1",
        }
    )

    assert hearing.server_url == "https://api.example.test/v1"
    assert hearing.server_key == "sk-secret"
    assert "sk-secret" not in repr(hearing)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"TRANSCRIBER_DEVICE": "tpu-secret"}, "TRANSCRIBER_DEVICE"),
        ({"TRANSCRIBER_SERVER_URL": "api.secret.test"}, "TRANSCRIBER_SERVER_URL"),
        ({"TRANSCRIBER_SERVER_URL": "https://a.secret.test/v1"}, "TRANSCRIBER_MODEL"),
        ({"TRANSCRIBER_PIECE_SECONDS": "5"}, "TRANSCRIBER_PIECE_SECONDS"),
        ({"TRANSCRIBER_SHARED_SECONDS": "-1"}, "TRANSCRIBER_SHARED_SECONDS"),
        ({"TRANSCRIBER_SHARED_PIECE_SECONDS": "5"}, "TRANSCRIBER_SHARED_PIECE_SECONDS"),
    ],
)
def test_a_setting_that_cannot_work_is_named_and_not_shown(env: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError) as caught:
        hearing_from(env)

    assert named in caught.value.message
    assert "secret" not in caught.value.message
