"""What a later dump says otherwise of a media that is here already. Pure.

No notes are needed for it: what is stored of a media's site is what the last import said, so a
title that differs from that was given here, and stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ops.earlier.mapping import SITE_NAMES, Brought
from ops.earlier.rows import Value, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A media as it is here. *site*: what is stored of its site, as JSON."""

    title: str
    site: str | None


def renewal(media: Brought, here: Here) -> str | None:
    """Return the statement that says of a media what *media* says, None where there is nothing new.

    A title that was given here stays, and so does what a download has found here. The statement
    changes nothing where the media has changed since *here* was read.
    """
    said = json.loads(here.site) if here.site else {}
    changes: dict[str, Value] = {}
    untouched = here.title in (said.get("title"), media.unnamed)
    if untouched and media.title not in (here.title, media.unnamed):
        changes["title"] = media.title
    if media.site not in (here.site, None) and _is_imported(said):
        changes["site"] = media.site
    return _update(media.media_id, changes, here) if changes else None


def _is_imported(site: Mapping[str, object]) -> bool:
    return site.keys() <= SITE_NAMES


def _update(media_id: str, changes: Mapping[str, Value], here: Here) -> str:
    new = ", ".join(f"{name} = {quoted(value)}" for name, value in changes.items())
    seen = {"title": here.title} | ({"site": here.site} if "site" in changes else {})
    still = " AND ".join(f"{name} IS {quoted(value)}" for name, value in seen.items())
    return (
        f"UPDATE media SET {new} WHERE media_id = {quoted(media_id)} AND deleted_ms IS NULL"  # noqa: S608 - names are of this file; values are quoted.
        f" AND {still};"
    )
