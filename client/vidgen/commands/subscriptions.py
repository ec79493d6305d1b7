"""`vidgen watch` and `vidgen subscriptions`: lists that are looked at by schedule."""

from __future__ import annotations

import re
from itertools import islice
from typing import Annotated, Any, Literal

import typer

from vidgen.commands.console import client_of, print_json, say, table
from vidgen.commands.parameters import Server, Shown, StepSettings, with_shared
from vidgen.commands.recipes import SUBTITLE, parameters_of, step_options
from vidgen.subscription_models import Subscription, SubscriptionEntry

__all__ = ["register", "seconds_of"]

Watched = Annotated[
    str, typer.Argument(metavar="SUBSCRIPTION", help="One that `vidgen subscriptions` lists.")
]
_UNITS = {"m": 60, "h": 3600, "d": 86_400}
group = typer.Typer(invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command("watch", rich_help_panel="Make")(with_shared(watch))
    app.add_typer(group, name="subscriptions", rich_help_panel="Jobs")


def seconds_of(text: str) -> int:
    """Return the seconds of `30m`, `6h` or `1d`; raises typer.BadParameter."""
    found = re.fullmatch(r"([1-9]\d{0,4})([mhd])", text)
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 900 <= seconds <= 30 * _UNITS["d"]:
        raise typer.BadParameter(
            f"{text!r} is not from 15m to 30d: minutes, hours or days, e.g. 6h",
            param_hint="--every",
        )
    return seconds


def watch(
    channel: Annotated[str, typer.Argument(help="The URL of a channel, a playlist or a feed.")],
    to: Annotated[
        str | None, typer.Option(help="The language to translate into, e.g. zh or es.")
    ] = None,
    spoken: Annotated[
        str | None, typer.Option("--from", help="What is spoken, e.g. en. Default: detected.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help=f"What each new video starts. Default: {SUBTITLE} with --to, or download."
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", help="What the recipe asks for, e.g. to=zh. Repeatable."),
    ] = None,
    settings: StepSettings = None,
    every: Annotated[str, typer.Option(help="How often to look, from 15m to 30d.")] = "6h",
    per_day: Annotated[
        int, typer.Option(min=1, max=100, help="How many videos a day (UTC) to start.")
    ] = 10,
    take: Annotated[
        int, typer.Option(min=0, max=100, help="How many of the newest videos to start now.")
    ] = 0,
    *,
    shown: Shown,
) -> None:
    """Look at a channel, playlist or feed by schedule, and start a recipe for each new video."""
    said = parameters_of(parameters or [])
    said |= {name: value for name, value in (("to", to), ("from", spoken)) if value is not None}
    name = recipe or (SUBTITLE if to else "download")
    options: dict[str, dict[str, Any]] = step_options(None, settings, {})
    every_s = seconds_of(every)
    start_with: Literal["new"] | int = take or "new"
    with client_of(shown) as client:
        found = client.subscribe(
            channel,
            name,
            said,
            options,
            every_s=every_s,
            per_day_max=per_day,
            start_with=start_with,
        )
    if shown.as_json:
        print_json(found)
        return
    typer.echo(found.subscription_id)
    first = (
        f"the {take} newest videos start at once" if take else "what is there now starts nothing"
    )
    say(f"looks every {every}; each new video starts {name}, at most {per_day} a day; {first}")
    say(f"see what it does with: vidgen subscriptions entries {found.subscription_id}")


@group.callback()
@with_shared
def list_subscriptions(context: typer.Context, *, shown: Shown) -> None:
    """List what is looked at by schedule, or pause, resume, look now, or remove one of it."""
    if context.invoked_subcommand is not None:
        return
    with client_of(shown) as client:
        found = list(client.subscriptions())
    if shown.as_json:
        print_json(found)
    elif not found:
        say("nothing is looked at by schedule; begin with: vidgen watch CHANNEL")
    else:
        head = ("subscription", "state", "recipe", "started", "waiting", "next look", "list")
        table(head, *(_row(one) for one in found))


@group.command()
@with_shared
def pause(sub: Watched, *, shown: Shown) -> None:
    """Look no more until it is resumed; runs that were started go on."""
    with client_of(shown) as client:
        _shown(client.change_subscription(sub, state="paused"), as_json=shown.as_json)


@group.command()
@with_shared
def resume(sub: Watched, *, shown: Shown) -> None:
    """Look again, now and by schedule, on behalf of who asks."""
    with client_of(shown) as client:
        _shown(client.change_subscription(sub, state="active"), as_json=shown.as_json)


@group.command()
@with_shared
def look(sub: Watched, *, shown: Shown) -> None:
    """Look now."""
    with client_of(shown) as client:
        _shown(client.look(sub), as_json=shown.as_json)


@group.command()
@with_shared
def remove(sub: Watched, *, server: Server) -> None:
    """Remove it; the runs that it has started stay."""
    with client_of(server) as client:
        client.delete_subscription(sub)
    typer.echo("removed")


@group.command()
@with_shared
def entries(
    sub: Watched,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number.")] = 20,
    *,
    shown: Shown,
) -> None:
    """List what its looks have seen, newest first, with the run or why there is none."""
    with client_of(shown) as client:
        found = list(islice(client.subscription_entries(sub), limit))
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no look has ended yet")
    else:
        table(("state", "run or reason", "video"), *(_entry_row(one) for one in found))


def _shown(found: Subscription, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        typer.echo(found.state)


def _row(one: Subscription) -> tuple[str, ...]:
    state = one.state if one.paused_reason is None else f"{one.state} ({one.paused_reason})"
    at = one.next_look_at
    next_look = "now" if one.look_job_id else at.astimezone().strftime("%m-%d %H:%M") if at else "-"
    counts = (str(one.entries.started), str(one.entries.waiting))
    return one.subscription_id, state, one.recipe, *counts, next_look, one.title or one.url


def _entry_row(one: SubscriptionEntry) -> tuple[str, str, str]:
    return one.state, one.run_id or one.reason or "", one.title or one.url
