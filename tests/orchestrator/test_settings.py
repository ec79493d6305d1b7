import pytest

from media_jobs.errors import SettingError
from orchestrator.settings import read_settings
from tests.orchestrator.world import SETTINGS

REQUIRED = sorted(
    set(SETTINGS) - {name for name in SETTINGS if name.startswith("CONTAINER_BASE_URL_")}
)


def test_complete_settings_are_read() -> None:
    settings = read_settings(SETTINGS.get)

    assert settings.keys.roots == ("shared-secret",)
    assert settings.hosts["renderer-remotion"] == {"remotion.example": "http://remotion.example"}
    assert settings.public_bucket.endpoint == "http://localhost:8788/cdn-cgi/local/r2/s3"
    assert settings.container_bucket.endpoint == "http://inside:8788/s3"
    assert (settings.put_expires_s, settings.job_ttl_s) == (3600, 86400)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_or_empty_setting_is_named(name: str, value: str | None) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({**SETTINGS, name: value}.get)

    assert caught.value.setting == name
    assert str(caught.value) == f"The setting {name} is missing or empty."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_BASE_URL", "wrong-value"),
        ("APP_BASE_URL", "ftp://wrong-value"),
        ("APP_BASE_URL", "https://"),
        ("CONTAINER_BASE_URL", "https://host/?wrong-value=1"),
        ("CONTAINER_BASE_URL_REMOTION", "wrong-value"),
        ("CONTAINER_BASE_URL", "http://a.example, wrong-value"),
        ("CONTAINER_BASE_URL", "http://wrong-value.example,http://wrong-value.example/"),
        ("CONTAINER_BASE_URL", "http://a.example,"),
        ("ORCHESTRATOR_BASE_URL_CONTAINER", "//wrong-value"),
        ("S3_ENDPOINT", "wrong-value"),
        ("S3_STYLE", "wrong-value"),
        ("PUT_EXPIRES", "wrong-value"),
        ("PUT_EXPIRES", "0"),
        ("PUT_EXPIRES", "604801"),
        ("PUT_EXPIRES", "-60"),
        ("PUT_EXPIRES", "٦٠"),
        ("JOB_TTL_SECONDS", "1.5"),
        ("ROOT_SIGNATURES", "wrong-value"),
        ("HOST_KEYS", "wrong-value"),
        ("HOST_KEYS", "wrong-value=1"),
        ("HOST_KEYS", "burner=0"),
        ("HOST_KEYS", "burner=1+"),
        ("HOST_KEYS", "burner=1, burner=2"),
        ("HOST_KEYS", "burner=12345"),
    ],
)
def test_a_malformed_setting_is_named_and_its_value_is_not_shown(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({**SETTINGS, name: value}.get)

    assert caught.value.setting == name
    assert "wrong-value" not in f"{caught.value} {caught.value.details}"


def test_a_base_url_may_end_in_a_slash_and_have_a_path() -> None:
    settings = read_settings({**SETTINGS, "APP_BASE_URL": "https://example.com/app/"}.get)

    assert settings.app_base_url == "https://example.com/app"


def test_an_engine_may_have_several_hosts_in_the_order_of_its_setting() -> None:
    several = "http://b.example, http://a.example/one/,http://a.example/two"

    settings = read_settings({**SETTINGS, "CONTAINER_BASE_URL_REMOTION": several}.get)

    assert settings.hosts["renderer-remotion"] == {
        "b.example": "http://b.example",
        "a.example/one": "http://a.example/one",
        "a.example/two": "http://a.example/two",
    }
    second = settings.host("renderer-remotion", "a.example/two")
    assert second is not None and second.base_url == "http://a.example/two"
    assert settings.host("renderer-remotion", "c.example") is None
    first = settings.host("renderer-remotion", "")
    assert first is not None and first.base_url == "http://b.example"


def test_settings_show_no_secret() -> None:
    shown = repr(read_settings(SETTINGS.get))

    assert "shared-secret" not in shown
    assert "s3-secret-access-key" not in shown
