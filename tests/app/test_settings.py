"""Settings are complete or stop the Worker, and are never shown."""

import itertools

import pytest

from app.settings import read_settings
from media_jobs.errors import SettingError

GIVEN = {
    "CF_ORCHESTRATOR_URL": " https://orch.test/ ",
    "JOB_CALLBACK_HMAC_SECRET": "new-secret, old-secret",
}


def test_the_address_loses_its_trailing_slash_and_secrets_are_split() -> None:
    settings = read_settings(GIVEN.get)

    assert settings.orchestrator_url == "https://orch.test"
    assert settings.keys.roots == ("new-secret", "old-secret")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *itertools.product(GIVEN, (None, "", "  ", "\n")),
        *(("ARTIFACT_TTL_SECONDS", value) for value in ("-1", "1.5", "a week", "9999999999", "٣")),
        ("WEBHOOK_ALLOW_LOOPBACK", "yes"),
        ("ROOT_SIGNATURES", "yes"),
        *(
            ("OIDC_ISSUER", value)
            for value in (
                *(
                    "http://id.example.com",
                    "https://127.0.0.1",
                    "https://10.0.0.1",
                    "id.example.com",
                ),
                *("https://user@id.example.com", "https://id.example.com/?a=b"),
            )
        ),
    ],
)
def test_a_setting_that_is_missing_or_makes_no_sense_is_named(name: str, value: str | None) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({**GIVEN, name: value}.get)

    assert caught.value.setting == name


def test_an_address_that_is_none_is_named_and_not_shown() -> None:
    given = {**GIVEN, "CF_ORCHESTRATOR_URL": "orch.test/hunter2"}

    with pytest.raises(SettingError, match="CF_ORCHESTRATOR_URL is not an http") as caught:
        read_settings(given.get)

    assert "hunter2" not in str(caught.value)


def test_settings_do_not_show_themselves() -> None:
    assert "secret" not in repr(read_settings(GIVEN.get))


@pytest.mark.parametrize(("given", "ttl_s"), [(None, 0), ("", 0), ("0", 0), ("86400", 86400)])
def test_outputs_are_kept_for_ever_unless_a_time_is_set(given: str | None, ttl_s: int) -> None:
    assert read_settings({**GIVEN, "ARTIFACT_TTL_SECONDS": given}.get).artifact_ttl_s == ttl_s


@pytest.mark.parametrize(("value", "allowed"), [(None, False), ("false", False), ("true", True)])
def test_webhooks_to_this_machine_take_an_explicit_true(value: str | None, allowed: bool) -> None:
    given = {**GIVEN, "WEBHOOK_ALLOW_LOOPBACK": value}

    assert read_settings(given.get).webhook_allow_loopback is allowed


OIDC = {
    "OIDC_ISSUER": "https://id.example.com/tenant",
    "OIDC_CLIENT_ID": "media-jobs",
    "OIDC_CLIENT_SECRET": "hush-hush",
}


def test_a_provider_is_named_by_its_settings_or_there_is_none() -> None:
    domains = {"OIDC_DOMAINS": " Example.com, ", "OIDC_ROLE": "editor"}
    found = read_settings({**GIVEN, **OIDC, **domains}.get).oidc

    assert found is not None
    assert (found.issuer, found.name) == ("https://id.example.com/tenant", "id.example.com")
    assert (found.domains, found.role, found.workspace_id) == (
        ("example.com",),
        "editor",
        None,
    )
    assert "hush" not in repr(found)
    assert read_settings(GIVEN.get).oidc is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_CLIENT_SECRET", " "),
        ("OIDC_ROLE", "admin"),
        ("OIDC_ALLOW_LOOPBACK", "yes"),
    ],
)
def test_half_a_provider_is_none(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({**GIVEN, **OIDC, name: value}.get)

    assert caught.value.setting == name
