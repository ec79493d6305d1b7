"""The rules of media jobs: pure, without I/O, clock, randomness or environment."""

__version__ = "0.7.0"
