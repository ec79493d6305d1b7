"""A later dump: what has another name there has it here, unless somebody has named it here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ops.earlier.bucket_index import BucketIndex
from ops.earlier.known import Known
from ops.earlier.mapping import Brought, bring
from ops.earlier.renewal import renewal
from ops.earlier.rows import media_statement
from tests.ops.earlier.here import Here
from tests.ops.earlier.test_mapping import row

UNNAMED = "https://video.test/watch?v=1"


def imported(here: Here, **said: Any) -> None:
    """Import the media, of which the dump says *said*, as a first or a later time."""
    media = brought(**said)
    known = Known.read(here).media.get(media.media_id)
    done = media_statement(media, "ws_default") if known is None else renewal(media, known)
    if done is not None:
        here.database.look(done)


def changed(here: Here, column: str, value: str) -> None:
    """Change the media as its page or a job does."""
    here.database.look(f"UPDATE media SET {column} = ?", value)  # noqa: S608 - names of this file.


def shown(here: Here) -> tuple[str, dict[str, Any]]:
    """Return the media's title, and what is known of its site."""
    [found] = here.ask("SELECT title, site FROM media")
    return found["title"], json.loads(found["site"])


def brought(**said: Any) -> Brought:
    return bring(row(**said), [], BucketIndex([]), 0)


def test_a_media_that_was_renamed_there_is_renamed_here(here: Here) -> None:
    imported(here, title="Before")
    imported(here, title="Afterwards", author="Somebody else")

    title, site = shown(here)
    assert (title, site["title"], site["channel"]) == ("Afterwards", "Afterwards", "Somebody else")
    assert renewal(brought(title="Afterwards", author="Somebody else"), known(here)) is None


def known(here: Here) -> Any:
    [found] = Known.read(here).media.values()
    return found


def test_what_was_found_of_a_media_after_the_first_import_comes_with_the_second(here: Here) -> None:
    """It had just been added there: its title and length are known since its download."""
    imported(here, title=None, author=None, duration_seconds=None)
    first = shown(here)[0]
    imported(here, title="A talk", author="Somebody", duration_seconds=61)

    title, site = shown(here)
    assert (first, title) == (UNNAMED, "A talk")
    assert (site["channel"], site["durationS"]) == ("Somebody", 61)


def test_a_title_that_was_given_here_stays(here: Here) -> None:
    imported(here, title="Before")
    changed(here, "title", "Mine")
    for title in ("Afterwards", "Later"):
        imported(here, title=title)

    assert shown(here)[0] == "Mine"


def test_a_media_whose_title_is_gone_there_keeps_it(here: Here) -> None:
    imported(here, title="Before")
    imported(here, title=None)

    assert shown(here)[0] == "Before"


@pytest.mark.parametrize("chapters", [1, 500], ids=["few", "many"])
def test_what_a_download_has_found_here_stays(here: Here, chapters: int) -> None:
    imported(here, title="Before")
    found = {"title": "Before", "chapters": [{"title": "A part", "startS": 0}] * chapters}
    changed(here, "site", json.dumps(found))
    imported(here, title="Afterwards", author="Somebody else")

    assert shown(here) == ("Afterwards", found)


def test_a_media_that_was_renamed_here_meanwhile_is_left(here: Here) -> None:
    imported(here, title="Before")
    statement = renewal(brought(title="Afterwards"), known(here))
    changed(here, "title", "Mine")
    here.database.look(str(statement))

    assert shown(here)[0] == "Mine"
