"""The media-orchestrator's use cases: one job's life, over ports."""
