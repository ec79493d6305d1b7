"""A finished job on the page: what comes next, and its form filled in as it was."""

import json
from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs

ENGINES = ["subtitle-translator"]


def steps(job: dict[str, Any], engines: list[str]) -> list[str]:
    given = {"mediaId": "med_1", "jobId": "job_1", "artifacts": {}, **job}
    expression = f"""(() => {{
      const steps = m.stepsAfter({json.dumps(given)}, {json.dumps(engines)});
      return steps.map(({{ key }}) => key);
    }})()"""
    told: list[str] = evaluate("results/steps.js", expression)
    return told


@pytest.mark.parametrize(
    ("engine", "made", "expected"),
    [
        ("media-downloader", ["video"], ["burn", "transcribe", "media"]),
        ("media-downloader", ["comments"], ["comments", "media"]),
        ("asr-pipeline", ["subtitles", "words"], ["edit", "translate", "burn"]),
        ("subtitle-translator", ["subtitles"], ["compare", "edit", "burn"]),
        ("burner-ffmpeg", ["video"], ["save"]),
    ],
)
def test_the_next_step_follows_from_what_was_made(
    engine: str, made: list[str], expected: list[str]
) -> None:
    artifacts = {slot: {"downloadUrl": "https://orch.test/v"} for slot in made}

    assert steps({"engine": engine, "artifacts": artifacts}, ENGINES) == expected


def test_a_step_that_the_server_cannot_do_is_not_offered() -> None:
    heard = {"engine": "asr-pipeline", "artifacts": {"subtitles": {}}}

    assert steps(heard, []) == ["edit", "burn"]


def test_a_job_that_came_without_its_options_has_no_form_and_no_second_try() -> None:
    def told(module: str, expression: str, **more: object) -> object:
        job = {"engine": "burner-ffmpeg", "mediaId": "med_1", "jobId": "job_1", "status": "failed"}
        return evaluate(module, f"m.{expression}({json.dumps({**job, **more})})")

    asked = (("results/again.js", "againLink"), ("jobwords.js", "canRetry"))
    assert [told(*one, imported=True) for one in asked] == ["", False]
    assert all(told(*one, imported=False) for one in asked)
    assert not told("jobwords.js", "canRetry", status="completed")


@pytest.mark.parametrize(
    ("engine", "options", "fields"),
    [
        (
            "subtitle-translator",
            {
                "to": "fr",
                "style": None,
                "glossary": [{"source": "a", "target": "b"}, {"source": "c", "target": "d e"}],
                "budget": {"maxTokens": 5000},
            },
            {"to": "fr", "glossary": "a = b\nc = d e", "maxTokens": 5000},
        ),
        (
            "asr-pipeline",
            {"language": "pt", "vocabulary": ["Ana", "Rui"], "cues": {"linesMax": 1, "x": None}},
            {"language": "pt", "vocabulary": "Ana\nRui", "cues": {"linesMax": 1}},
        ),
        (
            "media-downloader",
            {"url": "https://v.test/1", "subtitleLanguages": ["en", "zh"], "maxHeight": 720},
            {"url": "https://v.test/1", "languages": "en, zh", "maxHeight": 720},
        ),
        ("burner-ffmpeg", {"preset": "cinema", "hint": None}, {"preset": "cinema"}),
        ("of-a-newer-server", {"a": 1}, {}),
    ],
)
def test_a_job_again_has_the_fields_that_it_had(
    engine: str, options: dict[str, Any], fields: dict[str, Any]
) -> None:
    job = json.dumps({"engine": engine, "options": options})

    assert evaluate("results/again.js", f"m.fieldsOf({job})") == fields


def test_a_burn_again_begins_with_the_tracks_that_it_had() -> None:
    inputs = {"subtitles": "sub_1", "subtitles-secondary": "sub_2"}
    job = {"engine": "burner-ffmpeg", "mediaId": "med_1", "jobId": "job_1", "inputs": inputs}

    link = evaluate("results/again.js", f"m.againLink({json.dumps(job)})")

    assert link == "#/new/burn?media=med_1&from=job_1&first=sub_1&second=sub_2"


