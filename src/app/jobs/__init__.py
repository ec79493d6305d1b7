"""Jobs, from their acceptance to their end."""
