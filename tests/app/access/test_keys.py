"""Which keys open the app's signed routes: those of the orchestrator's direction, and no others."""

import pytest

from app.settings import AppSettings
from media_jobs.derivation import derive
from media_jobs.keyring import Keyring, RootSignatures
from tests.app.stage import SECRET, Stage, signed

OTHERS = ("host/burner/1", "host/downloader/1", "app→orchestrator", "link", "session", "receipt")


def told(stage: Stage, secret: str) -> tuple[int, int]:
    """Return how an event and a doctor's question under *secret* are answered."""
    event = stage.event(stage.job(), 1, "running")
    question = {"type": "diagnose", "part": "app", "ts": stage.now_ms, "nonce": "nonce-12345678"}
    callback = stage.send("POST", "/api/render/cf-callback", **signed(event, secret))
    return callback.status, stage.send(
        "POST", "/api/diagnostics", **signed(question, secret)
    ).status


def with_root(stage: Stage, chosen: RootSignatures) -> None:
    stage.settings = AppSettings(
        keys=Keyring((SECRET,), chosen), orchestrator_url="https://orch.test"
    )


@pytest.mark.parametrize("chosen", RootSignatures)
@pytest.mark.parametrize("label", OTHERS)
def test_a_forged_callback_is_refused_whatever_other_key_is_held(
    stage: Stage, label: str, chosen: RootSignatures
) -> None:
    with_root(stage, chosen)

    assert told(stage, derive(SECRET, label).hex()) == (401, 401)


@pytest.mark.parametrize("chosen", RootSignatures)
def test_the_orchestrators_key_is_accepted_and_the_root_secret_until_it_is_turned_off(
    stage: Stage, chosen: RootSignatures
) -> None:
    with_root(stage, chosen)

    assert told(stage, derive(SECRET, "orchestrator→app").hex()) == (200, 200)
    refused = chosen is RootSignatures.REFUSED
    assert told(stage, SECRET) == ((401, 401) if refused else (200, 200))


def test_a_session_outlives_the_step_to_derived_keys_and_ends_with_the_root_secret(
    stage: Stage,
) -> None:
    cookie = {"cookie": stage.sign_in("token-read")}

    for chosen, status in zip(RootSignatures, (200, 200, 401), strict=True):
        with_root(stage, chosen)
        assert stage.send("GET", "/api/jobs", token=None, headers=cookie).status == status
