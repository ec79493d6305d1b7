"""Signing in at an OpenID provider: who is let in, and every answer that is not."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.access.tokens import DAY_MS
from app.settings import AppSettings, OidcSettings
from media_jobs.base64url import to_base64url
from media_jobs.keyring import Keyring
from media_jobs.ports import PeerAnswer
from tests.app.oidc.provider import CLIENT_ID, CLIENT_SECRET, ISSUER, Provider, rsa_key
from tests.app.stage import ORIGIN, SECRET, Answered, Stage
from tests.platform.network import Peers, unreachable

HERE = "ws_here"
SETTINGS = OidcSettings(
    issuer=ISSUER, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, name="Example ID"
)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    stage.add_workspace(HERE)
    use(stage, SETTINGS)
    return stage


@pytest.fixture
def provider(stage: Stage) -> Provider:
    provider = Provider(stage.now_ms // 1000)
    stage.outside.script = provider
    return provider


def use(stage: Stage, settings: OidcSettings | None) -> None:
    stage.settings = AppSettings(
        keys=Keyring((SECRET,)), orchestrator_url="https://orch.test", oidc=settings
    )


def invitation(stage: Stage, workspace: str = HERE, **more: object) -> dict[str, Any]:
    wanted = {"role": "editor", "workspaceId": workspace, **more}
    return stage.send("POST", "/api/invitations", wanted).json


class Way:
    """One browser on its way to the provider and back."""

    def __init__(self, stage: Stage, provider: Provider, **body: object) -> None:
        self.stage = stage
        path = str(body.pop("path", "/api/sign-in/oidc"))
        self.session = str(body.pop("session", ""))
        sent = stage.send("POST", path, body, token=None, headers=self._headers(""))
        assert sent.status == 200, sent.text
        self.sent = sent
        self.query = {k: v[0] for k, v in parse_qs(urlsplit(sent.json["url"]).query).items()}
        self.cookie = sent.headers["set-cookie"].partition(";")[0]
        provider.nonce = self.query["nonce"]

    def back(self, **changed: str | None) -> Answered:
        """Come back with the provider's answer, or another."""
        answer = {"code": "c0de", "state": self.query["state"], "iss": ISSUER, **changed}
        cookie = answer.pop("cookie", self.cookie)
        query = "&".join(f"{k}={v}" for k, v in answer.items() if v is not None)
        return self.stage.send(
            "GET",
            f"/api/sign-in/oidc/callback?{query}",
            token=None,
            headers=self._headers(cookie or ""),
        )

    def _headers(self, cookie: str) -> dict[str, str]:
        cookies = "; ".join(one for one in (cookie, self.session) if one)
        return {"cookie": cookies, "origin": ORIGIN} if cookies else {}


def problem_of(answered: Answered) -> str:
    """Return the key of the reason in the address that the browser is sent to."""
    assert answered.status == 303, answered.text
    assert "__Host-session=" not in answered.headers["set-cookie"]
    return answered.headers["location"].partition("?problem=")[2]


def who(stage: Stage, answered: Answered) -> dict[str, Any]:
    assert (answered.status, answered.headers["location"]) == (303, "/#/signed-in")
    cookie = answered.headers["set-cookie"].partition(";")[0]
    assert cookie.startswith("__Host-session=")
    found = stage.send("GET", "/api/session", token=None, headers={"cookie": cookie})
    return {**found.json, "cookie": cookie}


def test_the_way_there_is_bound_to_the_browser_and_says_no_secret(
    stage: Stage, provider: Provider
) -> None:
    way = Way(stage, provider)
    again = Way(stage, provider)

    assert way.sent.json["url"].startswith(f"{ISSUER}/auth?")
    assert way.query["response_type"] == "code"
    assert way.query["redirect_uri"] == f"{ORIGIN}/api/sign-in/oidc/callback"
    assert way.query["code_challenge_method"] == "S256"
    assert way.query["scope"] == "openid profile email"
    assert way.cookie.startswith("__Host-oidc=")
    assert "HttpOnly; SameSite=Lax; Secure" in way.sent.headers["set-cookie"]
    assert not {"state", "nonce"} & {n for n in way.query if way.query[n] == again.query[n]}
    assert way.cookie.partition("=")[2] not in way.sent.json["url"]


