"""What the doctor is told of the bucket: whether an upload's URL is good for more than that."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from media_jobs.ports import PeerAnswer
from tests.orchestrator.world import SETTINGS, World, document
from tests.platform.loop import run
from tests.platform.network import PeerCall, peer_answer

R2 = "https://0123456789abcdef.r2.cloudflarestorage.com"


class Bucket:
    """The bucket's S3 side; *minds*: what it does with a header that was not signed."""

    def __init__(self, minds: str) -> None:
        self.minds = minds
        self.stored: dict[str, str] = {}

    def __call__(self, call: PeerCall) -> PeerAnswer:
        path = urlsplit(call.url).path
        if "X-Amz-Signature" not in call.url:
            return peer_answer(200, '{"ok":true,"version":"0.3.0","contract":2}')
        if call.method == "DELETE":
            self.stored.pop(path, None)
        elif call.method == "GET":
            return peer_answer(200, self.stored[path])
        else:
            source = call.headers.get("x-amz-copy-source")
            if source is not None and self.minds == "refuses":
                return peer_answer(403)
            body = (call.body or b"").decode()
            is_copied = source is not None and self.minds == "copies"
            self.stored[path] = self.stored[str(source)] if is_copied else body
        return peer_answer(200)


def checks_of(world: World) -> dict[str, Any]:
    question = world.message("diagnose", part="orchestrator", deep=True)
    answer = document(run(world.post("/diagnostics", question)))
    return {check["name"]: check["ok"] for check in answer["checks"]}


@pytest.mark.parametrize(
    ("health", "contract", "is_well"),
    [
        (peer_answer(200, '{"ok":true,"service":"burner"}'), 0, True),
        (peer_answer(200, '{"ok":true,"capacity":2}'), None, False),
        (peer_answer(200, "<html>Not found</html>"), None, False),
        (peer_answer(502), None, False),
    ],
    ids=["earlier", "ours of before", "a proxy's page", "nobody"],
)
def test_a_container_without_diagnostics_is_the_earlier_system_s_if_its_health_says_so(
    health: PeerAnswer, contract: int | None, is_well: bool
) -> None:
    world = World()
    not_found = peer_answer(404, '{"error":"not found"}')
    world.peers.script = lambda call: health if call.url.endswith("/health") else not_found
    question = world.message("diagnose", part="orchestrator", deep=True)

    answer = document(run(world.post("/diagnostics", question)))

    burner = next(one for one in answer["checks"] if one["name"] == "container.burner")
    assert (burner["ok"], burner["facts"].get("contract")) == (is_well, contract)


@pytest.mark.parametrize(
    ("minds", "is_well"), [("refuses", True), ("ignores", True), ("copies", False)]
)
def test_a_bucket_that_copies_for_an_upload_url_is_told(minds: str, is_well: bool) -> None:
    bucket = Bucket(minds)
    world = World(env={**SETTINGS, "S3_ENDPOINT": R2, "S3_INTERNAL_ENDPOINT": R2})
    world.peers.script = bucket

    assert checks_of(world)["copies"] is is_well
    assert bucket.stored == {}


def test_the_local_stack_s_bucket_is_not_asked() -> None:
    world = World()
    world.peers.script = Bucket("copies")

    assert "copies" not in checks_of(world)
