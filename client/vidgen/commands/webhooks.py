"""`vidgen webhooks`: endpoints that are told of jobs, and what was delivered to them."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, cast

import typer

from vidgen.commands.console import client_of, print_json, say, table
from vidgen.commands.parameters import Server, Shown, with_shared
from vidgen.webhook_models import Delivery, DeliveryStatus, EventType, Webhook

__all__ = ["register"]

group = typer.Typer(
    no_args_is_help=True, help="Endpoints that are told of jobs: list, add, test, deliveries, rm."
)
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="An endpoint's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(group, name="webhooks", rich_help_panel="Account")
    for name, command in (
        ("list", list_webhooks),
        ("add", add),
        ("test", send_test),
        ("deliveries", deliveries),
        ("replay", replay),
        ("rm", remove),
    ):
        group.command(name)(with_shared(command))


def list_webhooks(*, shown: Shown) -> None:
    """List the endpoints, newest first."""
    with client_of(shown) as client:
        found = list(client.webhooks())
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no endpoints; add one with: vidgen webhooks add URL --event job.completed")
    else:
        table(("webhook", "state", "events", "url"), *(_row(one) for one in found))


def _row(one: Webhook) -> tuple[str, ...]:
    state = "enabled" if one.enabled else f"disabled ({one.disabled_reason or 'by hand'})"
    state = f"failing since {one.failing_since:%Y-%m-%d}" if one.failing_since else state
    return one.webhook_id, state, ",".join(one.events), one.url


def add(
    address: Annotated[str, typer.Argument(metavar="URL", help="Where messages are sent.")],
    events: Annotated[
        list[str], typer.Option("--event", help="job.completed, job.failed, alert.*, … Repeatable.")
    ],
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    *,
    shown: Shown,
) -> None:
    """Add an endpoint, and print the secret that signs its messages: it is not shown again."""
    with client_of(shown) as client:
        made = client.create_webhook(address, cast(list[EventType], events), description)
    if shown.as_json:
        print_json({**made.model_dump(mode="json", by_alias=True), "secret": made.secret})
        return
    say(f"{made.webhook_id} is added; its secret is shown here only, keep it")
    typer.echo(made.secret)


def send_test(webhook: WebhookId, *, shown: Shown) -> None:
    """Send a test message to an endpoint."""
    with client_of(shown) as client:
        sent = client.test_webhook(webhook)
    if shown.as_json:
        print_json(sent)
    else:
        typer.echo(sent.delivery_id)
        say(f"see how it went with: vidgen webhooks deliveries {webhook}")


def deliveries(
    webhook: WebhookId,
    status: Annotated[
        str | None, typer.Option(help="Only pending, delivered or failed ones.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number.")] = 20,
    *,
    shown: Shown,
) -> None:
    """List what was sent to an endpoint, newest first, with the answer to the last try."""
    with client_of(shown) as client:
        wanted = cast(DeliveryStatus | None, status)
        found = list(islice(client.deliveries(webhook, status=wanted), limit))
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no deliveries")
    else:
        head = ("delivery", "event", "status", "tries", "last answer")
        table(head, *(_delivery_row(one) for one in found))


def _delivery_row(one: Delivery) -> tuple[str, ...]:
    last = one.attempts[-1] if one.attempts else None
    answer = "-" if last is None else str(last.status or last.error or "-")
    return one.delivery_id, one.type, one.status, str(one.tries), answer


def replay(
    webhook: WebhookId,
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="A delivery's id.")],
    *,
    shown: Shown,
) -> None:
    """Send a delivery again."""
    with client_of(shown) as client:
        sent = client.replay_delivery(webhook, delivery)
    if shown.as_json:
        print_json(sent)
    else:
        typer.echo(sent.status)


def remove(webhook: WebhookId, *, server: Server) -> None:
    """Remove an endpoint with the log of its deliveries."""
    with client_of(server) as client:
        client.delete_webhook(webhook)
    typer.echo(f"{webhook} removed")
