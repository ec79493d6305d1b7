"""The program of the fake wrangler. It starts dozens of times in a test, so it imports little."""

from __future__ import annotations

# ruff: noqa: PTH110, PTH118, PTH120, PTH123, PTH208 - pathlib takes as long to import as all the rest.
import json
import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from typing import Any

    Act = Callable[[dict[str, Any], list[str]], str]

WORKERS = {
    "wrangler.toml": "media-orchestrator",
    "wrangler.root.jsonc": "vid-genius-start",
    ".wrangler.unrouted.jsonc": "vid-genius-start",
}
ZONES = {"films.test": "z1"}
CONFLICT = "Can't deploy routes that are assigned to another worker."


class Refused(Exception):
    """Ends the program as wrangler ends; the text is its last word."""


class Call:
    """The call that is served: the account's file, and what comes by standard input."""

    file = ""
    given = ""


def _beside(name: str) -> str:
    """Return a file of the clone."""
    return os.path.join(os.path.dirname(Call.file), name)


def fail(reason: str) -> Refused:
    """Return the refusal for *reason*."""
    return Refused(f"✘ [ERROR] {reason}")


def _option(argv: list[str], name: str) -> str:
    return argv[argv.index(name) + 1] if name in argv else ""


def _secret(state: dict[str, Any], argv: list[str]) -> str:
    worker = WORKERS[_option(argv, "--config")]
    if argv[1] == "list":
        names = sorted(state["secrets"].get(worker, {}))
        return json.dumps([{"name": name, "type": "secret_text"} for name in names])
    state["secrets"].setdefault(worker, {})[argv[2]] = Call.given
    if versions := state["workers"].get(worker, {}).get("versions"):
        _publish(state, worker, {**versions[-1], "annotations": None})
    return "Success!"


def _account(state: dict[str, Any], argv: list[str]) -> str:
    if argv[0] == "auth":
        return json.dumps({"type": "oauth", "token": "the-login"})
    if not state["logged_in"]:
        raise Refused("")
    return "Done"


# --- Workers ----------------------------------------------------------------------------------


def _publish(state: dict[str, Any], worker: str, version: dict[str, Any]) -> None:
    """Add a version and give it all requests."""
    there = state["workers"].setdefault(worker, {"versions": [], "deployments": []})
    state["clock"] += 1
    created = f"2026-01-01T00:{state['clock']:02}:00.000Z"
    version_id = f"{worker}-v{len(there['versions']) + 1}"
    there["versions"].append({**version, "id": version_id, "metadata": {"created_on": created}})
    _in_force(there, version_id, created)


def _in_force(worker: dict[str, Any], version_id: str, created: str) -> None:
    shares = [{"version_id": version_id, "percentage": 100}]
    worker["deployments"].append({"created_on": created, "versions": shares})


def _deploy(state: dict[str, Any], argv: list[str]) -> str:
    config = _option(argv, "--config")
    worker = WORKERS[config]
    with open(_beside(config), encoding="utf-8") as given:
        text = given.read()
    bindings = [
        {"type": "durable_object_namespace", "class_name": name}
        for name in sorted(set(re.findall(r'class_name"? ?[:=] "(\w+)"', text)))
    ]
    version = {
        "annotations": {"workers/tag": _option(argv, "--tag")},
        "resources": {
            "script": {"etag": state["code"]},
            "script_runtime": {"migration_tag": re.findall(r'\btag"? ?[:=] "(\w+)"', text)[-1]},
            "bindings": bindings,
        },
    }
    _publish(state, worker, version)
    wanted = re.findall(r'"pattern": "([^"]+)"', text)
    for route in state["routes"]:
        if route["pattern"] in wanted and route["script"] != worker:
            raise fail(CONFLICT)
    if not wanted:
        return f"Deployed {worker}"
    state["routes"] = [route for route in state["routes"] if route["script"] != worker]
    for pattern in wanted:
        state["clock"] += 1
        route = {"id": f"r{state['clock']}", "pattern": pattern, "script": worker}
        state["routes"].append(route)
    return f"Deployed {worker}"


def _there(state: dict[str, Any], argv: list[str]) -> dict[str, Any]:
    name = _option(argv, "--name")
    if name not in state["workers"]:
        raise fail("This Worker does not exist on your account. [code: 10007]")
    found: dict[str, Any] = state["workers"][name]
    return found


def _delete(state: dict[str, Any], argv: list[str]) -> str:
    del state["workers"][argv[1]]
    state["secrets"].pop(argv[1], None)
    return f"Successfully deleted {argv[1]}"


def _deployments(state: dict[str, Any], argv: list[str]) -> str:
    return json.dumps(_there(state, argv)["deployments"][-10:])


