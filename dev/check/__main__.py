"""`python -m dev.check`: everything that can be checked without running the system."""

import sys

from dev.check.run import main

sys.exit(main())
