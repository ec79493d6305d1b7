"""Removes from a text what would give access: the query, the fragment and the login of every
URL in it; and from an address that is to be shown, the parameters alone that grant something.

A presigned query is a key to the bucket, a callback's query holds the attempt's token, a proxy's
login is its user's. Tools quote the URLs they were given in their errors, sometimes in pieces.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote_plus, urlsplit

from pydantic import ValidationError

__all__ = ["describe", "redact", "without_grants", "without_paths"]

# The query is optional, so that a match always takes the whole address: without that, each `://` of
# a text that has no query would be tried to the text's end, and 64 kB of them take ten seconds.
_URL = re.compile(r"(\w{1,20}://[^\s?#'\"<>]*)([?#])?[^\s'\"<>]*")
_LOGIN = re.compile(r"(\w{1,20}://)[^\s/@'\"<>]+@")
_PARAMETER = re.compile(
    r"\b(X-Amz-(?:Signature|Credential|Security-Token)|token|sig)=[^\s&'\"<>]+", re.IGNORECASE
)

# Parameters that carry a signature, what it signs, or a password. Names are those of S3 and its
# kin (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html), CloudFront,
# Google Cloud Storage, Azure, Alibaba, Tencent and Akamai, and the words for a token.
_GRANTS = re.compile(
    r"(x-(amz|goog|oss|cos|ms|bz|tos|obs)-.*|q-(sign|ak|key|header|url|signature).*"
    r"|sig(nature)?|policy|key-pair-id|expires|awsaccesskeyid|googleaccessid|ossaccesskeyid"
    r"|security-token|hdn(ts|ea|tl|tok)|__gda__|__token__|wssecret|wstime|hmac|jwt|auth(orization)?"
    r"|(access|auth|id|refresh|session|bearer|api|csrf|user)?[-_]?token"
    r"|(api|auth|access|secret|private)[-_]?key|(client[-_]?)?secret|pass(word|wd|phrase)?"
    r"|credentials?)",
    re.IGNORECASE,
)
# Azure's shared access signatures: one or two letters each, which mean it beside `sig` alone.
_GRANTS_BESIDE_SIG = re.compile(r"s[vetprs]|sip|spr|srt|ss|sk[a-z]{1,3}", re.IGNORECASE)


def without_grants(url: str) -> str:
    """Return *url* without login and fragment, and without parameters that grant access.

    All other parameters stay as they are, byte for byte: they say what is at the address. Raises
    ValueError for what is no URL.
    """
    parts = urlsplit(url)
    pairs = parts.query.split("&") if parts.query else []
    names = [unquote_plus(pair.partition("=")[0]) for pair in pairs]
    grants = [_GRANTS] + ([_GRANTS_BESIDE_SIG] if "sig" in names else [])
    kept = [
        pair
        for pair, name in zip(pairs, names, strict=True)
        if not any(grant.fullmatch(name) for grant in grants)
    ]
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="&".join(kept), fragment="").geturl()


def redact(text: str, secrets: Sequence[str] = ()) -> str:
    """Return *text* with ``?…`` for the query of each URL in it (``#…``), and without its login.

    Of a piece of a query, the parameters that grant something lose their values. What is in
    *secrets* is replaced wherever it stands.
    """
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    cut = _URL.sub(lambda url: url[1] + (f"{url[2]}…" if url[2] else ""), text)
    return _PARAMETER.sub(r"\1=…", _LOGIN.sub(r"\1", cut))


# Not what follows a host or a word: addresses keep their paths.
_FOLDERS = re.compile(r"(?<![\w:/.\]…])/(?:[\w.@+~%-]+/)+")


def without_paths(text: str) -> str:
    """Return *text* with ``…/`` for the folders of each absolute path of this machine in it."""
    return _FOLDERS.sub("…/", text)


def describe(error: BaseException) -> str:
    """Return what to log of an unexpected error: its type and text, without stored values.

    pydantic quotes the values that it refuses; only places and kinds of its errors are used.
    """
    name = type(error).__name__
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False, include_context=False, include_input=False)[:10]
        faults = [
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in found
        ]
        return f"{name} of {error.title}: {'; '.join(faults)}"
    return f"{name}: {redact(str(error))[:1000]}"
