"""The configs say what `account.toml` says: account-specific values have one home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vidgen.errors import ConfigurationError

from dev.check.findings import Finding
from ops.account import ACCOUNT_FILE, Account, differences


def account_faults(root: Path) -> Iterator[Finding]:
    """Yield the configs that differ from the account's file, and what is wrong with the file."""
    try:
        for name in differences(Account.read(root), root):
            what = f"says something else than {ACCOUNT_FILE}."
            yield Finding(where=name, what=what, fix="run `make ops ARGS=configure`.")
    except ConfigurationError as error:
        yield Finding(where=ACCOUNT_FILE, what=str(error), fix="correct the file.")
