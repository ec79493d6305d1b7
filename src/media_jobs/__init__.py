"""The rules of media jobs: pure, without I/O, clock, randomness or environment."""
