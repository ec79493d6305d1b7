"""Recipes: what is refused of one, and what a run of one does."""

from typing import Any

import pytest
from pydantic import ValidationError

from media_jobs.errors import Conflict, InvalidInput, MediaJobsError
from media_jobs.recipes.built_in import built_in_recipes
from media_jobs.recipes.checking import check_recipe
from media_jobs.recipes.document import Recipe
from media_jobs.recipes.steps import RunJob, RunReview, steps_of_run
from media_jobs.validation import field_errors

NOTHING = {"fromStep": "download", "output": "metadata"}
VIDEO = {"fromStep": "download", "output": "video"}
HEARD = {"fromStep": "transcribe", "output": "subtitles"}
DOWNLOAD = {"step": "download", "engine": "media-downloader", "when": "url"}
TRANSCRIBE = {"step": "transcribe", "engine": "asr-pipeline", "inputs": {"video": VIDEO}}
REVIEW = {"step": "review", "review": [HEARD]}
BURN = {
    "step": "burn",
    "engine": "burner-ffmpeg",
    "inputs": {"video": VIDEO, "subtitles": HEARD},
}
STEPS = [DOWNLOAD, TRANSCRIBE, REVIEW, BURN]
LANGUAGE = {"name": "from", "sets": ["transcribe.language"]}


def recipe(**changes: object) -> Recipe:
    document = {"title": {"en": "Mine"}, "parameters": [LANGUAGE], "steps": STEPS, **changes}
    return Recipe.model_validate(document)


def field_of(refused: MediaJobsError) -> object:
    return refused.details["errors"][0]["field"]  # type: ignore[index]


def run(url: str | None, options: Any = None, **parameters: str) -> list[RunJob | RunReview]:
    return steps_of_run(recipe(), url, parameters, options or {})


def test_a_run_of_a_url_does_every_step_in_its_order() -> None:
    download, heard, review, burn = run("https://site.test/watch", **{"from": "en"})

    assert isinstance(download, RunJob)
    assert download.options == {"url": "https://site.test/watch"}
    assert isinstance(heard, RunJob)
    assert heard.options == {"language": "en"}
    assert heard.takes["video"].track == "download.video"
    assert isinstance(review, RunReview)
    assert [take.track for take in review.takes] == ["transcribe.subtitles"]
    assert isinstance(burn, RunJob)
    assert burn.reviews == {"subtitles": "review"}


def test_a_run_of_a_media_leaves_out_the_download_and_takes_the_newest_video() -> None:
    heard, _, burn = run(None)

    assert isinstance(heard, RunJob)
    assert (heard.takes, heard.options) == ({}, {})
    assert isinstance(burn, RunJob)
    assert list(burn.takes) == ["subtitles"]


def test_what_a_run_says_of_a_step_stands_above_its_parameters_and_its_recipe() -> None:
    steps = [{**TRANSCRIBE, "inputs": {}, "options": {"language": "fr", "words": False}}]
    mine = recipe(steps=steps)

    (plain,) = steps_of_run(mine, None, {}, {})
    (said,) = steps_of_run(mine, None, {"from": "en"}, {})
    (both,) = steps_of_run(mine, None, {"from": "en"}, {"transcribe": {"language": "de"}})

    assert isinstance(plain, RunJob)
    assert plain.options == {"language": "fr", "words": False}
    assert isinstance(said, RunJob)
    assert said.options["language"] == "en"
    assert isinstance(both, RunJob)
    assert both.options["language"] == "de"


