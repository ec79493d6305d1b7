"""Terms of one pair of languages as a file: comma- or tab-separated values.

A line is a term: source, target and, if there is one, a note. Comma-separated values are read and
written as RFC 4180 has them; a first line of the columns' names is left out. As spreadsheets save
them, files may be UTF-8 or UTF-16 with a byte order mark, else they are UTF-8.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Literal

from app.translation.glossary import NOTE_CHARS_MAX
from app.translation.store import ImportedTerm, TermRow
from media_jobs.errors import InvalidInput, field_fault, invalid_field
from media_jobs.translation.limits import GLOSSARY_MAX, TERM_CHARS_MAX

FAULTS_SHOWN = 20
COLUMNS = ("source", "target", "note")
Format = Literal["csv", "tsv"]
_DELIMITERS: dict[Format, str] = {"csv": ",", "tsv": "\t"}


def read_terms(data: bytes, form: Format) -> list[ImportedTerm]:
    """Return the terms of a file; empty lines are left out.

    Raises InvalidInput that names up to 20 lines (`body.12`) and what is wrong with each.
    """
    text = io.StringIO(_decoded(data), newline="")
    lines = csv.reader(text, delimiter=_DELIMITERS[form], strict=True)
    terms: list[ImportedTerm] = []
    faults: list[dict[str, object]] = []
    try:
        for line in lines:
            cells = [cell.strip() for cell in line]
            if not any(cells) or (lines.line_num == 1 and _names(cells)):
                continue
            fault = _fault(cells)
            if fault is not None:
                faults.append(field_fault(f"body.{lines.line_num}", *fault))
            elif len(terms) == GLOSSARY_MAX:
                raise invalid_field("body", "field.terms", most=GLOSSARY_MAX)
            else:
                source, target, *note = cells
                terms.append(
                    ImportedTerm(source=source, target=target, note=(note and note[0]) or None)
                )
    except csv.Error:
        raise invalid_field(f"body.{lines.line_num}", "field.separated_values") from None
    if faults:
        raise InvalidInput("bad_request.terms", details={"errors": faults[:FAULTS_SHOWN]})
    if not terms:
        raise invalid_field("body", "field.no_terms")
    return terms


def _decoded(data: bytes) -> str:
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise invalid_field("body", "field.utf8") from None


def _names(cells: Sequence[str]) -> bool:
    return tuple(cell.lower() for cell in cells) in (COLUMNS, COLUMNS[:2])


def _fault(cells: Sequence[str]) -> tuple[str, dict[str, int]] | None:
    if not 2 <= len(cells) <= len(COLUMNS):
        return "field.term_columns", {}
    if not all(1 <= len(cell) <= TERM_CHARS_MAX for cell in cells[:2]):
        return "field.term_characters", {"most": TERM_CHARS_MAX}
    if any(len(cell) > NOTE_CHARS_MAX for cell in cells[2:]):
        return "field.characters_at_most", {"most": NOTE_CHARS_MAX}
    return None


def written_terms(terms: Iterable[TermRow], form: Format) -> str:
    """Return *terms* as a file with the names of its columns, as `read_terms` reads it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=_DELIMITERS[form], lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows((term.source, term.target, term.note or "") for term in terms)
    return file.getvalue()
