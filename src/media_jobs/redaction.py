"""Removes from a text what would give access: the query, the fragment and the login of every
URL in it.

A presigned query is a key to the bucket, a callback's query holds the attempt's token, a proxy's
login is its user's. Tools quote the URLs they were given in their errors, sometimes in pieces.
"""

import re
from collections.abc import Sequence

from pydantic import ValidationError

__all__ = ["describe", "redact"]

# The query is optional, so that a match always takes the whole address: without that, each `://` of
# a text that has no query would be tried to the text's end, and 64 kB of them take ten seconds.
_URL = re.compile(r"(\w{1,20}://[^\s?#'\"<>]*)([?#])?[^\s'\"<>]*")
_LOGIN = re.compile(r"(\w{1,20}://)[^\s/@'\"<>]+@")
_PARAMETER = re.compile(
    r"\b(X-Amz-(?:Signature|Credential|Security-Token)|token|sig)=[^\s&'\"<>]+", re.IGNORECASE
)


def redact(text: str, secrets: Sequence[str] = ()) -> str:
    """Return *text* with ``?…`` for the query of each URL in it (``#…``), and without its login.

    Of a piece of a query, the parameters that grant something lose their values. What is in
    *secrets* is replaced wherever it stands.
    """
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    cut = _URL.sub(lambda url: url[1] + (f"{url[2]}…" if url[2] else ""), text)
    return _PARAMETER.sub(r"\1=…", _LOGIN.sub(r"\1", cut))


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
