"""The static page: what its security headers, its words, its library and its size promise."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from dev.docs import GENERATED, page_library
from dev.installation import node_path
from media_jobs.engines import ENGINES
from media_jobs.engines.burner.options import SubtitleStyle
from media_jobs.messages import of_engines
from media_jobs.messages.english import MESSAGES
from tests.public.javascript import PUBLIC, evaluate

SCRIPTS = sorted([*PUBLIC.glob("js/**/*.js"), *PUBLIC.glob("workers/*.js")])
TEXTS = sorted([*SCRIPTS, *PUBLIC.glob("*.js"), *PUBLIC.glob("css/*.css"), *PUBLIC.glob("*.html")])


@cache
def messages(language: str, subject: str = "") -> dict[str, str]:
    """Return the words of every view, or those of a subject."""
    return dict(evaluate(f"messages/{language}{subject and '/'}{subject}.js", "m.default"))


def subjects(language: str) -> list[str]:
    return sorted(file.stem for file in PUBLIC.glob(f"js/messages/{language}/*.js"))


@cache
def all_messages(language: str) -> dict[str, str]:
    """Return the words of all views; each stands in one table."""
    tables = [messages(language), *(messages(language, subject) for subject in subjects(language))]
    found = {key: text for table in tables for key, text in table.items()}
    assert len(found) == sum(map(len, tables))
    return found


@cache
def imported(file: Path) -> frozenset[Path]:
    """Return a module with all that it imports before it runs."""
    names = re.findall(
        r"^(?:import|export) [^;]*?from \"(\.[^\"]+)\"", file.read_text(), re.MULTILINE
    )
    others = (imported((file.parent / name).resolve()) for name in names)
    return frozenset({file}).union(*others)


def words_asked(file: Path) -> set[str]:
    return set(re.findall(r"\bt\(\"([^\"]+)\"", file.read_text()))


def headers() -> dict[str, str]:
    """Return the headers of every static file."""
    first, *lines = (PUBLIC / "_headers").read_text().splitlines()
    assert first == "/*"
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def test_browsers_come_by_https_guess_no_types_and_tell_no_one_where_they_were() -> None:
    found = headers()
    age = re.fullmatch(r"max-age=(\d+)(?:; includeSubDomains)?", found["strict-transport-security"])

    assert age is not None
    assert int(age[1]) >= 31_536_000
    assert found["x-content-type-options"] == "nosniff"
    assert found["referrer-policy"] == "no-referrer"
    assert found["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_runs_our_own_scripts_only_and_shows_signed_links() -> None:
    parts = (part.split() for part in headers()["content-security-policy"].split(";"))
    assert {name: values for name, *values in parts} == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:", "https:"],
        "connect-src": ["'self'", "https://*.r2.cloudflarestorage.com"],
        "media-src": ["'self'", "blob:", "https:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["editor-find"],
    }


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_no_file_has_anything_inline_or_of_another_host(file: Path) -> None:
    text = file.read_text()

    assert not re.search(r"(?:src|href|from|import\()\s*=?\s*[\"'](?:https?:)?//", text)
    assert not re.search(
        r"\.(?:innerHTML|outerHTML|insertAdjacentHTML)|document\.write|eval\(", text
    )
    assert "dangerouslySetInnerHTML" not in text
    if file.suffix == ".html":
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)


def test_every_module_of_the_page_is_javascript() -> None:
    program = """
      import { readFileSync } from "node:fs";
      import { SourceTextModule } from "node:vm";
      for (const file of process.argv.slice(2)) {
        new SourceTextModule(readFileSync(file, "utf8"), { identifier: file });
      }
    """
    command = [node_path(), "--experimental-vm-modules", "--no-warnings", "--input-type=module"]

    ended = subprocess.run(
        [*command, "-", *map(str, SCRIPTS)],
        input=program,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.programs
def test_each_engine_has_words_in_each_language_and_an_icon_of_the_page() -> None:
    languages = set(evaluate("i18n.js", "m.LANGUAGES"))
    icons = (PUBLIC / "js/ui.js").read_text().partition("const ICONS = {")[2].partition("};")[0]

    for engine in ENGINES.values():
        assert set(engine.words) == languages
        assert re.search(rf"^  {engine.icon}: ", icons, re.MULTILINE)


@pytest.mark.programs
def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    english, chinese = all_messages("en"), all_messages("zh")

    assert subjects("en") == subjects("zh")
    for subject in ["", *subjects("en")]:
        assert messages("en", subject).keys() == messages("zh", subject).keys()
    for key, text in english.items():
        names = set(re.findall(r"\{(\w+)", text))
        # A plural form is a value that Chinese may do without.
        assert set(re.findall(r"\{(\w+)", chinese[key])) <= names, key
        assert set(re.findall(r"\{(\w+)\}", text)) <= set(re.findall(r"\{(\w+)", chinese[key])), key


@pytest.mark.programs
@pytest.mark.parametrize("file", sorted(PUBLIC.glob("js/views/*.js")), ids=lambda file: file.name)
def test_a_view_has_loaded_the_words_that_it_and_its_parts_say(file: Path) -> None:
    parts = imported(file)
    loaded = [
        subject
        for part in parts
        for subject in re.findall(r"await useWords\(\"(\w+)\"\)", part.read_text())
    ]
    known = messages("en").keys() | {key for name in loaded for key in messages("en", name)}

    assert {key for part in parts for key in words_asked(part)} - known == set()


@pytest.mark.programs
def test_every_message_that_the_page_asks_for_exists() -> None:
    english = all_messages("en")
    for file in SCRIPTS:
        text = file.read_text()
        assert words_asked(file) - english.keys() == set(), file.name
        for start, end in re.findall(r"\bt\(`([^`$]*)\$\{[^}]+\}([^`$]*)`", text):
            matching = [key for key in english if key.startswith(start) and key.endswith(end)]
            assert start == "" or matching, f"{file.name}: {start}…{end}"


@pytest.mark.programs
def test_no_message_is_left_that_nobody_asks_for() -> None:
    sources = "\n".join(file.read_text() for file in SCRIPTS if "messages" not in file.parts)
    asked = set(re.findall(r"\"([\w-]+(?:\.[\w.-]+)?)\"", sources))
    stems = set(re.findall(r"`([\w.]+[._])\$\{", sources)) | {
        f"{stem}." for stem in re.findall(r"named\(\"(\w+)\"", sources)
    }

    own = all_messages("en").keys() - MESSAGES.keys() - of_engines.ENGLISH.keys()
    unused = [k for k in own if k not in asked and not k.startswith(tuple(stems))]

    assert unused == []


def test_the_library_has_the_bytes_of_its_npm_package() -> None:
    (file,) = PUBLIC.glob("vendor/*")

    assert GENERATED[file.relative_to(PUBLIC.parent).as_posix()] is page_library
    assert file.read_text(encoding="utf-8") == page_library()


def test_each_field_of_a_style_has_a_control_on_the_page() -> None:
    form = (PUBLIC / "js/views/burn.js").read_text(encoding="utf-8")
    set_by_controls = set(re.findall(r"""\bset\("(\w+)"\)""", form))

    assert {field.alias for field in SubtitleStyle.model_fields.values()} <= set_by_controls
