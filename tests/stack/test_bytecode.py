"""The host's byte code is that of the files that it serves."""

import json
import os
import subprocess

from dev.installation import ROOT, node_path

COMPILE = """
import { byteCode } from "./dev/stack/runtimes/bytecode.mjs";
const files = JSON.parse(process.env.FILES);
const given = files.map(([path, text]) => ({ path, contents: Buffer.from(text) }));
const made = byteCode(given, "a test's");
console.log(JSON.stringify(made.map(({ path, contents }) => [path, contents.toString("latin1")])));
"""


def byte_code(*files: tuple[str, str]) -> dict[str, bytes]:
    done = subprocess.run(
        [node_path(), "--input-type=module", "--eval", COMPILE],
        cwd=ROOT,
        env={**os.environ, "FILES": json.dumps(files)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path: contents.encode("latin1") for path, contents in json.loads(done.stdout)}


def test_each_source_that_can_be_compiled_comes_with_its_own_byte_code() -> None:
    found = byte_code(
        ("package/__init__.py", "said = 'the first'\n"),
        ("package/other.py", "said = 'the second'\n"),
        ("package/wrong.py", "said = \n"),
        ("package/data.json", "{}"),
    )

    kept = "package/__pycache__/{}.cpython-314.pyc"
    assert found.keys() == {kept.format("__init__"), kept.format("other")}
    assert b"the first" in found[kept.format("__init__")]
    assert b"/session/metadata/package/other.py" in found[kept.format("other")]


def test_a_source_that_has_changed_has_other_byte_code() -> None:
    before = byte_code(("changing.py", "said = 'before'\n"))
    after = byte_code(("changing.py", "said = 'after'\n"))

    assert [b"before" in code for code in before.values()] == [True]
    assert [b"after" in code for code in after.values()] == [True]
