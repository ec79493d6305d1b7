"""The commands of recipes: what they refuse, how they follow a run, and what they show of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner
from vidgen.cli import app
from vidgen.client import Client
from vidgen.commands import recipes, runs
from vidgen.commands.results import say_how_to_go_on
from vidgen.commands.targets import beside
from vidgen.errors import Conflict, NotFound
from vidgen.flows import Progress
from vidgen.models import Job
from vidgen.recipe_models import Recipe, Run

from tests.client.test_commands import job
from tests.client.test_making import MP4
from tests.client.test_recipes import job_step, review_step, run

ASKED = run("in_review", job_step("translate", "completed"), review_step("requested"))
GONE_ON = run("running", job_step("translate", "completed"), review_step("approved"))
DONE = run("completed", job_step("burn", "completed", tookMs=1500), review_step("approved"))


class Followed:
    """A client whose run goes through *states*; *refuses* the first decision, if it is to."""

    url = "https://a.test"

    def __init__(self, *states: dict[str, object], refuses: Conflict | None = None) -> None:
        self.states = [Run.model_validate(state) for state in states]
        self.refuses = refuses
        self.reviewed: list[str] = []

    def wait_run(
        self,
        run_id: str,
        *,
        timeout_s: float | None,
        until_review: bool = False,
        on_run: Callable[[Run], None],
        on_trouble: object,
    ) -> Run:
        while True:
            found = self.states.pop(0)
            on_run(found)
            if found.ended or (until_review and found.requested is not None):
                return found

    def review(self, run_id: str, review_id: str) -> None:
        self.reviewed.append(review_id)
        if self.refuses is not None:
            raise self.refuses


def followed(client: Followed, *, approve: bool) -> tuple[Run, list[str], list[str]]:
    """Follow the run; return it, the statuses that were told and what was said."""
    seen: list[str] = []
    said: list[str] = []
    progress = Progress(run=lambda run: seen.append(run.status), notice=said.append)
    ended = runs.follow(cast(Client, client), "run_1", progress, approve=approve)
    return ended, seen, said


def test_without_a_person_a_review_is_approved_once_and_that_is_said() -> None:
    client = Followed(ASKED, GONE_ON, DONE)

    ended, seen, said = followed(client, approve=True)

    assert (ended.status, client.reviewed) == ("completed", ["rev_1"])
    assert seen == ["in_review", "running", "completed"]
    assert said == ["review: approved unread, as --review was not given"]


def test_a_review_that_a_person_has_decided_in_the_meantime_is_left_to_them() -> None:
    decided = Conflict(409, "review_not_requested", "It is rejected.")
    client = Followed(ASKED, DONE, refuses=decided)

    _, _, said = followed(client, approve=True)

    assert said == []
    with pytest.raises(Conflict):
        followed(Followed(ASKED, refuses=Conflict(409, "unfit", "No.")), approve=True)


def test_a_person_is_told_once_where_to_look_and_nothing_is_decided_for_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = Followed(ASKED, ASKED, GONE_ON, DONE)

    ended, _, _ = followed(client, approve=False)

    assert (ended.status, client.reviewed) == ("completed", [])
    said = capsys.readouterr().err
    assert said.count("https://a.test/#/runs/run_1") == 1


def test_an_interrupted_command_says_what_goes_on_and_how(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for approve in (True, False):
        say_how_to_go_on("run_1", Path("a b.mp4"), approve=approve)

    said = capsys.readouterr().err.splitlines()
    assert said[1::4] == [
        "vidgen: follow it with: vidgen wait run_1 --approve",
        "vidgen: follow it with: vidgen wait run_1",
    ]
    assert said[2] == "vidgen: then fetch its result with: vidgen save run_1 -o 'a b.mp4'"


# --- what is refused before anything is sent ------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("talk.mp4", "talk.vtt", "five.json"):
        (tmp_path / name).write_text("5")
    (tmp_path / "talk.mp4").write_bytes(MP4)
    return tmp_path


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("subtitle", "talk.mp4"), "--to"),
        (("subtitle", "none.mp4", "--to", "es"), "the file none.mp4 does not exist"),
        (("subtitle", "talk.mp4", "--to", "es", "-o", "talk.mp4"), "talk.mp4 is what is read"),
        (("subtitle", "talk.mp4", "--to", "es", "-o", "no/a.mp4"), "the folder no does not exist"),
        (("subtitle", "talk.mp4", "--to", "es", "--set", "burn=5"), "'burn' is not an object"),
        (("subtitle", "talk.mp4", "--to", "es", "--options", "five.json"), "JSON object"),
        (("run", "mine", "talk.mp4", "-p", "es"), "'es' is not name=value"),
        (("burn", "talk.mp4", "talk.vtt", "-o", "talk.mp4"), "talk.mp4 is what is read"),
        (("translate", "talk.vtt", "--to", "es", "-o", "./talk.vtt"), "talk.vtt is what is read"),
        (("translate", "talk.mp4", "--to", "es"), "talk.mp4 is not subtitles"),
        (("translate", "https://a.test/v", "--to", "es"), "a URL is not subtitles"),
        (("translate", "talk.vtt", "--to", "es", "--version", "sub_1"), "is of a media"),
        (("translate", "med_1", "--to", "es", "--encoding", "gbk"), "is of a file"),
        (("wait", "job_1", "--approve"), "is of a run"),
    ],
)
def test_what_cannot_work_is_refused_with_its_reason(
    files: Path, arguments: tuple[str, ...], says: str
) -> None:
    settings = {"VIDGEN_URL": "http://127.0.0.1:9", "VIDGEN_TOKEN": "a-token-1", "COLUMNS": "200"}
    ended = CliRunner().invoke(app, [*arguments], env={**settings, "NO_COLOR": "1"})

    assert ended.exit_code == 2
    assert says in ended.output
    assert (files / "talk.mp4").read_bytes() == MP4


def test_flags_become_options_of_the_steps_beside_those_that_are_set(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text('{"burn": {"codec": "av1", "preset": "minimal"}}')
    flags: dict[str, dict[str, str | None]] = {"translate": {"style": None}}
    flags["burn"] = {"preset": "bold"}

    options = recipes.step_options(file, ["burn.quality=high"], flags)

    assert options == {"burn": {"codec": "av1", "quality": "high", "preset": "bold"}}


def test_a_result_that_nobody_names_lies_beside_its_source_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.vtt").touch()

    assert beside(Path("films/talk.mp4"), "zh") == Path("films/talk.zh.mp4")
    assert beside("med_1", "zh", ".vtt") == Path("med_1.zh.vtt")
    assert beside("https://a.test/talk.mp4", "zh") == Path("talk.mp4")
    assert beside("https://a.test/talk.mp4", "transcript", ".vtt") == Path("talk-2.vtt")


# --- what is shown --------------------------------------------------------------------------------


def test_a_run_is_shown_with_what_became_of_each_step() -> None:
    why = {"code": "model_missing", "message": "There is no model."}
    found = Run.model_validate(
        run(
            "in_review",
            job_step("download", "completed", tookMs=1500),
            job_step("transcribe", "running", startedAt=1795460000000, progress=0.25),
            job_step("burn", "failed", error=why),
            review_step("requested"),
        )
    )

    assert runs.lines_of(found, "https://a.test/#/runs/run_1")[1:] == [
        "recipe    subtitle-two-languages (to=es)",
        "media     med_1, talk",
        "status    in review",
        "step      download    completed after 1.5 s  job_download",
        "step      transcribe  running, 25%  job_transcribe",
        "step      burn        failed  job_burn: There is no model. (model_missing)",
        "step      review      requested",
        "review    https://a.test/#/runs/run_1, or vidgen review run_1",
    ]


def test_a_recipe_is_listed_with_what_it_asks_for_and_its_steps() -> None:
    document = {
        "name": "mine",
        "builtIn": False,
        "title": {"en": "Mine"},
        "source": "url",
        "parameters": [{"name": "to", "required": True}, {"name": "from"}],
        "steps": [{"step": "download"}, {"step": "burn"}],
    }

    row = recipes._recipe_row(Recipe.model_validate(document))

    assert row == ("mine", "url", "to, [from]", "download > burn")


class Jobs:
    """A client that knows jobs by their ids."""

    def __init__(self, **jobs: Job) -> None:
        self.jobs = jobs

    def job(self, job_id: str) -> Job:
        return self.jobs[job_id]


def test_an_output_of_a_run_is_that_of_the_last_step_that_has_it() -> None:
    steps = [job_step(name, "completed") for name in ("download", "translate", "burn")]
    found = Run.model_validate(run("completed", *steps))
    burned = job(video="video/mp4")
    client = Jobs(
        job_download=job(video="video/mp4"),
        job_translate=job(subtitles="text/vtt"),
        job_burn=burned,
    )

    assert runs.made_by(cast(Client, client), found, "video") is burned
    assert "subtitles" in runs.made_by(cast(Client, client), found, "subtitles").artifacts
    with pytest.raises(NotFound, match="has made a poster"):
        runs.made_by(cast(Client, client), found, "poster")
