from typing import get_args

from media_jobs.record import Effect
from orchestrator.jobs.effects import PERFORM


def test_every_effect_that_an_outbox_can_hold_has_its_function() -> None:
    union, _ = get_args(Effect)

    assert set(PERFORM) == set(get_args(union))
    assert len(set(PERFORM.values())) == len(PERFORM)
