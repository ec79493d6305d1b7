"""What the app's use cases need from outside; `edge` and the tests provide it."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Protocol

from app.oidc_keys import ProviderMemory
from app.peer import OrchestratorVersion
from app.rates import Rates
from app.receipt_keys import ReceiptKeys
from app.settings import AppSettings
from app.store import EVERYONE, Store
from media_jobs.ports import Objects, Peers, Verifier
from media_jobs.request_id import with_fields


class Hub(Protocol):
    """The hub of live viewers."""

    def publish(self, change: str) -> None:
        """Push a change after the answer has gone out. Never waits and never fails."""
        ...

    async def publish_now(self, change: str) -> None:
        """Push it at once, where no answer is being sent. Never fails."""
        ...

    async def show(self, change: str) -> int:
        """Push it at once; return how many look, 0 if that is not known. Never fails."""
        ...

    def tell_media(self, media_id: str) -> None:
        """Say that a media has changed, come or gone, after the answer. Never waits, never fails.

        Those are told that watch the media of its workspace, or of all.
        """
        ...

    async def tell_media_now(self, media_id: str) -> None:
        """Say so at once, where no answer is being sent. Never fails."""
        ...

    async def connect(self, until_ms: int, held_by: Sequence[str], owner: str | None) -> object:
        """Open a viewer's socket that is good until *until_ms*; return the answer to pass on.

        It gets the changes of the jobs of *owner*, a workspace or `EVERYONE`.
        *held_by* names what it was opened with, by each of which `close` finds it. Raises
        RateLimited when the first of these has too many.
        """
        ...

    def close(self, held_by: str) -> None:
        """Close the sockets that were opened with this, after the answer has gone out.

        Never waits and never fails: what it misses ends within an hour.
        """
        ...


class WebhookSenders(Protocol):
    """The senders of webhooks, one for each endpoint."""

    def wake(self, webhook_id: str) -> None:
        """Have an endpoint's due deliveries sent, after the answer has gone out. Never fails."""
        ...

    async def call(self, webhook_id: str) -> None:
        """Do the same now, where there is no answer to go out. Never fails."""
        ...


@dataclass(kw_only=True)
class Ports:
    """Everything the app works with, for one request (*request_id*) or run of the cron.

    It is never changed. It is not frozen because each request makes a copy, and copying a frozen
    dataclass costs several times as much.
    """

    store: Store
    objects: Objects
    orchestrator: Peers
    settings: Callable[[], AppSettings]
    now_ms: Callable[[], int]
    entropy: Callable[[int], bytes]
    log: Callable[[dict[str, object]], None]
    rates: Rates
    strangers: Rates
    receipt_keys: ReceiptKeys
    hub: Hub
    senders: WebhookSenders
    verifier: Verifier
    outside: Peers  # Servers that are no part of the system.
    oidc: ProviderMemory
    peer: OrchestratorVersion = field(default_factory=OrchestratorVersion)
    request_id: str = ""

    def under(self, request_id: str | None, owner: str | None = EVERYONE) -> "Ports":
        """Return the same ports for another request; None: it is not known which.

        *owner*: a workspace that sees less of the database than this.
        """
        request_id = request_id or self.request_id
        store = self.store if owner is EVERYONE else Store(self.store.database, owner)
        if store is self.store and request_id == self.request_id:
            return self
        mine = copy(self)
        mine.store, mine.request_id = store, request_id
        mine.log = with_fields(self.log, {"requestId": request_id})
        return mine
