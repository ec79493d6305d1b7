"""Keys derived from the root secret."""

from media_jobs.derivation import derive, host_label

# RFC 5869, appendix A.3: the secret is 22 bytes 0x0b, salt and info are empty.
A_3 = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
# openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt key:the-root-secret \
#   -kdfopt info:host/burner/1 -binary HKDF | xxd -p -c 64
OF_OPENSSL = "aaafcb853af31874019187de1cdb5d5035f5eb7beb4c916caf7a76b6f0bbe357"


def test_a_key_is_that_of_rfc_5869() -> None:
    assert derive("\x0b" * 22, "").hex() == A_3


def test_a_hosts_key_is_the_one_that_openssl_derives() -> None:
    assert derive("the-root-secret", host_label("burner", 1)).hex() == OF_OPENSSL