def test_who_is_invited_joins_and_signs_in_from_then_on(stage: Stage, provider: Provider) -> None:
    secret = invitation(stage)["invitation"]
    way = Way(stage, provider, invitation=secret)

    joined = who(stage, way.back())
    again = who(stage, Way(stage, provider).back())

    assert (joined["name"], joined["person"]["email"]) == ("Ada Lovelace", "ada@example.com")
    assert joined["person"]["role"] == "editor"
    assert again["person"]["personId"] == joined["person"]["personId"]
    sent = provider.codes[0]
    pair = base64.b64encode(b"media-jobs:hush%3A%20hush").decode()
    assert sent["authorization"] == f"Basic {pair}"
    challenge = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert to_base64url(challenge) == way.query["code_challenge"]
    dump = "\n".join(stage.database.sqlite.iterdump()) + repr(stage.log)
    for value in (way.cookie.partition("=")[2], sent["code_verifier"], "c0de", "hush"):
        assert value not in dump


def test_who_is_not_invited_is_told_what_to_do(stage: Stage, provider: Provider) -> None:
    assert problem_of(Way(stage, provider).back()) == "not_invited"
    assert stage.database.look("SELECT 1 FROM people") == []


TAMPERED: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example.com"}},
    "another audience": {"claims": {"aud": "another-client"}},
    "no audience": {"claims": {"aud": None}},
    "two audiences without a party": {"claims": {"aud": [CLIENT_ID, "another-client"]}},
    "issued to another": {"claims": {"azp": "another-client"}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1}},
    "no end": {"claims": {"exp": None}},
    "of the past": {"claims": {"iat": 1_789_990_000}},
    "of the future": {"claims": {"iat": 1_790_009_999}},
    "not good yet": {"claims": {"nbf": 1_790_009_999}},
    "nobody": {"claims": {"sub": ""}},
    "another key": {"signing": rsa_key("another")},
    "an unknown key": {"header": {"kid": "k2"}},
    "unsigned": {"header": {"alg": "none"}, "signature": b""},
    "an algorithm that is none": {"header": {"alg": "nOnE"}, "signature": b""},
    "another algorithm": {"header": {"alg": "RS512"}},
    "the key's type is another": {"header": {"alg": "ES256"}},
    "an extension": {"header": {"crit": ["exp"]}},
    "a broken signature": {"signature": b"x" * 256},
    "no signature": {"signature": b""},
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_an_id_token_that_is_not_for_us_lets_nobody_in(
    stage: Stage, provider: Provider, tampered: str
) -> None:
    secret = invitation(stage)["invitation"]
    for name, value in TAMPERED[tampered].items():
        setattr(provider, name, value)

    refused = Way(stage, provider, invitation=secret).back()

    assert problem_of(refused) == "unauthorized.oidc"
    assert stage.database.look("SELECT 1 FROM people") == []
    assert [line["why"] for line in stage.log if line["event"] == "provider_refused"] != []
    opened = {"invitation": secret}
    assert stage.send("POST", "/api/invitations/open", opened, token=None).status == 200


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    stage: Stage, provider: Provider
) -> None:
    way = Way(stage, provider, invitation=invitation(stage)["invitation"])
    provider.header = {"alg": "HS256"}
    message = provider.id_token().rpartition(".")[0].encode()
    for secret in (CLIENT_SECRET.encode(), b"n"):
        provider.signature = hmac.digest(secret, message, "sha256")

        assert problem_of(way.back()) == "unauthorized.oidc"


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "another"},
        {"state": None},
        {"code": None},
        {"code": ""},
        {"error": "access_denied"},
        {"iss": "https://evil.example.com"},
        {"cookie": None},
        {"cookie": "__Host-oidc=..1.0"},
    ],
    ids=str,
)
def test_an_answer_to_another_browser_or_of_another_provider_is_refused(
    stage: Stage, provider: Provider, changed: dict[str, str | None]
) -> None:
    way = Way(stage, provider, invitation=invitation(stage)["invitation"])

    assert problem_of(way.back(**changed)) == "unauthorized.oidc"

    assert provider.codes == []


