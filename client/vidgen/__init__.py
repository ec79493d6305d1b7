"""Jobs on media: a typed client of the app's API, and the `vidgen` command.

with Client("https://jobs.example.com", token) as client:
    job = client.burn(Path("talk.mp4"), Path("talk.vtt"), {"preset": "bold"})
    client.wait(job.job_id)
    client.save(job.job_id, "video", Path("burned.mp4"))
"""

from vidgen.async_client import AsyncClient
from vidgen.client import Client
from vidgen.flows import Progress
from vidgen.models import (
    Artifact,
    BatchItem,
    BulkItem,
    Event,
    Input,
    Job,
    Media,
    MemoryPair,
    NewJob,
    Notice,
    Preset,
    Receipt,
    ReceiptKey,
    Session,
    ShownToken,
    Subtitles,
    Term,
    Token,
    Why,
)
from vidgen.options import (
    BurnOptions,
    CommentsOptions,
    DownloadOptions,
    TranscribeOptions,
    TranslateOptions,
)
from vidgen.recipe_models import Parameter, Recipe, ReviewTrack, Run, RunJob, RunReview
from vidgen.subscription_models import EntryCounts, Subscription, SubscriptionEntry
from vidgen.usage import Usage
from vidgen.webhook_models import Delivery, Webhook, WebhookSecret

__all__ = [
    "Artifact",
    "AsyncClient",
    "BatchItem",
    "BulkItem",
    "BurnOptions",
    "Client",
    "CommentsOptions",
    "Delivery",
    "DownloadOptions",
    "EntryCounts",
    "Event",
    "Input",
    "Job",
    "Media",
    "MemoryPair",
    "NewJob",
    "Notice",
    "Parameter",
    "Preset",
    "Progress",
    "Receipt",
    "ReceiptKey",
    "Recipe",
    "ReviewTrack",
    "Run",
    "RunJob",
    "RunReview",
    "Session",
    "ShownToken",
    "Subscription",
    "SubscriptionEntry",
    "Subtitles",
    "Term",
    "Token",
    "TranscribeOptions",
    "TranslateOptions",
    "Usage",
    "Webhook",
    "WebhookSecret",
    "Why",
]
