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


def only(tree: Path, start: str) -> None:
    """Assert that there are findings and that all begin with *start*."""
    found = lines(tree)
    assert found
    assert [line for line in found if not line.startswith(start)] == []


def test_the_configs_as_they_are_have_no_fault(tree: Path) -> None:
    assert lines(tree) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "start"),
    [
        (APP, '"2026-09-08"', '"2026-10-01"', "wrangler.toml compatibility_date: "),
        (
            APP,
            '["python_workers"]',
            '["python_workers", "nodejs_compat"]',
            "wrangler.toml compatibility_flags: ",
        ),
        (APP, '"vid-genius-start"', '"start"', "wrangler.root.jsonc name: "),
        (APP, '"drizzle"', '"migrations"', "wrangler.root.jsonc d1_databases[DB].migrations_dir: "),
        (
            APP,
            '"vidgen-render"',
            '"render"',
            "wrangler.root.jsonc r2_buckets[RENDER_BUCKET].bucket_name: ",
        ),
        (
            APP,
            "https://media-orchestrator.example.workers.dev",
            "http://localhost:8788",
            "wrangler.root.jsonc env.production.vars.CF_ORCHESTRATOR_URL: ",
        ),
        (APP, '"services"', '"services": [], "x"', "wrangler.root.jsonc "),
        (APP, "*/5 * * * *", "every five minutes", "wrangler.root.jsonc "),
        (APP, '"observability"', '"observabilty"', "wrangler.root.jsonc observabilty: "),
        (
            APP,
            ', "redact_query_string": true',
            "",
            "wrangler.root.jsonc env.production.observability: ",
        ),
        (
            ORCHESTRATOR,
            "redact_query_string = true",
            "redact_query_string = false",
            "wrangler.toml env.production.observability: ",
        ),
        (
            APP,
            '"compatibility_flags"',
            '"routes": ["example.com/*"], "compatibility_flags"',
            "wrangler.root.jsonc routes: ",
        ),
    ],
)
def test_a_fault_in_the_apps_config_is_named(
    tree: Path, file: str, old: str, new: str, start: str
) -> None:
    replace(tree / file, old, new)

    only(tree, start)


@pytest.mark.parametrize(
    ("after", "old", "new", "start"),
    [
        ("", '"RENDER_JOB_DO"', '"JOB"', "wrangler.toml "),
        ("", 'new_sqlite_classes = ["RenderJobDO", "DispatcherDO"]', "", "wrangler.toml "),
        ("", "new_sqlite_classes", "new_classes", "wrangler.toml "),
        (
            "\n[env.production]",
            '"media-orchestrator"',
            '"mo"',
            "wrangler.toml env.production.name: ",
        ),
        (
            "[env.production.vars]",
            'S3_STYLE = "path"',
            'S3_STYLE = "virtual"',
            "wrangler.toml env.production.vars.S3_STYLE: ",
        ),
        (
            "[env.production.vars]",
            'PUT_EXPIRES = "3600"',
            'PUT_EXPIRES = "604801"',
            "wrangler.toml env.production.vars.PUT_EXPIRES: ",
        ),
        (
            "[env.production.vars]",
            'PUT_EXPIRES = "3600"',
            "PUT_EXPIRES = 3600",
            "wrangler.toml env.production.vars.PUT_EXPIRES: ",
        ),
        (
            "[env.production.vars]",
            "https://burner.example.com",
            "http://burner.example.com",
            "wrangler.toml env.production.vars.CONTAINER_BASE_URL: ",
        ),
        (
            "[env.production.vars]",
            "https://burner.example.com",
            "https://127.0.0.1:9101",
            "wrangler.toml env.production.vars.CONTAINER_BASE_URL: ",
        ),
        (
            "[env.production.vars]",
            "https://burner.example.com",
            "burner.example.com",
            "wrangler.toml env.production.vars.CONTAINER_BASE_URL: ",
        ),
        (
            "[env.production.vars]",
            'ENVIRONMENT = "production"',
            'ENVIRONMENT = "development"',
            "wrangler.toml env.production.vars.ENVIRONMENT: ",
        ),
        (
            "\n[env.production]",
            "workers_dev",
            'compatibility_date = "2026-10-01"\nworkers_dev',
            "wrangler.toml env.production.compatibility_date: ",
        ),
    ],
)
def test_a_fault_in_the_orchestrators_config_is_named(
    tree: Path, after: str, old: str, new: str, start: str
) -> None:
    replace(tree / ORCHESTRATOR, old, new, after=after)

    only(tree, start)


