"""`python -m downloader`: serve the download engine."""

import os
import sys

from engine_kit.serve import main

from downloader.engine import download_program, limits_from
from media_jobs.errors import SettingError

if __name__ == "__main__":
    try:
        limits = limits_from(os.environ)
    except SettingError as error:
        print(f"downloader can't start: {error.message}", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(download_program(limits)))
