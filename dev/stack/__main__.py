"""`python -m dev.stack`: the local stack until Ctrl-C."""

import sys

from dev.stack.stack import main

sys.exit(main())
