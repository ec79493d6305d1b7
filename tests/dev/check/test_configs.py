"""Each rule about the two wrangler configs refuses a copy of them that breaks it."""

import shutil
from pathlib import Path

import pytest

from dev.check.configs import config_faults
from dev.check.faults import CheckError

ROOT = Path(__file__).resolve().parents[3]
APP, ORCHESTRATOR = "wrangler.root.jsonc", "wrangler.toml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (APP, ORCHESTRATOR):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def replace(file: Path, old: str, new: str, *, after: str = "") -> None:
    """Replace the first *old* that follows *after*."""
    text = file.read_text()
    start = text.index(old, text.index(after))
    file.write_text(text[:start] + new + text[start + len(old) :])


def lines(tree: Path) -> list[str]:
    return [finding.line() for finding in config_faults(tree)]


def places(tree: Path) -> list[str]:
    return [finding.where for finding in config_faults(tree)]


def test_the_configs_as_they_are_have_no_fault(tree: Path) -> None:
    assert lines(tree) == []


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"vid-genius-start"', '"start"', "name"),
        ('"drizzle"', '"migrations"', "d1_databases[DB].migrations_dir"),
        ('"vidgen-render"', '"render"', "r2_buckets[RENDER_BUCKET].bucket_name"),
        ('"services"', '"service"', "services[ORCHESTRATOR].service"),
        ('"compatibility_flags"', '"routes": ["a.test/*"], "compatibility_flags"', "routes"),
        (', "redact_query_string": true', "", "env.production.observability"),
        (
            "https://media-orchestrator.example.workers.dev",
            "http://localhost:8788",
            "env.production.vars.CF_ORCHESTRATOR_URL",
        ),
    ],
)
def test_a_fault_in_the_apps_config_is_named(tree: Path, old: str, new: str, place: str) -> None:
    replace(tree / APP, old, new)

    assert places(tree) == [f"{APP} {place}"]


@pytest.mark.parametrize("cron", ["every five minutes", "60 * * * *"])
def test_a_cron_text_that_is_no_expression_is_named_at_both_levels(tree: Path, cron: str) -> None:
    replace(tree / APP, "*/5 * * * *", cron)

    levels = ("triggers.crons", "env.production.triggers.crons")
    assert places(tree) == [f"{APP} {level}" for level in levels]


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("S3_STYLE", '"path"', '"virtual"'),
        ("APP_BASE_URL", '"https://vid-hub.example.com"', '""'),
        ("PUT_EXPIRES", '"3600"', '"604801"'),
        ("PUT_EXPIRES", '"3600"', "3600"),
        ("CONTAINER_BASE_URL", "https://burner.example.com", "http://burner.example.com"),
        ("CONTAINER_BASE_URL", "https://burner.example.com", "https://127.0.0.1:9101"),
        ("CONTAINER_BASE_URL", "https://burner.example.com", "burner.example.com"),
        ("ENVIRONMENT", '"production"', '"development"'),
    ],
)
def test_a_var_that_must_not_be_deployed_is_named(
    tree: Path, name: str, old: str, new: str
) -> None:
    replace(tree / ORCHESTRATOR, old, new, after="[env.production.vars]\nENVIRONMENT")

    assert places(tree) == [f"{ORCHESTRATOR} env.production.vars.{name}"]


def test_a_var_that_is_missing_or_in_production_alone_is_named(tree: Path) -> None:
    replace(tree / ORCHESTRATOR, 'S3_REGION = "auto"', 'LIMIT = "7"', after="[env.production.vars]")

    assert set(places(tree)) == {
        f"{ORCHESTRATOR} env.production.vars.S3_REGION",
        f"{ORCHESTRATOR} vars.LIMIT",
    }


@pytest.mark.parametrize(
    ("after", "old", "new", "place"),
    [
        ("", '"RENDER_JOB_DO"', '"J"', "durable_objects.bindings[RENDER_JOB_DO].class_name"),
        ("\n[env.production]", '"JOBS"', '"J"', "env.production.kv_namespaces[JOBS].binding"),
        ("\n[env.production]", '"media-orchestrator"', '"mo"', "env.production.name"),
        ("\n[[kv_", "\n", '\n[[migrations]]\ntag = "v1"\n\n', "migrations"),
        ("", "new_sqlite_classes", "new_classes", "migrations"),
        (
            "\n[env.production]",
            "workers_dev",
            'compatibility_date = "2026-10-01"\nworkers_dev',
            "env.production.compatibility_date",
        ),
        (
            "",
            "redact_query_string = true",
            "redact_query_string = false",
            "env.production.observability",
        ),
    ],
)
def test_a_fault_in_the_orchestrators_config_is_named(
    tree: Path, after: str, old: str, new: str, place: str
) -> None:
    replace(tree / ORCHESTRATOR, old, new, after=after)

    assert f"{ORCHESTRATOR} {place}" in places(tree)


def test_both_workers_are_of_one_date_and_its_flags(tree: Path) -> None:
    replace(tree / APP, '"2026-09-08"', '"2026-10-01"')
    replace(tree / APP, '["python_workers"]', '["python_workers", "nodejs_compat"]')

    assert places(tree) == [
        f"{ORCHESTRATOR} compatibility_date",
        f"{ORCHESTRATOR} compatibility_flags",
    ]


def test_a_date_of_an_earlier_python_is_refused(tree: Path) -> None:
    for name in (APP, ORCHESTRATOR):
        replace(tree / name, "2026-09-08", "2026-09-07")

    assert places(tree) == [f"{name} compatibility_date" for name in (APP, ORCHESTRATOR)]


def test_local_s3_credentials_are_refused_and_not_shown(tree: Path) -> None:
    replace(
        tree / ORCHESTRATOR,
        'bucket_name = "vidgen-render"',
        'bucket_name = "vidgen-render"\n'
        "[env.production.r2_buckets.local_dev.experimental_s3_credentials]\n"
        'secret_access_key = "chocolate"',
        after="[[env.production.r2_buckets]]",
    )

    found = lines(tree)
    assert any("is for development" in line for line in found)
    assert any("is a secret's name with a value" in line for line in found)
    assert not any("chocolate" in line for line in found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOB_CALLBACK_HMAC_SECRET", "short"),
        ("S3_SECRET_ACCESS_KEY", "short"),
        ("API_TOKEN", "short"),
        ("HARMLESS", "0f3a9c5e7b1d2f4a6c8e0b2d4f6a8c0e1b3d5f7a"),
        ("SOURCE", "https://user:hunter2@example.com/"),
    ],
)
def test_a_secret_in_a_config_is_named_without_its_value(tree: Path, name: str, value: str) -> None:
    for table in ("[vars]", "[env.production.vars]"):
        replace(tree / ORCHESTRATOR, table, f'{table}\n{name} = "{value}"')

    levels = ("vars", "env.production.vars")
    assert places(tree) == [f"{ORCHESTRATOR} {level}.{name}" for level in levels]
    assert not any(value in line for line in lines(tree))


@pytest.mark.parametrize("text", ['name = "', 'vars = "x"', "[[vars]]", "r2_buckets = [1]"])
def test_a_config_that_cannot_be_understood_is_one_finding(tree: Path, text: str) -> None:
    (tree / ORCHESTRATOR).write_text(text)

    with pytest.raises(CheckError, match=r"wrangler\.toml: .* Fix: "):
        lines(tree)


def test_a_config_that_is_missing_is_one_finding(tree: Path) -> None:
    (tree / APP).unlink()

    with pytest.raises(CheckError, match=r"\Awrangler\.root\.jsonc: No such file"):
        lines(tree)
