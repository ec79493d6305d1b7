"""The translating engine: cues of one language in, the same cues in another out."""
