"""What is kept of a job that its Durable Object has forgotten."""

from pydantic import BaseModel, ConfigDict

from media_jobs.wire import OutputObject


class Archived(BaseModel):
    """What is needed of the archived status of such a job."""

    model_config = ConfigDict(defer_build=True)

    status: str
    generation: int = 1
    outputs: dict[str, OutputObject] = {}
