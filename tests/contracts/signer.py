"""What the orchestrator relies on of Ed25519. Runs on the library, and on WebCrypto in a Worker."""

from media_jobs.ports import Signer

# RFC 8032, section 7.1: seed, public key, message, signature.
TEST_1 = (
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
    "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
)
TEST_2 = (
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
)


async def the_first_signature_of_the_rfc(signer: Signer) -> None:
    await _signs(signer, *TEST_1)


async def the_second_signature_of_the_rfc(signer: Signer) -> None:
    await _signs(signer, *TEST_2)


async def _signs(signer: Signer, seed: str, public: str, message: str, signature: str) -> None:
    signed = await signer.sign(bytes.fromhex(seed), bytes.fromhex(message))

    assert signed.public_key.hex() == public
    assert signed.signature.hex() == signature
