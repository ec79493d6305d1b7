"""`python -m remotion`: serve the comments engine."""

import os
import sys

from engine_kit.serve import main

from remotion.engine import comments_program

if __name__ == "__main__":
    loopback = os.environ.get("REMOTION_ALLOW_LOOPBACK") == "1"
    sys.exit(main(comments_program(allow_loopback=loopback)))