def query(address: dict[str, str]) -> dict[str, Any]:
    asked = f"m.jobsQuery({json.dumps(address)})"
    told: dict[str, Any] = evaluate("results/jobfilters.js", asked)
    return told


def test_the_days_of_a_filter_are_the_reader_s_and_both_are_included() -> None:
    asked = query({"since": "2026-03-01", "until": "2026-03-01"})

    assert asked["createdBefore"] - asked["createdAfter"] == 24 * 3600 * 1000
    begin = evaluate("results/jobfilters.js", "new Date(2026, 2, 1).getTime()")
    assert asked["createdAfter"] == begin


@pytest.mark.parametrize("day", ["", "yesterday", "2026-3-1", "0000-00-00"])
def test_what_is_no_day_filters_nothing(day: str) -> None:
    assert query({"since": day, "until": day}) == {"query": ""}


def test_the_id_of_a_job_is_looked_up_and_all_else_is_part_of_a_title() -> None:
    job_id = "job_01KC0000000000000000000A0Z"

    assert query({"query": f" {job_id.lower()} "}) == {"ids": job_id}
    assert query({"query": "job_1", "state": "failed", "media": "med_1"}) == {
        "query": "job_1",
        "status": "failed",
        "mediaId": "med_1",
    }


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        (
            {"query": " a ", "sort": "title", "has": "jobs"},
            {"query": "a", "sort": "title", "has": "jobs"},
        ),
        ({"sort": "newest", "has": "nothing", "trash": "1"}, {"query": "", "trashed": "true"}),
        ({"sort": "size", "tag": "Ann"}, {"query": "", "tag": "Ann"}),
    ],
)
def test_the_library_asks_for_what_its_address_says_and_for_nothing_else(
    address: dict[str, str], asked: dict[str, str]
) -> None:
    assert evaluate("library/choice.js", f"m.mediaQuery({json.dumps(address)})") == asked


def test_tags_are_the_names_between_commas_of_either_script_each_once() -> None:
    assert evaluate("library/choice.js", 'm.tagsOf(" a  b,c，c、 ,")') == ["a b", "c"]


def test_what_ends_inside_of_a_run_that_goes_on_is_not_told_by_itself() -> None:
    jobs = [{"jobId": f"job_{n}", "status": "running"} for n in range(3)]
    jobs.append({"jobId": "job_3", "status": "completed"})
    runs = [
        {"runId": "run_1", "status": "running", "steps": [{"jobId": "job_0"}, {"reviewId": "r"}]},
        {"runId": "run_2", "status": "completed", "steps": [{"jobId": "job_1"}]},
    ]
    found = f"m.whatRuns({json.dumps(jobs)}, {json.dumps(runs)})"

    told = evaluate("results/ended.js", f"[...{found}.jobs.keys(), ...{found}.runs.keys()]")

    assert told == ["job_1", "job_2", "run_1"]


def test_a_chart_has_a_bar_for_every_span_on_a_round_scale_and_a_line_that_breaks() -> None:
    tried = {"delivered": 3, "failed": 1, "averageMs": 250, "longestMs": 400}
    statistics = {"since": 100, "stepMs": 10, "steps": 3, "items": [{"at": 110, **tried}]}
    program = f"""(() => {{
      const spans = m.spansOf({json.dumps(statistics)});
      const size = {{ width: 30, height: 100 }};
      return [spans.map((one) => one.at), m.barsOf(spans, size), m.lineOf(spans, size),
        m.totalOf(spans), [0, 1, 3, 70, 500, 501].map(m.roundUp)];
    }})()"""

    at, chart, line, total, rounded = evaluate("results/bars.js", program)

    assert at == [100, 110, 120]
    assert chart["most"] == 5
    assert chart["bars"][1]["good"] == {"y": 40, "height": 60}
    assert chart["bars"][1]["bad"] == {"y": 20, "height": 20}
    assert [bar["good"]["height"] for bar in chart["bars"]] == [0, 60, 0]
    assert line == {"path": "M15.0 50.0h0", "most": 500}
    assert total == {"tries": 4, "failed": 0.25, "averageMs": 250}
    assert rounded == [1, 1, 5, 100, 500, 1000]
