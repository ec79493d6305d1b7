"""Live viewers and the hub that tells them of changes."""