def test_who_takes_from_a_step_that_is_left_out_takes_what_it_would_have_taken() -> None:
    again = {
        "step": "again",
        "engine": "burner-ffmpeg",
        "inputs": {"subtitles": HEARD},
        "when": "twice",
    }
    parameters = [LANGUAGE, {"name": "twice", "sets": ["again.overlaps"]}]
    chained = recipe(steps=[DOWNLOAD, TRANSCRIBE, again, BURN], parameters=parameters)

    names = [step.step for step in steps_of_run(chained, None, {}, {})]

    assert names == ["transcribe", "burn"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [{**DOWNLOAD, "step": "Down load"}]}, "steps.0.step"),
        ({"steps": [{**DOWNLOAD, "engine": "mixer"}]}, "steps.0.engine"),
        ({"steps": [{**DOWNLOAD, "review": []}]}, "steps.0.review"),
    ],
)
def test_a_field_that_is_not_well_formed_is_named(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        recipe(**changes)

    assert field in [fault["field"] for fault in field_errors(refused.value)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"steps": [DOWNLOAD, DOWNLOAD]}, "steps.1"),
        ({"parameters": [LANGUAGE, LANGUAGE]}, "parameters.1"),
        ({"steps": [TRANSCRIBE]}, "steps.0.inputs.video"),
        ({"steps": [BURN, DOWNLOAD, TRANSCRIBE]}, "steps.0.inputs.video"),
        (
            {"steps": [DOWNLOAD, {**TRANSCRIBE, "inputs": {"sound": VIDEO}}]},
            "steps.1.inputs.sound",
        ),
        (
            {"steps": [DOWNLOAD, {**TRANSCRIBE, "inputs": {"video": NOTHING}}]},
            "steps.1.inputs.video",
        ),
        (
            {"steps": [DOWNLOAD, TRANSCRIBE, {**BURN, "inputs": {"subtitles": VIDEO}}]},
            "steps.2.inputs.subtitles",
        ),
        ({"steps": [{**DOWNLOAD, "when": "never"}, TRANSCRIBE]}, "steps.0.when"),
        ({"parameters": [{**LANGUAGE, "sets": ["hear.language"]}]}, "parameters.0.sets.0"),
        ({"parameters": [{**LANGUAGE, "sets": ["review.language"]}]}, "parameters.0.sets.0"),
        ({"steps": [DOWNLOAD, TRANSCRIBE, REVIEW]}, "steps.2.review"),
        ({"steps": [DOWNLOAD, REVIEW, TRANSCRIBE, BURN]}, "steps.1.review.0"),
    ],
)
def test_a_recipe_that_no_run_could_follow_is_refused(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Conflict) as refused:
        check_recipe(recipe(**changes))

    assert field_of(refused.value) == field


@pytest.mark.parametrize("name", sorted(built_in_recipes()))
def test_a_run_can_follow_each_built_in_recipe(name: str) -> None:
    check_recipe(built_in_recipes()[name])


def test_a_review_that_no_step_of_the_run_takes_is_asked_of_nobody() -> None:
    parameters = [LANGUAGE, {"name": "burned", "sets": ["burn.overlaps"]}]
    steps = [DOWNLOAD, TRANSCRIBE, REVIEW, {**BURN, "when": "burned"}]

    without = steps_of_run(recipe(steps=steps, parameters=parameters), None, {}, {})

    assert [step.step for step in without] == ["transcribe"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"parameters": {"to": "zh"}}, "parameters.to"),
        ({"options": {"mix": {}}}, "options.mix"),
    ],
)
def test_what_a_run_says_that_is_of_no_step_is_refused(
    arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        steps_of_run(recipe(), None, **{"parameters": {}, "options": {}, **arguments})

    assert field_of(refused.value) == field


def test_a_parameter_that_is_required_must_be_said_and_another_has_its_default() -> None:
    required = recipe(parameters=[{**LANGUAGE, "required": True}])
    usual = recipe(parameters=[{**LANGUAGE, "default": "en"}])

    with pytest.raises(InvalidInput) as refused:
        steps_of_run(required, None, {}, {})
    heard = steps_of_run(usual, None, {}, {})[0]

    assert field_of(refused.value) == "parameters.from"
    assert isinstance(heard, RunJob)
    assert heard.options == {"language": "en"}


def test_a_recipe_is_for_the_source_that_it_says() -> None:
    for source, url in (("url", None), ("media", "https://site.test/watch")):
        with pytest.raises(InvalidInput) as refused:
            steps_of_run(recipe(source=source), url, {}, {})
        assert field_of(refused.value) == "url"
