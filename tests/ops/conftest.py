"""A clone with the configs alone, filled in, and a recording account."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.deploy import configure
from ops.project import Project
from tests.ops.fake_wrangler import CloudflareApi, FakeWrangler
from tests.ops.test_account import OURS, fresh_configs


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = fresh_configs(tmp_path)
    OURS.write(tmp_path)
    configure(made)
    return made


@pytest.fixture
def wrangler(project: Project) -> FakeWrangler:
    return FakeWrangler(project.root)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, wrangler: FakeWrangler) -> Iterator[CloudflareApi]:
    with CloudflareApi(wrangler) as running:
        monkeypatch.setenv("CLOUDFLARE_API_BASE_URL", running.url)
        yield running
