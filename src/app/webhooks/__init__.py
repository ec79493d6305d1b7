"""Registered webhook endpoints, the messages to them, and their delivery."""
