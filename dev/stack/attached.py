"""A stack that is already up, for tests that get its address from STACK_URL."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from dev.installation import ROOT
from dev.stack.errors import StackError
from dev.stack.state import RUNNING, SECRETS, Secrets

ADDRESSES = ("app_url", "orchestrator_url", "s3_url", "container_urls", "runtime")
"""What a running stack announces in its state folder."""


class RunningStack:
    """What a test may use of a stack, however it was started."""

    app_url: str
    orchestrator_url: str
    s3_url: str
    container_urls: dict[str, str]
    runtime: str
    secrets: Secrets

    @property
    def secret(self) -> str:
        """JOB_CALLBACK_HMAC_SECRET of all parts."""
        return self.secrets.callback_secret

    @property
    def admin_token(self) -> str:
        """A bearer token of the app's API with every scope."""
        return self.secrets.admin_token


class AttachedStack(RunningStack):
    """Has the addresses and secrets of `Stack`, and none of its controls.

    They are read from the running stack's state folder: STACK_STATE, or `.stack`. Raises StackError
    when no stack of that folder answers *app_url*.
    """

    def __init__(self, app_url: str) -> None:
        folder = Path(os.environ.get("STACK_STATE") or ROOT / ".stack")
        try:
            running: dict[str, Any] = json.loads((folder / RUNNING).read_text("utf-8"))
            self.secrets = Secrets(**json.loads((folder / SECRETS).read_text("utf-8")))
        except FileNotFoundError:
            raise StackError(f"No stack runs with the state folder {folder}.") from None
        for name in ADDRESSES:
            setattr(self, name, running[name])
        if self.app_url != app_url.rstrip("/"):
            raise StackError(
                f"STACK_URL is {app_url}, but the stack of {folder} answers on "
                f"{self.app_url}; name its folder by STACK_STATE."
            )
