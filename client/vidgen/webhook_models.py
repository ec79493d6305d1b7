"""Endpoints that are told of jobs, and what was sent to them, typed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from vidgen.models import Answer, Time

__all__ = [
    "Delivery",
    "DeliveryAttempt",
    "DeliveryStatus",
    "EventType",
    "Webhook",
    "WebhookSecret",
]

EventType = Literal[
    "job.started",
    "job.completed",
    "job.failed",
    "job.canceled",
    "review.requested",
    "subscription.paused",
    "webhook.test",
    "alert.*",
    "alert.jobs_piling_up",
    "alert.dead_letters",
    "alert.container_down",
    "alert.orchestrator_down",
]
DeliveryStatus = Literal["pending", "delivered", "failed"]


class Webhook(Answer):
    """An endpoint that is notified of jobs. *failing_since*: it has accepted nothing since then."""

    webhook_id: str
    url: str
    events: list[str]
    description: str = ""
    enabled: bool
    disabled_reason: str | None = None
    failing_since: Time | None = None
    former_secret_until: Time | None = None
    created_at: Time


class WebhookSecret(Webhook):
    """An endpoint with its *secret*, which no other answer shows; keep it."""

    secret: str = Field(repr=False)


class DeliveryAttempt(Answer):
    """One try: the endpoint's status and the beginning of its answer, or why there was none."""

    at: Time
    status: int | None = None
    duration_ms: int
    answer: str | None = None
    error: str | None = None


class Delivery(Answer):
    """One message to one endpoint, and how each try went, oldest first."""

    delivery_id: str
    message_id: str
    type: str
    status: str
    tries: int
    next_try_at: Time | None = None
    attempts: list[DeliveryAttempt] = Field(default_factory=list)
    payload: dict[str, Any] = Field(default_factory=dict)  # Any: JSON as it was sent.
    created_at: Time
