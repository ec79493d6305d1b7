"""The translation memory, as people look at it and correct it."""

from typing import Annotated

from pydantic import Field

from app.ports import Ports
from app.translation.store import PairRow, delete_pair, select_pair, update_pair
from media_jobs.errors import NotFound, present
from media_jobs.strict import Strict
from media_jobs.translation.limits import TEXT_CHARS_MAX


class ChangedPair(Strict):
    """What a text is to be translated as."""

    target: Annotated[str, Field(min_length=1, max_length=TEXT_CHARS_MAX, pattern=r"\S")]


async def find_pair(pair_id: str, ports: Ports) -> PairRow:
    """Return a pair; raises NotFound."""
    return present(await select_pair(ports.store, pair_id), "not_found.pair", pair=pair_id)


async def change_pair(pair_id: str, body: ChangedPair, ports: Ports) -> PairRow:
    """Change what a text is translated as; raises NotFound."""
    changed = update_pair(ports.store, pair_id, body.target.strip(), ports.now_ms())
    await ports.store.batch([changed])
    return await find_pair(pair_id, ports)


async def remove_pair(pair_id: str, ports: Ports) -> None:
    """Forget a pair; raises NotFound."""
    if await ports.store.batch([delete_pair(ports.store, pair_id)]) == [0]:
        raise NotFound("not_found.pair", pair=pair_id)


def pair_document(pair: PairRow) -> dict[str, object]:
    """Return what the API shows of a pair."""
    return {
        "pairId": pair.pair_id,
        "from": pair.from_language or None,
        "to": pair.to_language,
        "source": pair.source,
        "target": pair.target,
        "mediaId": pair.media_id,
        "jobId": pair.job_id,
        "taughtBy": pair.taught_by,
        "updatedAt": pair.updated_ms,
    }
