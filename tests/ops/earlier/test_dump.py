"""A dump is read as it was written, in both of its states, and anything else is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from vidgen.errors import ConfigurationError

from ops.earlier.dump import EarlierDump
from tests.ops.earlier.earlier_system import AT, COMMENTS, TRANSLATION, download, dump, media


@contextmanager
def read(tmp_path: Path, text: str) -> Iterator[EarlierDump]:
    file = tmp_path / "earlier.sql"
    file.write_text(text, newline="")
    with closing(EarlierDump(file)) as found:
        yield found


@pytest.mark.parametrize("state", ["E", "H"])
def test_texts_with_line_breaks_and_quotes_come_out_as_they_went_in(
    tmp_path: Path, state: str
) -> None:
    rows = [("media", media(1, translation=TRANSLATION, comments=COMMENTS)), ("tasks", download(1))]

    with read(tmp_path, dump(rows, state)) as found:
        [one] = found.media()
        tasks, as_of_ms = found.tasks(), found.as_of_ms()

    assert (one.translation, one.comments) == (TRANSLATION.strip(), COMMENTS)
    assert one.title == '影片 1: it\'s "odd"'
    assert (one.duration_seconds, one.created_at) == (61.0, AT + 1)
    assert [task.job_id for task in tasks["m-1"]] == ["d1"]
    assert as_of_ms == (AT + 61) * 1000


def test_a_dump_whose_texts_have_real_line_breaks_is_read_as_well(tmp_path: Path) -> None:
    text = "one;\ntwo ';'\nthree"
    written = text.replace("'", "''")
    row = f"INSERT INTO media (id, created_at, translation) VALUES ('x', 1, '{written}');\n"  # noqa: S608 - a text of this test.

    with read(tmp_path, dump([], extra=row)) as found:
        [one] = found.media()

    assert one.translation == text


def test_tables_and_columns_that_are_not_read_are_counted(tmp_path: Path) -> None:
    rows: list[tuple[str, dict[str, object]]] = [
        ("media", media(1, quality="1080p", transcription_words="[]")),
        ("tasks", download(1)),
        ("users", {"id": "u1"}),
        ("users", {"id": "u2"}),
        ("point_accounts", {"user_id": "u1", "balance": 5}),
        ("proxies", {"id": "p", "password": "secret"}),
    ]

    with read(tmp_path, dump(rows)) as found:
        tables, columns = found.other_tables(), found.other_columns()

    assert tables == {"point_accounts": 1, "proxies": 1, "users": 2}
    assert columns == {"media.quality": 1, "media.source": 1, "tasks.payload": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (dump([("media", media(1))])[:-20], "not a complete SQL dump"),
        ("not SQL at all", "not a complete SQL dump"),
        ("CREATE TABLE other (id TEXT);", "lacks its tables media and tasks"),
        ("ATTACH DATABASE 'x.db' AS x;", "too many attached databases"),
        (dump([], extra="CREATE TABLE inputs (a); CREATE TABLE tokens (a);"), "own database"),
    ],
)
def test_what_is_no_dump_of_it_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    text = text.replace("; CREATE", ";\nCREATE")

    with pytest.raises(ConfigurationError, match=reason), read(tmp_path, text):
        pass
