"""Never found: what is vendored, or of the standard library, goes before it."""

raise ImportError("an own module took the place of another")
