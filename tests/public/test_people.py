"""What the page hands to passkeys, and what it takes from them."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


def test_options_come_as_text_and_go_to_the_browser_as_bytes() -> None:
    options: dict[str, Any] = {
        "challenge": "-_8",
        "user": {"id": "cGVy", "name": "Ada"},
        "excludeCredentials": [{"type": "public-key", "id": "AQ"}],
        "timeout": 5,
    }

    given = evaluate(
        "people/webauthn.js",
        f"((made) => [[...made.challenge], [...made.user.id], made.user.name,"
        f" [...made.excludeCredentials[0].id], made.timeout])(m.withBytes({json.dumps(options)}))",
    )

    assert given == [[251, 255], [112, 101, 114], "Ada", [1], 5]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.7"])
def test_no_passkey_is_offered_at_a_number(host: str) -> None:
    has = "globalThis.PublicKeyCredential = class {}"

    assert evaluate("people/names.js", f"({has}, m.canUsePasskeys({json.dumps(host)}))") is False
    assert evaluate("people/names.js", f"({has}, m.canUsePasskeys('jobs.test'))") is True
