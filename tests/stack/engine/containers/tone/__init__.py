"""The container of the tests' engine."""
