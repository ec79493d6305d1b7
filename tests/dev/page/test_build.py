"""The page that is built for a deploy: small, kept by browsers, and complete."""

import gzip
import json
import re
import shutil
import subprocess
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from dev.installation import ROOT, node_path
from dev.stack.page import BUILD

pytestmark = pytest.mark.programs
FIRST_LOAD_BYTES_MAX = 60_000
FIRST_STEPS_BYTES_MAX = 16_000
IMPORT = re.compile(r"""(?:from|import)\s*"\./([^"]+)\"""")


def build(public: Path, target: Path) -> Path:
    argv = [node_path(), str(BUILD), str(public), str(target)]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return target


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT / "public", tmp_path_factory.mktemp("built") / "page")


def parts(page: Path) -> dict[str, list[str]]:
    """Return the files of each part, as the page names them."""
    html = (page / "index.html").read_text()
    found = re.search(r"<meta name=\"files\" content='([^']*)'", html)
    assert found is not None
    parsed: dict[str, list[str]] = json.loads(unescape(found[1]))
    return parsed


def first_load(page: Path) -> set[str]:
    """Return the files that the page asks for before it runs."""
    html = (page / "index.html").read_text()
    return set(re.findall(r'(?:href|src)="/assets/([^"]+)"', html))


@cache
def imported(file: Path) -> frozenset[str]:
    """Return the names of all files that a script imports before it runs, its own among them."""
    others = (imported(file.parent / name) for name in IMPORT.findall(file.read_text()))
    return frozenset({file.name}).union(*others)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_view_comes_with_sixty_kilobytes(page: Path, language: str) -> None:
    named = parts(page)
    parts_of_view = (f"messages/{language}", "views/library", f"views/library@{language}")
    files = {*first_load(page), *(name for part in parts_of_view for name in named[part])}

    bodies = [(page / "index.html").read_bytes()]
    bodies += [(page / "assets" / name).read_bytes() for name in files]

    assert sum(len(gzip.compress(body)) for body in bodies) <= FIRST_LOAD_BYTES_MAX


def test_of_each_part_every_file_is_named_so_that_none_is_found_late(page: Path) -> None:
    first, named = first_load(page), parts(page)

    for part, files in named.items():
        assert files, part
        scripts = [name for name in files if name.endswith(".js")]
        needed = {one for name in scripts for one in imported(page / "assets" / name)}
        assert needed <= {*files, *first}, part
    assert {f"views/{name}" for name in ("library", "new", "jobs", "job", "settings")} <= set(named)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_words_that_a_view_waits_for_come_with_it_in_one_file(
    page: Path, language: str
) -> None:
    [file] = parts(page)[f"views/editor@{language}"]

    words = json.loads((page / "assets" / file).read_text())

    assert {"editor", "timeline", "find", "keys", "drafts"} <= set(words)
    source = (ROOT / f"public/js/messages/{language}/find.js").read_text()
    assert all(f'"{key}"' in source for key in words["find"])


def test_the_first_steps_wait_for_no_styles_and_for_little_code(page: Path) -> None:
    html = (page / "index.html").read_text()

    [entry] = re.findall(r'<script type="module" async src="/assets/([^"]+)"', html)

    steps = sum(
        (page / "assets" / name).stat().st_size for name in imported(page / "assets" / entry)
    )
    assert steps <= FIRST_STEPS_BYTES_MAX


def test_what_a_release_did_not_change_keeps_its_name(page: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "public", tmp_path / "public")
    view = tmp_path / "public/js/views/status.js"
    view.write_text(view.read_text() + "globalThis.changed = true;\n")

    changed = build(tmp_path / "public", tmp_path / "page")

    before = {file.name for file in (page / "assets").iterdir()}
    after = {file.name for file in (changed / "assets").iterdir()}
    gone, new = sorted(before - after), sorted(after - before)
    # The name of a file is in the one that imports it.
    assert [name.partition("-")[0] for name in gone] == ["boot", "main", "status"]
    assert [name.partition("-")[0] for name in new] == ["boot", "main", "status"]


def test_only_what_is_named_by_its_content_is_kept_without_asking(page: Path) -> None:
    rules = (page / "_headers").read_text().split("/assets/*")

    assert "immutable" not in rules[0]
    assert "Cache-Control: public, max-age=31536000, immutable" in rules[1]
    assert all(re.search(r"-[A-Z0-9]{8}\.", file.name) for file in (page / "assets").iterdir())


def test_the_built_page_has_nothing_inline(page: Path) -> None:
    html = (page / "index.html").read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)


def test_a_page_that_cannot_be_built_leaves_the_last_one_and_says_why(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "public", tmp_path / "public")
    (tmp_path / "public/js/router.js").write_text("export const link = ;\n")
    (tmp_path / "page").mkdir()
    (tmp_path / "page/index.html").write_text("the last one")

    argv = [node_path(), str(BUILD), str(tmp_path / "public"), str(tmp_path / "page")]
    ended = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert ended.returncode != 0
    assert "js/router.js:1" in ended.stderr
    assert (tmp_path / "page/index.html").read_text() == "the last one"
    assert {path.name for path in tmp_path.iterdir()} == {"public", "page"}
