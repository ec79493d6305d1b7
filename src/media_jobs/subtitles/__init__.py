"""Subtitle files, read in the same way by the app, the burner and the downloader.

`public/js/vtt.js` reads them alike; both are held to `tests/vectors/subtitles`. Nothing is imported
here: the app takes the kinds alone, and the rest when a file comes.
"""
