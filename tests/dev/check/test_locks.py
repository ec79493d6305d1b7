"""Each rule about the lock files refuses a lock that breaks it."""

import json
from pathlib import Path

import pytest

from dev.check.locks import npm_lock_faults, requirement_faults, vendored_faults

HASH = "--hash=sha256:" + 64 * "0"
LOCK = {
    "packages": {
        "": {"name": "example"},
        "node_modules/tool": {"version": "1.2.3", "integrity": "sha512-x"},
        "node_modules/tool-mac": {
            "version": "1.2.3",
            "integrity": "sha512-y",
            "optional": True,
            "os": ["darwin"],
        },
    }
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "requirements"
    folder.mkdir()
    (folder / "kit.in").write_text("httpx\n")
    (folder / "dev.in").write_text("# Why.\n-r kit.in\nruff[extra]>=1  # a comment\n")
    (folder / "dev.txt").write_text(
        f"httpx==1.0 ; python_full_version < '3.12' \\\n    {HASH}\nRuff==1.0 \\\n    {HASH}\n"
    )
    (tmp_path / "dev" / "browser").mkdir(parents=True)
    for name in ("package-lock.json", "dev/browser/package-lock.json"):
        (tmp_path / name).write_text(json.dumps(LOCK))
    return tmp_path


def lines(tree: Path) -> list[str]:
    return [finding.line() for finding in requirement_faults(tree)]


def npm_lines(tree: Path) -> list[str]:
    return [finding.line() for finding in npm_lock_faults(tree)]


def test_locks_that_fit_their_lists_have_no_fault(tree: Path) -> None:
    assert lines(tree) == []
    assert npm_lines(tree) == []


def test_a_package_that_the_lock_lacks_is_named(tree: Path) -> None:
    (tree / "requirements" / "kit.in").write_text("httpx\nanother_one\n")

    assert lines(tree) == [
        "requirements/dev.txt: lacks another-one, which requirements/kit.in asks for. "
        "Fix: run `make lock`."
    ]


def test_a_list_without_a_lock_and_a_lock_without_a_list_are_named(tree: Path) -> None:
    (tree / "requirements" / "more.in").write_text("httpx\n")
    (tree / "requirements" / "other.txt").write_text(f"httpx==1 {HASH}\n")

    assert lines(tree) == [
        "requirements/more.in: has no lock and is in no other list. Fix: run `make lock`.",
        "requirements/other.txt: is made of no .in file. Fix: remove it.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "--extra-index-url https://packages.example/simple",
        "--find-links /opt/wheels",
        f"other @ https://packages.example/other-1.whl {HASH}",
    ],
)
def test_a_lock_that_names_a_registry_is_refused(tree: Path, line: str) -> None:
    lock = tree / "requirements" / "dev.txt"
    lock.write_text(f"{lock.read_text()}{line}\n")

    assert lines(tree)[0].startswith("requirements/dev.txt:5: names where packages come from.")


def test_a_node_package_that_names_its_registry_is_refused(tree: Path) -> None:
    text = (tree / "package-lock.json").read_text()
    resolved = '"integrity": "sha512-x", "resolved": "https://packages.example/tool.tgz"'
    (tree / "package-lock.json").write_text(text.replace('"integrity": "sha512-x"', resolved))

    assert npm_lines(tree) == [
        "package-lock.json: tool names where it came from. Fix: run `make lock`."
    ]


def test_a_node_package_without_a_hash_is_refused(tree: Path) -> None:
    text = (tree / "package-lock.json").read_text()
    (tree / "package-lock.json").write_text(text.replace(', "integrity": "sha512-x"', ""))

    assert npm_lines(tree) == ["package-lock.json: tool has no hash. Fix: run `make lock`."]


@pytest.mark.parametrize("lock", ["package-lock.json", "dev/browser/package-lock.json"])
def test_a_package_for_another_platform_needs_its_hash_too(tree: Path, lock: str) -> None:
    text = (tree / lock).read_text()
    (tree / lock).write_text(text.replace('"integrity": "sha512-y", ', ""))

    assert npm_lines(tree) == [f"{lock}: tool-mac has no hash. Fix: run `make lock`."]


def test_vendored_packages_that_differ_from_their_lock_are_named(tree: Path) -> None:
    (tree / "requirements" / "workers.txt").write_text(
        f"some-thing==1.0 \\\n    {HASH}\nother==2.0 \\\n    {HASH}\n"
    )
    for name in ("some_thing-1.0", "other-1.9", "left_over-3.0"):
        (tree / "python_modules" / f"{name}.dist-info").mkdir(parents=True)
    (tree / "python_modules" / "fast.cpython-311-x86_64-linux-gnu.so").touch()

    found = [finding.what for finding in vendored_faults(tree)]

    assert found == [
        "has left-over 3.0, its lock has None.",
        "has other 1.9, its lock has 2.0.",
        "fast.cpython-311-x86_64-linux-gnu.so is not built for the Workers' interpreter.",
    ]
