"""A stack that is already up, for tests that are told its address by STACK_URL."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Protocol

from dev.installation import ROOT
from dev.stack.errors import StackError
from dev.stack.state import RUNNING, SECRETS, Secrets


class RunningStack(Protocol):
    """What a test may use of a stack, whoever has started it."""

    @property
    def app_url(self) -> str: ...
    @property
    def orchestrator_url(self) -> str: ...
    @property
    def s3_url(self) -> str: ...
    @property
    def container_urls(self) -> dict[str, str]: ...
    @property
    def secret(self) -> str: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def admin_token(self) -> str: ...


class AttachedStack:
    """Has the addresses and secrets of `Stack`, and none of its controls.

    They are read from the running stack's state folder: STACK_STATE, or `.stack`. Raises StackError
    when no stack of that folder answers *app_url*.
    """

    def __init__(self, app_url: str) -> None:
        folder = Path(os.environ.get("STACK_STATE") or ROOT / ".stack")
        try:
            self._running: dict[str, Any] = json.loads((folder / RUNNING).read_text("utf-8"))
            self._secrets = Secrets(**json.loads((folder / SECRETS).read_text("utf-8")))
        except FileNotFoundError:
            raise StackError(f"No stack runs with the state folder {folder}.") from None
        if self._running["app_url"] != app_url.rstrip("/"):
            raise StackError(
                f"STACK_URL is {app_url}, but the stack of {folder} answers on "
                f"{self._running['app_url']}; name its folder by STACK_STATE."
            )

    @property
    def app_url(self) -> str:
        return str(self._running["app_url"])

    @property
    def orchestrator_url(self) -> str:
        return str(self._running["orchestrator_url"])

    @property
    def s3_url(self) -> str:
        return str(self._running["s3_url"])

    @property
    def container_urls(self) -> dict[str, str]:
        return dict(self._running["container_urls"])

    @property
    def runtime(self) -> str:
        return str(self._running["runtime"])

    @property
    def secret(self) -> str:
        return self._secrets.callback_secret

    @property
    def secrets(self) -> Secrets:
        return self._secrets

    @property
    def admin_token(self) -> str:
        return self._secrets.admin_token
