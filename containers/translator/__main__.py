"""`python -m translator`: serve the translating engine."""

import os
import sys

from engine_kit import kernel
from engine_kit.serve import main

from media_jobs.errors import SettingError
from translator.engine import translate_program
from translator.settings import translating_from

if __name__ == "__main__":
    try:
        settings = translating_from(os.environ)
    except SettingError as error:
        print(f"translator can't start: {error.message}", file=sys.stderr)
        sys.exit(2)
    # Nothing that this program starts is to find it.
    kernel.forget_variable("TRANSLATOR_KEY")
    sys.exit(main(translate_program(settings)))
