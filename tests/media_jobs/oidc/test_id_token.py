"""ID tokens, keys and configurations of providers: read, or refused without an accident."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.base64url import to_base64url
from media_jobs.oidc.id_token import check_claims, read_id_token
from media_jobs.oidc.provider import configuration_url, key_for, read_keys, read_provider
from media_jobs.oidc.refusal import ProviderRefused
from media_jobs.ports import Jwk

# RFC 7515, appendix A.2: the header and the beginning of a token signed with RS256.
RFC_TOKEN = (
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgt"
)


def token(header: object, claims: object = None) -> str:
    parts = (json.dumps(part).encode() for part in (header, claims or {}))
    return f"{'.'.join(map(to_base64url, parts))}.AA"


def test_a_token_of_the_rfc_is_read_in_its_parts() -> None:
    read = read_id_token(RFC_TOKEN)

    assert (read.algorithm, read.kid) == ("RS256", None)
    assert read.claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}
    assert read.message.decode() == RFC_TOKEN.rpartition(".")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        RFC_TOKEN + ".x",
        RFC_TOKEN.replace("eyJhbGci", "+yJhbGci"),
        token({"alg": "none"}),
        token({"alg": "HS256"}),
        token({"alg": "PS256"}),
        token({"alg": ["RS256"]}),
        token({}),
        token([]),
        token({"alg": "RS256", "b64": False}),
        token({"alg": "RS256"}, ["a"]),
        token({"alg": "RS256"}, {"a": "b" * 40_000}),
    ],
)
def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ProviderRefused):
        read_id_token(text)


@given(st.text(max_size=200))
def test_whatever_a_provider_sends_is_read_or_refused(text: str) -> None:
    for read in (
        read_id_token,
        read_keys,
        lambda one: read_provider(one, "https://id.example.com", allow_loopback=False),
    ):
        with suppress(ProviderRefused):
            read(text)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.none())
        ),
    )
)
def test_claims_of_any_type_let_nobody_in(claims: dict[str, object]) -> None:
    with pytest.raises(ProviderRefused):
        check_claims(claims, "https://id.example.com", "client", "n" * 43, 1_790_000_000)


RSA: Jwk = {"kty": "RSA", "kid": "a", "n": "AA", "e": "AQAB"}


@pytest.mark.parametrize(
    ("kid", "keys", "found"),
    [
        ("a", [RSA], RSA),
        (None, [RSA], RSA),
        ("b", [RSA], None),
        (None, [RSA, {**RSA, "kid": "b"}], None),
        ("a", [RSA, RSA], None),
        ("a", [{**RSA, "use": "enc"}], None),
        ("a", [{**RSA, "alg": "RS512"}], None),
        ("a", [{**RSA, "kty": "EC"}], None),
        ("a", [], None),
    ],
)
def test_a_signature_s_key_is_the_one_that_it_names_of_its_kind(
    kid: str | None, keys: list[Jwk], found: Jwk | None
) -> None:
    assert key_for("RS256", kid, keys) == found


def test_where_a_provider_says_what_it_has() -> None:
    for issuer in ("https://id.example.com/tenant", "https://id.example.com/tenant/"):
        url = "https://id.example.com/tenant/.well-known/openid-configuration"
        assert configuration_url(issuer) == url
