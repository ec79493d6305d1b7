"""`python -m engine_kit.health`: exit 0 if the container on this machine answers; for HEALTHCHECK.

The images have neither curl nor wget.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException

TIMEOUT_S = 4


def main() -> int:
    """Ask `GET /health` on `PORT`; return 0 for 200 and 1 for anything else."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8080), timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health")
        return 0 if connection.getresponse().status == 200 else 1
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
