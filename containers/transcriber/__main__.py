"""`python -m transcriber`: serve the transcribing engine."""

import os
import sys

from engine_kit.serve import main

from media_jobs.errors import SettingError
from transcriber.engine import transcribe_program
from transcriber.settings import hearing_from

if __name__ == "__main__":
    try:
        settings = hearing_from(os.environ)
    except SettingError as error:
        print(f"transcriber can't start: {error.message}", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(transcribe_program(settings)))
