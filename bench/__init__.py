"""CPU per request of both Workers on the local stack; see docs/benchmarks.md."""
