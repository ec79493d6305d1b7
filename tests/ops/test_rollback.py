"""Back to a Worker's earlier version, where Cloudflare can, and what to do where it cannot."""

from __future__ import annotations

import pytest
from vidgen.errors import ConfigurationError

from dev.installation import CONFIGS
from media_jobs import __version__
from ops.deploy import Part, upload
from ops.project import Project, ToolFailed
from ops.resources import WORKERS
from ops.rollback import What, choose
from ops.versions import deployed, roll_back
from tests.ops.fake_wrangler import FakeWrangler

APP = WORKERS[What.APP]


def release(project: Project, wrangler: FakeWrangler, code: str, part: Part = Part.APP) -> str:
    """Deploy other code; return its version."""
    wrangler.change(code=code)
    upload(project, part)
    return deployed(project, WORKERS[What(part)])[0]


def change(project: Project, part: str, old: str, new: str) -> None:
    file = project.root / CONFIGS[part]
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_version_before_the_present_code_is_put_in_force(
    project: Project, wrangler: FakeWrangler
) -> None:
    first = release(project, wrangler, "code 1")
    release(project, wrangler, "code 2")

    target = choose(project, APP, None)
    changed = roll_back(project, APP, target)

    assert deployed(project, APP)[0] == first
    assert target.version_id == first
    assert target.tag == f"v{__version__}"
    assert changed is False


def test_a_change_of_a_secret_is_no_version_to_go_back_to(
    project: Project, wrangler: FakeWrangler
) -> None:
    first = release(project, wrangler, "code 1")
    release(project, wrangler, "code 2")
    config = ("--config", CONFIGS["app"], "--env", "production")
    project.must_wrangler("secret", "put", "JOB_CALLBACK_HMAC_SECRET", *config, given="s")

    assert choose(project, APP, None).version_id == first


def test_a_version_can_be_named_but_not_the_present_one(
    project: Project, wrangler: FakeWrangler
) -> None:
    first = release(project, wrangler, "code 1")
    release(project, wrangler, "code 2")
    now = release(project, wrangler, "code 3")

    assert choose(project, APP, first).version_id == first
    with pytest.raises(ConfigurationError, match="already the active"):
        choose(project, APP, now)
    with pytest.raises(ToolFailed, match="Version not found"):
        choose(project, APP, "no-such")


@pytest.mark.parametrize("part", list(Part))
def test_across_a_migration_of_durable_objects_it_says_what_to_do_instead(
    project: Project, wrangler: FakeWrangler, part: Part
) -> None:
    first = release(project, wrangler, "code 1", part)
    tag = ('"tag": "v1"', '"tag": "v2"') if part is Part.APP else ('tag = "v1"', 'tag = "v2"')
    change(project, part, *tag)
    release(project, wrangler, "code 2", part)
    before = wrangler.changes

    with pytest.raises(ConfigurationError, match=r"the migration v2 of Durable.*Go forward"):
        choose(project, WORKERS[What(part)], first)

    assert wrangler.changes == before


def test_a_migration_is_seen_by_the_classes_where_cloudflare_tells_no_tag(
    project: Project, wrangler: FakeWrangler
) -> None:
    release(project, wrangler, "code 1")
    change(project, "app", '"class_name": "WebhookDO"', '"class_name": "HookDO"')
    release(project, wrangler, "code 2")
    workers = wrangler.state["workers"]
    for version in workers[APP]["versions"]:
        version["resources"]["script_runtime"] = {}
    wrangler.change(workers=workers)

    with pytest.raises(ConfigurationError, match=r"a migration \(HookDO, WebhookDO\)"):
        choose(project, APP, None)


def test_secrets_that_are_another_ones_then_are_told(
    project: Project, wrangler: FakeWrangler
) -> None:
    release(project, wrangler, "code 1")
    release(project, wrangler, "code 2")
    wrangler.change(secrets_changed=True)

    assert roll_back(project, APP, choose(project, APP, None)) is True


def test_a_worker_with_one_version_has_none_to_go_back_to(
    project: Project, wrangler: FakeWrangler
) -> None:
    with pytest.raises(ToolFailed, match="does not exist"):
        choose(project, APP, None)
    release(project, wrangler, "code 1")

    with pytest.raises(ConfigurationError, match="no earlier version"):
        choose(project, APP, None)