def test_one_browser_s_answer_is_nothing_in_another(stage: Stage, provider: Provider) -> None:
    secret = invitation(stage)["invitation"]
    mine, theirs = (Way(stage, provider, invitation=secret) for _ in range(2))

    assert problem_of(mine.back(cookie=theirs.cookie)) == "unauthorized.oidc"


def test_an_answer_counts_once_and_for_ten_minutes(stage: Stage, provider: Provider) -> None:
    who(stage, Way(stage, provider, invitation=invitation(stage)["invitation"]).back())
    way, late = Way(stage, provider), Way(stage, provider)
    provider.nonce = way.query["nonce"]

    assert who(stage, way.back())["name"] == "Ada Lovelace"
    assert problem_of(way.back()) == "unauthorized.oidc"
    stage.now_ms += 10 * 60 * 1000
    assert problem_of(late.back()) == "unauthorized.oidc"
    assert len(provider.codes) == 2


@pytest.mark.parametrize("spoil", ["expire", "revoke", "use"])
def test_an_invitation_that_is_over_lets_nobody_in_here_either(
    stage: Stage, provider: Provider, spoil: str
) -> None:
    made = invitation(stage, expiresInDays=1)
    if spoil == "expire":
        stage.now_ms += DAY_MS - 1000
        provider.now_s = stage.now_ms // 1000
    way = Way(stage, provider, invitation=made["invitation"])
    if spoil == "expire":
        stage.now_ms += 1000
    elif spoil == "revoke":
        stage.send("DELETE", f"/api/invitations/{made['invitationId']}")
    else:
        other = Way(stage, provider, invitation=made["invitation"])
        provider.claims = {"sub": "another"}
        who(stage, other.back())
        provider.claims, provider.nonce = {}, way.query["nonce"]

    expected = {"expire": "expired", "revoke": "revoked", "use": "used"}[spoil]
    assert problem_of(way.back()) == f"invitation_{expected}"


def test_keys_that_were_rotated_are_fetched_once_a_minute(stage: Stage, provider: Provider) -> None:
    secret = invitation(stage)["invitation"]
    who(stage, Way(stage, provider, invitation=secret).back())
    provider.keys["k2"] = rsa_key("k2")
    provider.kid = "k2"

    # Within the minute an unknown key's name fetches nothing: whoever makes one up costs nothing.
    assert problem_of(Way(stage, provider).back()) == "unauthorized.oidc"
    stage.now_ms += 60_000
    assert who(stage, Way(stage, provider).back())["name"] == "Ada Lovelace"
    assert len(stage.outside.to("/jwks")) == 2
    assert len(stage.outside.to("/openid-configuration")) == 1