@pytest.mark.parametrize(
    ("old", "name"),
    [
        ('[[env.production.kv_namespaces]]\nbinding = "JOBS"', "KV Namespace JOBS"),
        ('[[env.production.r2_buckets]]\nbinding = "RENDER_BUCKET"', "R2 Bucket RENDER_BUCKET"),
        (
            '[[env.production.durable_objects.bindings]]\nname = "RENDER_JOB_DO"',
            "Durable Object RENDER_JOB_DO",
        ),
        ('S3_REGION = "auto"\n', "Environment Variable S3_REGION"),
    ],
)
def test_what_production_does_not_inherit_must_be_in_it(tree: Path, old: str, name: str) -> None:
    new = old.split("\n")[0] + '\nbinding = "OTHER"\nname = "OTHER"' if "[[" in old else ""
    replace(tree / ORCHESTRATOR, old, new, after="\n[env.production]")

    assert any(
        line.startswith(f"wrangler.toml env.production: lacks {name}") for line in lines(tree)
    )


def test_a_var_that_only_production_has_is_named(tree: Path) -> None:
    replace(
        tree / ORCHESTRATOR,
        "[env.production.vars]",
        '[env.production.vars]\nLIMIT = "7"',
    )

    only(tree, "wrangler.toml LIMIT: ")


def test_both_configs_with_an_old_date_are_refused(tree: Path) -> None:
    for name in (APP, ORCHESTRATOR):
        replace(tree / name, "2026-09-08", "2026-09-07")

    assert [line.split(":")[0] for line in lines(tree)] == [
        "wrangler.root.jsonc compatibility_date",
        "wrangler.toml compatibility_date",
    ]


def test_both_configs_without_the_python_flag_are_refused(tree: Path) -> None:
    for name in (APP, ORCHESTRATOR):
        replace(tree / name, '["python_workers"]', "[]")

    assert [line.split(":")[0] for line in lines(tree)] == [
        "wrangler.root.jsonc compatibility_flags",
        "wrangler.toml compatibility_flags",
    ]


def test_a_config_without_production_is_refused(tree: Path) -> None:
    text = (tree / ORCHESTRATOR).read_text()
    (tree / ORCHESTRATOR).write_text(text[: text.index("\n[env.production]")])

    assert "wrangler.toml: there is no [env.production], which is what is deployed." in "\n".join(
        lines(tree)
    )


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

    found = lines(tree)
    assert [line.split(":")[0] for line in found] == [
        f"wrangler.toml vars.{name}",
        f"wrangler.toml env.production.vars.{name}",
    ]
    assert not any(value in line for line in found)


@pytest.mark.parametrize("text", ['name = "', 'vars = "x"', "[[vars]]", "r2_buckets = [1]"])
def test_a_config_that_cannot_be_understood_is_one_finding(tree: Path, text: str) -> None:
    (tree / ORCHESTRATOR).write_text(text)

    with pytest.raises(CheckError, match=r"\Awrangler\.toml: .* Fix: correct the file\.\Z"):
        lines(tree)


def test_a_config_that_is_missing_is_one_finding(tree: Path) -> None:
    (tree / APP).unlink()

    with pytest.raises(CheckError, match=r"\Awrangler\.root\.jsonc: No such file"):
        lines(tree)
