"""Who may call: tokens, sessions, presets."""
