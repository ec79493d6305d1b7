"""Recipes that a workspace keeps."""

import pytest

from media_jobs.recipes.built_in import built_in_recipes
from tests.app.stage import Stage

DOWNLOAD = {"step": "download", "engine": "media-downloader", "when": "url"}
RECIPE = {"title": {"en": "Mine", "zh": "我的"}, "source": "url", "steps": [DOWNLOAD]}


def test_a_recipe_is_kept_replaced_listed_and_removed(stage: Stage) -> None:
    first = stage.send("PUT", "/api/recipes/mine", RECIPE)
    stage.now_ms += 1000
    second = stage.send("PUT", "/api/recipes/mine", {**RECIPE, "title": {"en": "Ours"}})

    listed = stage.send("GET", "/api/recipes").json["items"]

    assert (first.status, second.status) == (200, 200)
    assert [item["name"] for item in listed] == [*built_in_recipes(), "mine"]
    assert (listed[-1]["title"], listed[-1]["builtIn"]) == ({"en": "Ours"}, False)
    assert listed[-1]["updatedAt"] - listed[-1]["createdAt"] == 1000
    assert stage.send("DELETE", "/api/recipes/mine").status == 204
    assert stage.send("GET", "/api/recipes/mine").json["code"] == "not_found"
    assert stage.send("DELETE", "/api/recipes/mine").status == 404


@pytest.mark.parametrize("name", sorted(built_in_recipes()))
def test_a_built_in_recipe_stays_as_it_is(stage: Stage, name: str) -> None:
    shown = stage.send("GET", f"/api/recipes/{name}")
    refused = stage.send("PUT", f"/api/recipes/{name}", RECIPE)

    assert (shown.status, shown.json["builtIn"]) == (200, True)
    assert (refused.status, refused.json["code"]) == (409, "already_exists")
    assert stage.send("DELETE", f"/api/recipes/{name}").status == 404


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"maxHeight": 7}, "steps.0.options.maxHeight"),
        ({"cookies": "# Netscape HTTP Cookie File\n"}, "steps.0.options.cookies"),
        ({"loud": True}, "steps.0.options.loud"),
    ],
)
def test_options_that_no_job_would_have_are_refused(
    stage: Stage, options: dict[str, object], field: str
) -> None:
    steps = [{**DOWNLOAD, "options": options}]

    answered = stage.send("PUT", "/api/recipes/mine", {**RECIPE, "steps": steps})

    assert (answered.status, answered.json["errors"][0]["field"]) == (409, field)
