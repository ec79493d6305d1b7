"""One catalogue of messages in two languages, and nothing said that is not in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_kit.failures import FailureCode

from media_jobs import errors
from media_jobs.engines.burner.presets import PRESETS
from media_jobs.messages import chinese, english, message, of_engines
from tests.sources import ROOT, modules, nodes

SOURCES = modules("src", "containers", "ops/earlier")
MESSAGES = english.MESSAGES | of_engines.ENGLISH
CHINESE = chinese.MESSAGES | of_engines.CHINESE
NAMED_OTHERWISE = {
    "MethodNotAllowed",
    "OptionsUnsupported",
    "SettingError",
    "SignatureError",
    "field_fault",
    "missing_inputs",
}
"""Whose first argument is no key: they name their message themselves."""
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)?")


def values_of(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def raised(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield key and named values of each refusal that is made in a file."""
    kinds = {name for name in errors.__all__ if name not in NAMED_OTHERWISE}
    source = path.read_text()
    if not any(f"{kind}(" in source for kind in kinds):
        return
    for node in nodes(path):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        at = 1 if node.func.id in ("invalid_field", "present", "unfit_field") else 0
        if node.func.id in kinds and len(node.args) > at:
            key = node.args[at]
            if isinstance(key, ast.Name):
                continue  # Handed on by a function that got it as a literal.
            if any(one.arg is None for one in node.keywords):
                continue  # Its values are handed on, too.
            own = {"details", "retry_after_s"}
            text = key.value if isinstance(key, ast.Constant) else "not a literal"
            given = [k for k in node.keywords if k.arg not in own]
            yield str(text), {str(k.arg) for k in given} - filling(given)


def filling(given: list[ast.keyword]) -> set[str]:
    """Return the values of messages that stand for other values of a refusal."""
    keys = [str(one.value.value) for one in given if isinstance(one.value, ast.Constant)]
    return {name for key in keys for name in values_of(MESSAGES.get(key, ""))}


def test_both_languages_say_the_same_with_the_same_values() -> None:
    assert CHINESE.keys() == MESSAGES.keys()
    for key, text in MESSAGES.items():
        assert values_of(CHINESE[key]) == values_of(text), key
        assert KEY.fullmatch(key), key


def test_chinese_is_no_copy_of_the_english() -> None:
    same = {key for key, text in MESSAGES.items() if CHINESE[key] == text}

    # Names, and what is made of nothing but its values.
    assert {key for key in same if re.search("[a-z]{2}", re.sub("{.*?}", "", MESSAGES[key]))} == {
        f"preset.{name}" for name in ("shorts", "reels", "tiktok")
    }


@pytest.mark.heavy
def test_every_refusal_is_in_the_catalogue_and_gives_the_values_of_its_message() -> None:
    found = [(path.name, *refusal) for path in SOURCES for refusal in raised(path)]

    assert len(found) > 50
    wrong = [one for one in found if one[2] != values_of(MESSAGES.get(one[1], "{unknown}"))]
    assert wrong == []


@pytest.mark.heavy
def test_no_message_is_left_that_nobody_says() -> None:
    named_only = {
        *(ROOT / "src/media_jobs/messages").iterdir(),
        *(ROOT / "src/media_jobs/engines").glob("*/messages.py"),
    }
    said = "\n".join(path.read_text() for path in SOURCES if path not in named_only)
    words = re.findall(r"\"([a-z_0-9]+)\"", said)
    kinds = ("failure", "notice", "preset", "preset_look", "state", "input")
    codes = {f"{kind}.{word}" for word in words for kind in kinds}
    hints = {f"hint.{code}" for code in re.findall(r"\"(needs_[a-z]+)\"", said)}

    unsaid = [key for key in MESSAGES if f'"{key}"' not in said and key not in codes | hints]

    assert unsaid == []


def test_every_failure_of_a_container_every_notice_and_every_preset_has_words() -> None:
    said = [f"failure.{code}" for code in FailureCode]
    codes = r"(?:\.add\(|Notice\(\s*code=)\"([a-z_0-9]+)\""
    told = {code for path in SOURCES for code in re.findall(codes, path.read_text())}
    assert len(told) > 40
    said += [f"notice.{code}" for code in told]
    said += [f"{kind}.{name}" for name in PRESETS for kind in ("preset", "preset_look")]

    assert [key for key in said if key not in MESSAGES] == []


