"""The program of the fake wrangler. It starts dozens of times in a test, so it imports little."""

from __future__ import annotations

# ruff: noqa: PTH123 - pathlib takes as long to import as all the rest.
import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Act = Callable[[dict[str, Any], list[str]], str]

WORKERS = {"wrangler.toml": "media-orchestrator", "wrangler.root.jsonc": "vid-genius-start"}


def _secret(state: dict[str, Any], argv: list[str]) -> str:
    worker = WORKERS[argv[argv.index("--config") + 1]]
    if argv[1] == "list":
        names = sorted(state["secrets"].get(worker, {}))
        return json.dumps([{"name": name, "type": "secret_text"} for name in names])
    state["secrets"].setdefault(worker, {})[argv[2]] = sys.stdin.read()
    return "Success!"


def _account(state: dict[str, Any], argv: list[str]) -> str:
    if argv[0] == "auth":
        return json.dumps({"type": "oauth", "token": "the-login"})
    if not state["logged_in"]:
        raise SystemExit(1)
    return "Done"


def _d1(state: dict[str, Any], argv: list[str]) -> str:
    match argv[1:]:
        case ["list", *_]:
            return json.dumps([{"uuid": i, "name": n} for n, i in state["d1"].items()])
        case ["create", name, *_]:
            number = os.urandom(16).hex()
            parts = (number[:8], number[8:12], number[12:16], number[16:20], number[20:])
            state["d1"][name] = "-".join(parts)
        case _:
            pass
    return "Done"


def _kv(state: dict[str, Any], argv: list[str]) -> str:
    match argv[2:]:
        case ["list", *_]:
            return json.dumps([{"id": i, "title": n} for n, i in state["kv"].items()])
        case ["create", name, *_]:
            state["kv"][name] = os.urandom(16).hex()
        case _:
            pass
    return "Done"


def _r2(state: dict[str, Any], argv: list[str]) -> str:
    match argv[2:]:
        case ["create", name, *_]:
            state["r2"].append(name)
        case ["info", name, *_] if name not in state["r2"]:
            raise SystemExit(1)
        case ["cors", "set", _, "--file", file, *_]:
            with open(file, encoding="utf-8") as given:
                state["cors"] = json.load(given)
        case _:
            pass
    return "Done"


ACTS: dict[str, Act] = {
    "auth": _account,
    "d1": _d1,
    "kv": _kv,
    "r2": _r2,
    "secret": _secret,
    "whoami": _account,
}


def main() -> None:
    """Do what the command line says: the account's file, the script, wrangler's arguments."""
    file, argv = sys.argv[1], sys.argv[3:]
    with open(file, encoding="utf-8") as given:
        state = json.load(given)
    line = " ".join(argv)
    state["calls"].append(line)
    status = 0
    try:
        if any(line.startswith(start) for start in state["fail"]):
            print("✘ [ERROR] The network went away.", file=sys.stderr)
            raise SystemExit(1)
        print(ACTS[argv[0]](state, argv))
    except SystemExit as ended:
        status = int(ended.code or 0)
    with open(file, "w", encoding="utf-8") as output:
        json.dump(state, output)
    sys.exit(status)


if __name__ == "__main__":
    main()
