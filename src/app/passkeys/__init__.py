"""Passkeys: what people sign in with."""
