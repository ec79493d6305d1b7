"""Live viewers, and the hub that sends them changes."""
