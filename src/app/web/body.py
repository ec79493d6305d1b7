"""The bodies that callers send."""

from media_jobs.strict import Strict


class Body(Strict):
    """A body that a caller has sent."""
