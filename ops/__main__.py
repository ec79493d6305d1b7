"""`python -m ops` is what `make ops` runs."""

from ops.cli import main

main()
