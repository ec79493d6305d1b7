"""`python -m remotion`: serve the comments engine."""

import os
import sys

from engine_kit.serve import main

from remotion.engine import comments_engine

if __name__ == "__main__":
    sys.exit(main(comments_engine(allow_loopback=os.environ.get("REMOTION_ALLOW_LOOPBACK") == "1")))
