"""The burner: video and subtitles in, one MP4 with the subtitles drawn into its picture out."""
