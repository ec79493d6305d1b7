"""Runs the page's pure modules in Node."""

import json
import subprocess
from pathlib import Path
from typing import Any

from dev.installation import node_path

PUBLIC = Path(__file__).resolve().parents[2] / "public"


def evaluate(module: str, expression: str) -> Any:
    """Return the value of *expression*, in which `m` is the module `public/js/<module>`."""
    program = f"""
      const m = await import({json.dumps((PUBLIC / "js" / module).as_uri())});
      console.log(JSON.stringify({expression}));
    """
    ended = subprocess.run(
        [node_path(), "--input-type=module", "--no-warnings", "-"],
        input=program,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
