"""What a person does in the subtitle editor, as a script that knows what it leads to."""