def _version(state: dict[str, Any], argv: list[str]) -> str:
    for version in _there(state, argv)["versions"]:
        if version["id"] == argv[2]:
            return json.dumps(version)
    raise fail("Version not found")


def _rollback(state: dict[str, Any], argv: list[str]) -> str:
    state["clock"] += 1
    _in_force(_there(state, argv), argv[1], f"2026-01-01T00:{state['clock']:02}:00.000Z")
    changed = "The following secrets have changed since version" if state["secrets_changed"] else ""
    return f"Performing rollback...\n{changed}"


# --- D1: a SQLite file beside the account's -----------------------------------------------------


def _database() -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(f"{Call.file}.d1", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def _d1(state: dict[str, Any], argv: list[str]) -> str:
    match argv[1:]:
        case ["list", *_]:
            return json.dumps([{"uuid": i, "name": n} for n, i in state["d1"].items()])
        case ["create", name, *_]:
            number = os.urandom(16).hex()
            parts = (number[:8], number[8:12], number[12:16], number[16:20], number[20:])
            state["d1"][name] = "-".join(parts)
        case ["migrations", "apply", *_]:
            return _migrate()
        case ["execute", *_] if os.path.exists(f"{Call.file}.d1") or "--json" in argv:
            return _execute(argv)
        case ["export", *_]:
            return _export(_option(argv, "--output"), cut=state["export_cut"])
        case _:
            pass
    return "Done"


def _migrate() -> str:
    database = _database()
    database.execute(
        "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT "
        "UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)"
    )
    there = {row["name"] for row in database.execute("SELECT name FROM d1_migrations")}
    for name in sorted(os.listdir(_beside("drizzle"))):
        if name.endswith(".sql") and name not in there:
            with open(os.path.join(_beside("drizzle"), name), encoding="utf-8") as given:
                database.executescript(given.read())
            database.execute("INSERT INTO d1_migrations (name) VALUES (?)", (name,))
    return "Migrations applied"


def _execute(argv: list[str]) -> str:
    import sqlite3

    database = _database()
    try:
        if file := _option(argv, "--file"):
            with open(file, encoding="utf-8") as given:
                database.executescript(f"BEGIN;\n{given.read()}\nCOMMIT;")
            return "[]"
        rows = [dict(row) for row in database.execute(_option(argv, "--command"))]
    except sqlite3.Error as error:
        raise fail(f"{error}: SQLITE_ERROR") from None
    return json.dumps([{"results": rows, "success": True, "meta": {}}])


def _export(file: str, *, cut: bool) -> str:
    lines = [
        line for line in _database().iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")
    ]
    text = "PRAGMA defer_foreign_keys=TRUE;\n" + "\n".join(lines) + "\n"
    with open(file, "w", encoding="utf-8") as output:
        output.write(text[: len(text) // 2] if cut else text)
    return "Done!"


# --- KV and R2 --------------------------------------------------------------------------------


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
            raise Refused("")
        case ["cors", "set", _, "--file", file, *_]:
            with open(file, encoding="utf-8") as given:
                state["cors"] = json.load(given)
        case _:
            pass
    return "Done"


def _login(state: dict[str, Any], _argv: list[str]) -> str:
    state["logged_in"] = True
    return "Successfully logged in."


ACTS: dict[str, Act] = {
    "auth": _account,
    "d1": _d1,
    "delete": _delete,
    "deploy": _deploy,
    "deployments": _deployments,
    "kv": _kv,
    "login": _login,
    "r2": _r2,
    "rollback": _rollback,
    "secret": _secret,
    "versions": _version,
    "whoami": _account,
}


def run(file: str, argv: list[str], given: str) -> tuple[int, str, str]:
    """Do what wrangler's arguments say to the account in *file*; return status, output, errors."""
    Call.file, Call.given = file, given
    with open(file, encoding="utf-8") as stored:
        state = json.load(stored)
    line = " ".join(argv)
    state["calls"].append(line)
    status, printed, error = 0, "", ""
    try:
        if any(line.startswith(start) for start in state["fail"]):
            raise fail("The network went away.")
        printed = ACTS[argv[0]](state, argv)
    except Refused as refused:
        status, error = 1, str(refused)
    with open(file, "w", encoding="utf-8") as output:
        json.dump(state, output)
    return status, printed, error


def main() -> None:
    """Serve a command line: the account's file, the script, wrangler's arguments."""
    argv = sys.argv[3:]
    given = sys.stdin.read() if argv[:2] == ["secret", "put"] else ""
    status, printed, error = run(sys.argv[1], argv, given)
    print(printed)
    print(error, file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
