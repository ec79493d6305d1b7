"""The API as a whole: its route table, its description (OpenAPI), its reference page."""