@pytest.mark.parametrize(
    "configuration",
    [
        {"issuer": "https://evil.example.com"},
        {"issuer": f"{ISSUER}/"},
        {"token_endpoint": "http://id.example.com/token"},
        {"token_endpoint": "https://10.0.0.1/token"},
        {"jwks_uri": "https://localhost/jwks"},
        {"authorization_endpoint": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=str,
)
def test_a_provider_that_is_not_what_it_says_is_not_asked(
    stage: Stage, provider: Provider, configuration: dict[str, Any]
) -> None:
    provider.configuration = configuration

    answered = stage.send("POST", "/api/sign-in/oidc", {}, token=None)

    assert (answered.status, answered.json["code"]) == (502, "upstream_failed")


def test_a_provider_that_is_down_or_refuses_the_code_is_told_apart(
    stage: Stage, provider: Provider
) -> None:
    provider.token_status = 400
    assert problem_of(Way(stage, provider).back()) == "unauthorized.oidc"
    provider.token_status = 503
    assert problem_of(Way(stage, provider).back()) == "provider_unreachable"
    way = Way(stage, provider)
    stage.outside.script = unreachable
    assert problem_of(way.back()) == "provider_unreachable"


def test_a_domain_of_the_settings_lets_in_who_has_a_verified_address_of_it(
    stage: Stage, provider: Provider
) -> None:
    domains = ("example.com",)
    use(
        stage,
        OidcSettings(
            issuer=ISSUER,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            name="x",
            domains=domains,
            role="viewer",
            workspace_id=HERE,
        ),
    )

    for claims in (
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "ada@evil.example"},
        {"email": "ada@notexample.com"},
        {"email": "example.com"},
        {"email": "ada@example.com@evil.example"},
    ):
        provider.claims = claims
        assert problem_of(Way(stage, provider).back()) == "not_invited", claims
    provider.claims = {"email": "Ada@Example.com"}
    joined = who(stage, Way(stage, provider).back())

    assert (joined["person"]["workspaceId"], joined["person"]["role"]) == (HERE, "viewer")
    assert stage.send("DELETE", f"/api/members/{joined['person']['memberId']}").status == 204
    # Who was removed stays out.
    assert problem_of(Way(stage, provider).back()) == "no_workspace"


def test_a_member_links_an_identity_signs_in_with_it_and_unlinks_it(
    stage: Stage, provider: Provider
) -> None:
    session, _ = stage.member("editor", HERE)
    headers = {"cookie": session, "origin": ORIGIN}
    linking = {"path": "/api/identities", "session": session}

    linked = Way(stage, provider, **linking).back()

    assert linked.headers["location"] == "/#/settings/people"
    listed = stage.send("GET", "/api/identities", token=None, headers=headers).json["items"]
    assert [(one["issuer"], one["email"]) for one in listed] == [(ISSUER, "ada@example.com")]
    assert who(stage, Way(stage, provider).back())["name"] == "Ada"
    assert problem_of(Way(stage, provider, **linking).back()) == "identity_taken"
    path = f"/api/identities/{listed[0]['identityId']}"
    # It is all that she can sign in with.
    assert stage.send("DELETE", path, token=None, headers=headers).status == 409


def test_nothing_is_linked_to_who_has_signed_out_meanwhile(
    stage: Stage, provider: Provider
) -> None:
    session, _ = stage.member("editor", HERE)
    way = Way(stage, provider, path="/api/identities", session=session)
    way.session = ""

    assert problem_of(way.back()) == "unauthorized.session"
    assert stage.database.look("SELECT 1 FROM identities") == []


def test_without_a_provider_nothing_is_offered(stage: Stage) -> None:
    assert stage.send("GET", "/api/sign-in", token=None).json == {"oidc": {"name": "Example ID"}}
    use(stage, None)

    assert stage.send("GET", "/api/sign-in", token=None).json == {"oidc": None}
    assert stage.send("POST", "/api/sign-in/oidc", {}, token=None).status == 404
    path = "/api/sign-in/oidc/callback?code=x&state=x"
    assert problem_of(stage.send("GET", path, token=None)) == "not_found.oidc"


def test_a_provider_that_wants_its_secret_in_the_body_gets_it_there(
    stage: Stage, provider: Provider
) -> None:
    provider.configuration = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    Way(stage, provider).back()

    (sent,) = provider.codes
    assert (sent["client_id"], sent["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
    assert "authorization" not in sent


def test_an_answer_that_moves_elsewhere_is_not_followed(stage: Stage, provider: Provider) -> None:
    stage.outside = stage.ports.outside = Peers(lambda call: PeerAnswer(status=302, text=""))

    assert stage.send("POST", "/api/sign-in/oidc", {}, token=None).status == 502
