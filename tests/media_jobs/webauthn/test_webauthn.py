"""Passkeys against the specification's own vectors, and against whatever is not one."""

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_jobs.base64url import from_base64url, to_base64url
from media_jobs.webauthn.authenticator import read_attestation, read_authenticator_data
from media_jobs.webauthn.cbor import read_item
from media_jobs.webauthn.ceremony import (
    challenge_of,
    read_assertion,
    read_registration,
    rp_id_of,
)
from media_jobs.webauthn.cose import jwk_of, raw_signature
from media_jobs.webauthn.refusal import CredentialRefused
from tests.platform.authenticator import cose
from tests.platform.loop import run
from tests.platform.verifier import Verifier

DOCUMENT = json.loads((Path(__file__).parents[2] / "vectors/webauthn/w3c.json").read_text())
ORIGIN = DOCUMENT["origin"]
CREDENTIALS: dict[str, dict[str, Any]] = DOCUMENT["credentials"]


def of(vector: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(vector[name])


@pytest.mark.parametrize("algorithm", CREDENTIALS)
def test_the_vectors_of_the_specification_are_read_and_their_signatures_hold(
    algorithm: str,
) -> None:
    made = CREDENTIALS[algorithm]
    used = made["assertion"]
    credential = read_attestation(of(made, "attestation")).credential
    assert credential is not None

    data, client_data = of(used, "authenticatorData"), of(used, "clientData")
    signature = raw_signature(credential.algorithm, of(used, "signature"))
    message = data + sha256(client_data).digest()

    def holds(signature: bytes, message: bytes) -> bool:
        return run(
            Verifier().verify(credential.public_key, credential.algorithm, signature, message)
        )

    assert credential.credential_id == of(made, "credentialId")
    assert challenge_of(of(made, "clientData"), "webauthn.create", ORIGIN) == of(made, "challenge")
    assert challenge_of(client_data, "webauthn.get", ORIGIN) == of(used, "challenge")
    assert holds(signature, message)
    assert not holds(signature, message + b"\0")
    assert not holds(bytes([signature[0] ^ 1]) + signature[1:], message)


@pytest.mark.parametrize("algorithm", CREDENTIALS)
def test_the_vectors_whose_user_was_not_verified_sign_nobody_in(algorithm: str) -> None:
    made = CREDENTIALS[algorithm]
    used = made["assertion"]

    with pytest.raises(CredentialRefused, match="not verified"):
        read_registration(of(made, "clientData"), of(made, "attestation"), ORIGIN)
    with pytest.raises(CredentialRefused, match="not verified"):
        read_assertion(
            of(used, "clientData"),
            of(used, "authenticatorData"),
            of(used, "signature"),
            read_attestation(of(made, "attestation")).credential.algorithm,  # type: ignore[union-attr]  # As above.
            ORIGIN,
        )


def client_data(**changed: object) -> bytes:
    said = {"type": "webauthn.get", "challenge": "YQ", "origin": ORIGIN, "crossOrigin": False}
    return json.dumps({**said, **changed}).encode()


@pytest.mark.parametrize(
    "data",
    [
        client_data(type="webauthn.create"),
        client_data(origin="https://evil.example"),
        client_data(origin=None),
        client_data(crossOrigin=True),
        client_data(topOrigin="https://evil.example"),
        client_data(challenge="YQ=="),
        client_data(challenge=None),
        client_data(challenge="Y+"),
        b"[" * 20_000,
        b"[]",
        b"null",
        b"\xff",
        b"",
    ],
)
def test_client_data_of_something_else_is_refused(data: bytes) -> None:
    assert challenge_of(client_data(), "webauthn.get", ORIGIN) == b"a"
    with pytest.raises(CredentialRefused):
        challenge_of(data, "webauthn.get", ORIGIN)


@pytest.mark.parametrize(
    "data",
    [
        "5f42010243030405ff",  # RFC 8949, appendix A: indefinite lengths.
        "9fff",
        "bf61610161629f0203ffff",
        "f97e00",  # A float.
        "c074323031332d30332d32315432303a30343a30305a",  # A tag.
        "f818",  # A simple value.
        "1817",  # Not the shortest form.
        "1900ff",
        "1a0000ffff",
        "1b00000000ffffffff",
        "a201020103",  # A key twice.
        "a1f501",  # A key that is no number and no text.
        "62c328",  # No UTF-8.
        "5b7fffffffffffffff",  # Longer than there is.
        "9b7fffffffffffffff",
        "818181818181",  # Too deep.
        "",
    ],
)
def test_cbor_that_no_authenticator_writes_is_refused(data: str) -> None:
    with pytest.raises(CredentialRefused):
        read_item(bytes.fromhex(data))


@pytest.mark.parametrize(
    ("data", "item"),
    [
        # RFC 8949, appendix A.
        ("00", 0),
        ("1818", 24),
        ("1903e8", 1000),
        ("1a000f4240", 1_000_000),
        ("1b000000e8d4a51000", 1_000_000_000_000),
        ("20", -1),
        ("3903e7", -1000),
        ("f4", False),
        ("f5", True),
        ("f6", None),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("6449455446", "IETF"),
        ("62c3bc", "ü"),
        ("83010203", [1, 2, 3]),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ],
)
def test_cbor_is_read_as_the_rfc_has_it(data: str, item: object) -> None:
    assert read_item(bytes.fromhex(data)) == (item, len(data) // 2)


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for read in (read_attestation, read_authenticator_data, lambda d: raw_signature("ES256", d)):
        with suppress(CredentialRefused):
            read(data)


def test_every_bit_of_the_authenticator_data_is_bounded() -> None:
    good = bytes(32) + b"\x05" + bytes(4)
    assert read_authenticator_data(good).verified

    for bad in (good[:-1], good + b"\0", good[:32] + b"\x15" + bytes(4), good[:32] + b"\x45"):
        with pytest.raises(CredentialRefused):
            read_authenticator_data(bad)


@pytest.mark.parametrize(
    "key",
    [
        cose(bytes(31), bytes(32)),
        cose(bytes(32), bytes(33)),
        cose(bytes(32), bytes(32)).replace(b"\x03\x26", b"\x03\x25"),  # Another algorithm.
        cose(bytes(32), bytes(32)).replace(b"\x01\x02", b"\x01\x01"),  # Another type of key.
        cose(bytes(32), bytes(32)).replace(b"\x20\x01", b"\x20\x02"),  # Another curve.
        b"\xa0",
        b"\x01",
    ],
)
def test_a_key_of_another_kind_is_refused(key: bytes) -> None:
    with pytest.raises(CredentialRefused):
        jwk_of(read_item(key)[0])


@pytest.mark.parametrize(
    "signature",
    [
        "3006020101020101ff",  # Something behind it.
        "300602010102018101",  # A negative number.
        "30080202000102010100",
        "3007020200010201",
        "3006020100020101",  # Zero.
        "300702020001020101",  # Not the shortest form.
        "",
        "30",
    ],
)
def test_a_signature_that_is_no_der_is_refused(signature: str) -> None:
    assert raw_signature("ES256", bytes.fromhex("3006020101020102"))[31::32] == b"\x01\x02"
    with pytest.raises(CredentialRefused):
        raw_signature("ES256", bytes.fromhex(signature))


@given(st.binary(max_size=40))
def test_base64url_has_one_text_for_its_bytes(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data
    with pytest.raises(ValueError, match="base64url"):
        from_base64url(to_base64url(data) + "=")


def test_the_relying_party_is_the_host() -> None:
    assert rp_id_of("https://jobs.test") == "jobs.test"
    assert rp_id_of("http://localhost:8787") == "localhost"
