"""`python -m remotion`: serve the comments engine."""

import sys

from engine_kit.serve import main

from remotion.engine import comments_engine

if __name__ == "__main__":
    sys.exit(main(comments_engine()))
