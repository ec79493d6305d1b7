"""`vidgen subtitle`, `run`, `runs`, `recipes`, `review`: the whole way by one command."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from vidgen.client import Client
from vidgen.commands.choices import Preset
from vidgen.commands.console import client_of, options_of, print_json, say, table
from vidgen.commands.parameters import RunMaking, Shown, with_shared
from vidgen.commands.progress import shown_progress
from vidgen.commands.results import page_of, say_how_to_go_on, source_of
from vidgen.commands.runs import follow, save_video
from vidgen.commands.targets import beside, check_target
from vidgen.errors import Conflict, RunFailed, VidgenError
from vidgen.recipe_models import Recipe, Run

__all__ = ["SUBTITLE", "parameters_of", "register", "step_options"]

SUBTITLE = "subtitle-two-languages"
Source = Annotated[
    str, typer.Argument(help="A video's URL, a video file, or the id of a media (med_…).")
]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (subtitle, run):
        app.command(command.__name__, rich_help_panel="Make")(with_shared(command))
    app.command("recipes", rich_help_panel="Jobs")(with_shared(list_recipes))
    app.command("runs", rich_help_panel="Jobs")(with_shared(list_runs))
    app.command("review", rich_help_panel="Jobs")(with_shared(review))


def subtitle(
    source: Source,
    to: Annotated[str, typer.Option(help="The language to translate into, e.g. zh or es.")],
    spoken: Annotated[
        str | None, typer.Option("--from", help="What is spoken, e.g. en. Default: detected.")
    ] = None,
    style: Annotated[
        str | None, typer.Option(help="A note on the tone and wording of the translation.")
    ] = None,
    preset: Preset = None,
    *,
    making: RunMaking,
) -> None:
    """Transcribe a video, translate what is said, and burn both languages into it."""
    found = source_of(source, "SOURCE")
    flags = {"translate": {"style": style}, "burn": {"preset": preset}}
    wanted = step_options(making.options, making.settings, flags)
    said = {"to": to} if spoken is None else {"to": to, "from": spoken}
    _run(SUBTITLE, found, said, wanted, beside(found, to), making)


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="One that `vidgen recipes` has.")],
    source: Source,
    parameters: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", help="What the recipe asks for, e.g. to=zh. Repeatable."),
    ] = None,
    *,
    making: RunMaking,
) -> None:
    """Run a recipe on a video, and save what its last step makes."""
    found = source_of(source, "SOURCE")
    wanted = step_options(making.options, making.settings, {})
    _run(recipe, found, parameters_of(parameters or []), wanted, beside(found, recipe), making)


def step_options(
    file: Path | None, settings: list[str] | None, flags: dict[str, dict[str, str | None]]
) -> dict[str, dict[str, Any]]:
    """Return options by step: those of a *file*, above it settings, above them *flags*.

    Raises typer.BadParameter.
    """
    wanted = options_of(file, settings or [], {})
    for step, own in wanted.items():
        if not isinstance(own, dict):
            raise typer.BadParameter(f"{step!r} is not an object", param_hint="--set")
    for step, own in flags.items():
        given = {name: value for name, value in own.items() if value is not None}
        if given:
            wanted[step] = wanted.get(step, {}) | given
    return wanted


def parameters_of(given: list[str]) -> dict[str, str]:
    """Return `name=value`, each a parameter of a run; raises typer.BadParameter."""
    said: dict[str, str] = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark or not name:
            raise typer.BadParameter(f"{one!r} is not name=value", param_hint="--param")
        said[name] = value
    return said


def _run(
    recipe: str,
    source: Path | str,
    said: dict[str, str],
    options: dict[str, dict[str, Any]],
    target: Path,
    making: RunMaking,
) -> None:
    """Start a run, follow it and save its result; detached, only start it.

    An interrupt leaves it running, and says how to go on with it.
    """
    target = making.output or target
    approve = not making.review
    force = not making.detach and check_target(target, source, force=making.force)
    with client_of(making) as client:
        with shown_progress(quiet=making.quiet) as progress:
            found = client.start_run(recipe, source, said, options, progress=progress)
            if not making.detach:
                say(f"{found.run_id} {page_of(client, found.run_id)}")
                try:
                    found = follow(client, found.run_id, progress, approve=approve)
                except RunFailed:
                    raise
                except (KeyboardInterrupt, VidgenError):
                    say_how_to_go_on(found.run_id, target, approve=approve)
                    raise
                target = save_video(client, found, target, progress, force=force)
        if making.as_json:
            print_json(found)
        else:
            typer.echo(found.run_id if making.detach else str(target))


def list_recipes(*, shown: Shown) -> None:
    """List the recipes that can be run, with what each asks for and does."""
    with client_of(shown) as client:
        found = list(client.recipes())
    if shown.as_json:
        print_json(found)
    else:
        table(("recipe", "of", "asks for", "steps"), *(_recipe_row(one) for one in found))


def _recipe_row(recipe: Recipe) -> tuple[str, str, str, str]:
    asks = ", ".join(one.name if one.required else f"[{one.name}]" for one in recipe.parameters)
    steps = " > ".join(str(step.get("step", "")) for step in recipe.steps)
    return recipe.name, recipe.source, asks, steps


def list_runs(
    media: Annotated[str | None, typer.Option(help="Only runs of this media.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The maximum number of runs.")] = 20,
    *,
    shown: Shown,
) -> None:
    """List the runs of recipes, newest first."""
    with client_of(shown) as client:
        found = list(islice(client.runs(media_id=media), limit))
    if shown.as_json:
        print_json(found)
    elif not found:
        say("no such runs")
    else:
        table(("run", "recipe", "status", "since", "media"), *(_run_row(one) for one in found))


def _run_row(run: Run) -> tuple[str, str, str, str, str]:
    since = run.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    status = run.status.replace("_", " ")
    return run.run_id, run.recipe, status, since, run.media_title or run.media_id


def review(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run that waits for a review.")],
    reject: Annotated[
        bool, typer.Option("--reject", help="End the run instead of letting it go on.")
    ] = False,
    *,
    shown: Shown,
) -> None:
    """Approve what a run asks a person to look at, with the newest edit of each track."""
    with client_of(shown) as client:
        found = _decided(client, run, reject=reject)
    if shown.as_json:
        print_json(found)
    else:
        typer.echo(found.status)


def _decided(client: Client, run_id: str, *, reject: bool) -> Run:
    found = client.get_run(run_id)
    if found.requested is None:
        status = found.status.replace("_", " ")
        raise Conflict(409, "review_not_requested", f"{run_id} asks for no review: it is {status}.")
    return client.review(run_id, found.requested.review_id, "reject" if reject else "approve")
