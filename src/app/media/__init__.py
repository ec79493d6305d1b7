"""Media: their videos, subtitles and comments, their uploads and their removal."""
