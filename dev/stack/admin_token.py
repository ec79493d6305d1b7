"""The first token of the app's API, so that a new stack can be used at once."""

from __future__ import annotations

import hashlib

from dev.stack.runtimes.miniflare import Runtime


def ensure_admin_token(database: Runtime, token: str, now_ms: int) -> None:
    """Let *token* in with every scope. The app stores tokens hashed, so only the hash goes in."""
    tables = database.sql("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'tokens'")
    if not tables:
        return
    digest = hashlib.sha256(token.encode()).hexdigest()
    database.sql(
        "INSERT OR IGNORE INTO tokens (token_hash, token_id, name, scopes, created_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        digest,
        f"tok_{digest[:26]}",
        "local stack",
        "read submit admin",
        now_ms,
    )
