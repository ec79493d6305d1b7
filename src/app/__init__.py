"""The app Worker's use cases: tokens, media, jobs and callbacks, over ports."""
