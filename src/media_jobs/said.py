"""A sentence with what it is made of, for who speaks another language than English."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from media_jobs.errors import MediaJobsError
from media_jobs.messages import Value, message

__all__ = ["Said", "said", "said_by"]


@dataclass(frozen=True, slots=True)
class Said:
    """What is said; *key* and *values* of the catalogue, where they are known."""

    text: str
    key: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def keys(self) -> dict[str, object]:
        """Return what stands beside the text in a document."""
        if self.key is None:
            return {}
        return {"messageKey": self.key, "messageValues": dict(self.values)}


def said(key: str, **values: Value) -> Said:
    """Return the message of *key* with its *values*; raises KeyError for an unknown one."""
    return Said(message(key, **values), key, values)


def said_by(error: MediaJobsError) -> Said:
    """Return what a refusal says."""
    return Said(error.message, error.key, error.values)
