"""What the API shows of the engines: the parts of the declarations that callers need."""

from media_jobs.engines import ENGINES, Engine


def engine_documents() -> list[dict[str, object]]:
    """Return what the API shows of every engine."""
    return [_document(engine) for engine in ENGINES.values()]


def _document(engine: Engine) -> dict[str, object]:
    return {
        "engine": engine.id,
        "name": engine.name,
        "icon": engine.icon,
        "words": {
            language: {"title": words.title, "running": words.running}
            for language, words in engine.words.items()
        },
        "modes": list(engine.modes),
        "inputs": [slot.name for slot in engine.inputs if slot.required],
        "optionalInputs": [
            slot.name for slot in engine.inputs if not slot.required and not slot.of_job
        ],
        "outputs": [
            {
                "slot": slot.name,
                "contentType": slot.content_type,
                "required": slot.required,
                "becomes": slot.becomes,
            }
            for slot in engine.outputs
        ],
        "mediaRequired": engine.media_from is None,
    }
