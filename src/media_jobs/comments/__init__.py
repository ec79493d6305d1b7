"""The comments of a video, as people have them and as a comments video shows them."""

from media_jobs.comments.document import Comment, CommentedVideo, CommentsDocument

__all__ = ["Comment", "CommentedVideo", "CommentsDocument"]
