"""One stack for all tests of this folder, without containers; or the one that STACK_URL names."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from dev.stack import Stack
from dev.stack_attached import AttachedStack, RunningStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The running stack. Its state is new, unless STACK_URL names one that is already up."""
    url = os.environ.get("STACK_URL")
    if url:
        yield AttachedStack(url)
        return
    with Stack(state_dir=tmp_path_factory.mktemp("stack"), containers=()) as running:
        yield running


@pytest.fixture
def own_stack(stack: RunningStack) -> Stack:
    """The same stack, for tests that evict objects, fire crons or look into D1."""
    if not isinstance(stack, Stack):
        pytest.skip("STACK_URL names a stack that these tests have not started")
    return stack
