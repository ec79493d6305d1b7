"""How the parts are, as the app's callers see it."""

import pytest

from media_jobs import __version__
from media_jobs.errors import UpstreamError
from media_jobs.ports import PeerAnswer
from media_jobs.signing import verify_request_line
from tests.app.stage import SECRET, Stage
from tests.platform.network import PeerCall, Script, answering

BURNER = {"engine": "burner-ffmpeg", "ok": True, "capacity": 2}


def test_the_orchestrators_account_of_the_containers_is_passed_on(stage: Stage) -> None:
    answer = {"ok": True, "version": "9.9.9", "containers": [BURNER]}
    stage.orchestrator.script = answering(200, answer)

    found = stage.send("GET", "/api/health", token="token-read").json

    (call,) = stage.orchestrator.calls
    target = call.url.removeprefix("https://orch.test")
    verify_request_line("GET", target, call.headers["x-signature"], (SECRET,), stage.now_ms)
    assert found == {
        "app": {"version": __version__},
        "orchestrator": {"ok": True, "version": "9.9.9", "error": None},
        "containers": [BURNER],
    }


def _silent(call: PeerCall) -> PeerAnswer:
    raise UpstreamError("upstream_failed", part="orch.test", why="not within 20000 ms")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (answering(401, {"error": "unauthorized"}), "its secret differs from the app's"),
        (answering(503), "HTTP 503"),
        (answering(200, {"hello": "world"}), "not that of the orchestrator"),
        (_silent, "not within 20000 ms"),
    ],
    ids=["secret", "status", "somebody else", "silent"],
)
def test_what_is_wrong_with_the_orchestrator_is_said(
    stage: Stage, script: Script, says: str
) -> None:
    stage.orchestrator.script = script

    answered = stage.send("GET", "/api/health")

    assert answered.status == 200
    assert answered.json["orchestrator"]["ok"] is False
    assert says in answered.json["orchestrator"]["error"]
    assert answered.json["containers"] == []
