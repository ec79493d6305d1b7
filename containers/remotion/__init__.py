"""The remotion container: a video of comments beside its source. `python -m remotion` starts it.

The name is the deployment's; no browser and no JavaScript is involved. Pillow draws each card once,
as a picture, and FFmpeg moves the pictures over the source.
"""
