"""The Durable Object of one engine's dispatcher: who gets the next slot of its container."""
