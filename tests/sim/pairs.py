"""Which events meet a job in which status, and where that is shown."""

# Which events meet a job in which status. x: met in struck lives (test_lives). o: met in each run
# of the sources' own seeds (test_sim). h: driven, by an answer held back (held.py). -: cannot be:
# an alarm's effects are done one after the other (held.never), a record is made together with its
# submission, and the clock of what has ended is not asked.
PAIRS = """
                  submit grant answer defer refuse report verify reject cancel tick
queued            x      x     x      x     x      x      h      h      x      x
fetching_metadata -      h     h      h     h      x      -      -      x      x
preparing         -      h     h      h     h      x      -      -      x      x
running           -      h     h      h     h      x      -      -      x      x
uploading         -      h     h      h     h      x      x      x      x      x
completed         -      -     -      -     -      o      -      -      x      -
failed            -      h     h      h     h      o      h      h      x      -
canceled          -      x     h      h     h      x      x      h      x      -
"""
EVENT_NAMES = {
    "submit": "Submitted",
    "grant": "SlotGranted",
    "answer": "StartAnswered",
    "defer": "StartDeferred",
    "refuse": "StartRefused",
    "report": "Reported",
    "verify": "OutputsVerified",
    "reject": "OutputsRejected",
    "cancel": "CancelRequested",
    "tick": "ClockTicked",
}


def pairs(mark: str) -> set[tuple[str, str]]:
    """Return the pairs of status and event that have *mark*."""
    head, *rows = PAIRS.strip().splitlines()
    names = [EVENT_NAMES[name] for name in head.split()]
    marked = set()
    for row in rows:
        status, *marks = row.split()
        marked |= {(status, name) for name, it in zip(names, marks, strict=True) if it == mark}
    return marked
