"""A certificate for the hosts of a test, made when it is needed: no key is kept anywhere."""

from __future__ import annotations

import base64
import datetime
import secrets
from pathlib import Path

from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import ECC
from Cryptodome.Signature import DSS
from Cryptodome.Util.asn1 import DerObjectId

INTEGER, BITS, OCTETS, TEXT, TIME, SEQUENCE, SET = 0x02, 0x03, 0x04, 0x0C, 0x17, 0x30, 0x31
VERSION, EXTENSIONS, DNS_NAME = 0xA0, 0xA3, 0x82
TRUE = b"\x01\x01\xff"
VALID = datetime.timedelta(days=1)


def write_certificate(file: Path, zone: str) -> None:
    """Write a certificate that vouches for itself and the hosts of *zone*, and its key, as PEM.

    Its fields are those of RFC 5280, section 4.1.
    """
    key = ECC.generate(curve="P-256")
    public = key.public_key().export_key(format="DER")
    now = datetime.datetime.now(datetime.UTC)
    name = _der(SEQUENCE, _der(SET, _der(SEQUENCE, _oid("2.5.4.3"), _der(TEXT, zone.encode()))))
    algorithm = _der(SEQUENCE, _oid("1.2.840.10045.4.3.2"))  # ECDSA with SHA-256.
    unsigned = _der(
        SEQUENCE,
        _der(VERSION, _der(INTEGER, b"\x02")),  # Version 3.
        _der(INTEGER, b"\x01" + secrets.token_bytes(8)),
        algorithm,
        name,
        _der(SEQUENCE, _time(now - VALID), _time(now + VALID)),
        name,
        public,
        _der(EXTENSIONS, _extensions(zone, public)),
    )
    signature = DSS.new(key, "fips-186-3", encoding="der").sign(SHA256.new(unsigned))
    signed = _der(SEQUENCE, unsigned, algorithm, _der(BITS, b"\x00", signature))
    body = base64.encodebytes(signed).decode()
    certificate = f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
    file.write_text(f"{key.export_key(format='PEM')}\n{certificate}")


def _extensions(zone: str, public: bytes) -> bytes:
    host = _der(DNS_NAME, f"*.{zone}".encode())
    signs = _der(BITS, b"\x02\x84")  # Messages, and certificates.
    key_id = _der(OCTETS, SHA256.new(public).digest()[:20])
    return _der(
        SEQUENCE,
        _extension("2.5.29.19", _der(SEQUENCE, TRUE), TRUE),  # It is an authority.
        _extension("2.5.29.15", signs, TRUE),
        _extension("2.5.29.14", key_id),
        _extension("2.5.29.17", _der(SEQUENCE, host)),
    )


def _extension(number: str, value: bytes, critical: bytes = b"") -> bytes:
    return _der(SEQUENCE, _oid(number), critical, _der(OCTETS, value))


def _oid(number: str) -> bytes:
    return DerObjectId(number).encode()


def _time(when: datetime.datetime) -> bytes:
    return _der(TIME, when.strftime("%y%m%d%H%M%SZ").encode())


def _der(tag: int, *parts: bytes) -> bytes:
    """Return tag, length and value (X.690, sections 8.1.2 and 8.1.3)."""
    value = b"".join(parts)
    length = len(value).to_bytes(2, "big").lstrip(b"\0") or b"\0"
    if len(value) >= 0x80:
        length = bytes([0x80 + len(length)]) + length
    return bytes([tag]) + length + value
