"""How the system is: health, alerts, diagnostics, usage."""
