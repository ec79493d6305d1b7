"""The Durable Object of one job: its life, what its outbox does, and who may see and write what."""
