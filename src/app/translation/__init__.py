"""What a workspace has settled for its translations: its glossary and its translation memory."""
