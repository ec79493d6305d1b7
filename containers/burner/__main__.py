"""`python -m burner`: the burner's container program."""

import sys

from engine_kit.serve import main

from burner.engine import PROGRAM

if __name__ == "__main__":
    sys.exit(main(PROGRAM))