def reported(path: Path) -> Iterator[str]:
    """Yield each code that a file reports as the reason of a failure."""
    if "ErrorReport(" not in path.read_text():
        return
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            codes = [one.value for one in node.keywords if one.arg == "code"]
            if name == "ErrorReport" and codes and isinstance(codes[0], ast.Constant):
                yield str(codes[0].value)


@pytest.mark.heavy
def test_every_failure_that_a_worker_reports_has_words() -> None:
    codes = {code for path in SOURCES for code in reported(path)}

    assert len(codes) > 5
    assert [code for code in sorted(codes) if f"failure.{code}" not in MESSAGES] == []


def test_an_engine_says_what_no_other_part_says() -> None:
    assert not english.MESSAGES.keys() & of_engines.ENGLISH.keys()
    assert message("notice.no_speech") == "Nobody is heard speaking: there are no subtitles."
    with pytest.raises(KeyError):
        message("notice.nobody_says")


def test_a_value_that_names_a_message_stands_for_it() -> None:
    said = message("upstream_failed.status", part="part.bucket", status=500)

    assert said == "The bucket answered HTTP 500."
    assert message("upstream_failed.status", part="part.other", status=500).startswith("part.other")
    assert message("not_found.media", media="unfit") == "There is no media unfit."


def test_a_value_that_names_a_message_is_filled_with_the_others() -> None:
    late = message("upstream_failed", part="part.bucket", why="why.late", limit_ms=3000)
    down = message(
        "down.host", host="h-2", error="upstream_failed.status", part="part.container", status=503
    )
    left = message(
        "bad_request.subtitles_left_out",
        told="notice.cue_times_unreadable, notice.cue_ends_too_early",
        **{"notice.cue_times_unreadable.at": "3", "notice.cue_ends_too_early.at": "7"},
    )

    assert late == "The bucket did not answer: not within 3000 ms"
    assert down == "h-2: The container answered HTTP 503."
    assert left == (
        "The subtitles have no cue that can be shown. Cues left out because of unreadable times:"
        " line 3. Cues left out that do not end after they begin: line 7."
    )
    assert message("missing_inputs", missing="input.video, input.comments") == (
        "The media has no video, comments yet."
    )


def test_a_text_from_outside_that_is_a_key_breaks_nothing() -> None:
    assert message("not_found.media", media="field.from_to") == (
        "There is no media must be from  to ."
    )
    assert message("upstream_failed", part="x", why="upstream_failed") == (
        "x did not answer: x did not answer: "
    )


def test_a_message_is_filled_with_its_values() -> None:
    assert message("field.from_to", least=1, most=9) == "must be from 1 to 9"
    assert message("unauthorized") == "Send a token: Authorization: Bearer <token>."


MAKERS = {*errors.__all__, "FieldRefused", "message", "said"} - {"SignatureError"}
OWN = {"details", "retry_after_s"}
WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")
"""Two words after each other: a sentence, not a name."""


def put_in(path: Path) -> Iterator[tuple[int, ast.expr]]:
    """Yield each value that a file puts into a message, with its line."""
    if not any(f"{maker}(" in path.read_text() for maker in MAKERS):
        return
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in MAKERS:
                yield from ((k.value.lineno, k.value) for k in node.keywords if k.arg not in OWN)
            if node.func.id == "Notice":
                facts = [k.value for k in node.keywords if k.arg == "facts"]
                tables = [one for one in facts if isinstance(one, ast.Dict)]
                yield from ((one.lineno, one) for table in tables for one in table.values)


def is_english(value: ast.expr) -> bool:
    """Whether a value is a sentence of a program or its author, and no key, name or number."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and WORDS.search(value.value) is not None
    if isinstance(value, ast.JoinedStr):
        return any(is_english(part) for part in value.values)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        # What an exception says; a key of one is its attribute.
        return value.func.id == "str" and "error" in ast.dump(value.args[0])
    return isinstance(value, ast.Attribute) and value.attr in ("message", "text")


@pytest.mark.heavy
def test_nothing_is_put_into_a_message_that_others_would_read_in_english() -> None:
    found = [(path, *one) for path in SOURCES for one in put_in(path)]

    assert len(found) > 100
    english_ones = {(path.name, line) for path, line, value in found if is_english(value)}
    assert english_ones == set()
