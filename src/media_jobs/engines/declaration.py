"""What the declaration of an engine says; everything else of the project reads it there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from media_jobs.limits import JobLimits
from media_jobs.status import Status

if TYPE_CHECKING:
    from media_jobs.earlier_options import EarlierOptions

__all__ = [
    "CONTRACT",
    "EARLIER_CONTRACT",
    "CheckpointSlot",
    "Engine",
    "InputSlot",
    "Limits",
    "Origin",
    "OutputSlot",
    "Setting",
    "Words",
    "its_model",
]

Origin = Literal["upload", "site", "transcript", "translation", "edit"]
"""Where a version of subtitles comes from."""

CONTRACT = 2
"""What our containers say in `/health`. Since 2 they read inputs that not every job has."""

EARLIER_CONTRACT = 0
"""That of the earlier system's containers, which say neither a contract nor a capacity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSlot:
    """An object the engine reads: its name in manifests and errors, its field in `/render`.

    *required*: every job has it. *modes*: those of the engine whose jobs have it, if not all do.
    *another_of*: the slot of whose inputs it takes another version; a job that has it names both.
    *contract*: the first of a container that reads it; an older one would do without it, and
    nobody would know. *of_job*: the app writes it for each job that has something in it; nobody
    names one, and no version of a media fits it.
    """

    name: str
    url_field: str
    required: bool = True
    modes: frozenset[str] = frozenset()
    another_of: str | None = None
    contract: int = 1
    of_job: bool = False

    @property
    def takes(self) -> str:
        """The kind of input of a media that fits it."""
        return self.another_of or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSlot:
    """An object the engine writes; *required* ones must exist before a job is completed.

    *put*: the field of `/render` with the URL to PUT it to, if that is not named after the slot.
    *also_key*: another field of `/render` with its key, for containers of the earlier system.
    *becomes*: the input slot of which it is a new version of the media, if any; of subtitles,
    *origin* says where they come from, and *made_of* the input slot whose version is their parent.
    """

    name: str
    file_name: str
    content_type: str
    put: str | None = None
    also_key: str | None = None
    required: bool = True
    becomes: str | None = None
    origin: Origin | None = None
    made_of: str | None = None

    @property
    def put_field(self) -> str:
        """The field of `/render` with the URL to PUT it to."""
        return self.put or f"output{self.name[0].upper()}{self.name[1:]}PutUrl"

    @property
    def key_field(self) -> str:
        """The field of `/render` with its key."""
        return f"output{self.name[0].upper()}{self.name[1:]}Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointSlot:
    """What an attempt keeps for the next one of its job: never an output, gone with the job's end.

    *size_bytes_max*: a larger one is neither stored nor read.
    """

    size_bytes_max: int
    content_type: str = "application/octet-stream"
    put_field: str = "checkpointPutUrl"
    get_field: str = "checkpointGetUrl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each clock of a job may run, and how often it is attempted.

    queue_s: waiting for a slot of a full container. start_s: from the first start call of an
    attempt to the container's answer. heartbeat_s: between two reports. no_progress_s: reports
    that bring nothing new. total_s: one attempt as a whole.
    """

    queue_s: int
    start_s: int
    heartbeat_s: int
    no_progress_s: int
    total_s: int
    max_attempts: int

    def within(self, wanted: JobLimits) -> "Limits":
        """Return these limits with what a job wants otherwise."""
        return replace(self, **wanted.model_dump(exclude_none=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The names of an engine and of its running jobs, for people."""

    title: str
    running: str


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of one engine's container: its variable, and the lines above it in `.env.example`.

    One without such lines belongs to the one before.
    """

    name: str
    about: str = ""


def nothing(options: Mapping[str, object]) -> tuple[str, ...]:
    """Return that jobs with these options need nothing that not every host has."""
    return ()


def its_model(options: Mapping[str, object]) -> tuple[str, ...]:
    """Return the model that a job asks for, as a need."""
    return (f"model:{options['model']}",) if options.get("model") else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine's fixed facts.

    *id* is its name on the wire, *name* that of its container's package, service and account value.
    *words* by language (`en`, `zh`), *icon* one of the page's. *port*: in the local stack.
    *base_url_setting*: the orchestrator's var that holds its container's address.
    *folder*: of the media's folder, where its outputs are. *first_status* is what a job is once its
    container has it. *modes*: the outputs without which a job of that mode is not completed; a mode
    that is not there promises the required ones. *options* returns the model of its options; called
    and not held, because a pydantic model is slow to make and the orchestrator needs none.
    *file_word*: what it does, in the names of files that are saved (`talk.burned.mp4`); nothing
    where the file's kind says it. *media_from*: the option whose URL a new media is made of when a
    job names no media.
    *secret_options* belong to one job and are stored nowhere else. *settings*: the variables that
    its container reads beside those of every container. *debian*: packages that its image has of
    Debian beside those of every image. *checkpoint*: what its attempts keep for the next one, if
    they do. *in_pieces*: several hosts may make one job's output (`media_jobs.pieces`). *earlier*
    returns what its options are called in the earlier system, if it is there.
    *memory_4k_mib*: what its host needs for a source of 4K; 0: nobody asks.
    *needs* and *wishes* return what a job with such options needs of its host, and what it had
    better have, where a host may lack it (`media_jobs.hosts`).
    """

    id: str
    name: str
    words: Mapping[str, Words]
    icon: str
    port: int
    base_url_setting: str
    folder: str
    first_status: Status
    inputs: tuple[InputSlot, ...]
    outputs: tuple[OutputSlot, ...]
    limits: Limits
    options: Callable[[], type[BaseModel]]
    modes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    file_word: str = ""
    media_from: str | None = None
    secret_options: frozenset[str] = frozenset()
    settings: tuple[Setting, ...] = ()
    debian: tuple[str, ...] = ()
    checkpoint: CheckpointSlot | None = None
    in_pieces: bool = False
    earlier: "Callable[[], EarlierOptions] | None" = None
    memory_4k_mib: int = 0
    needs: Callable[[Mapping[str, object]], tuple[str, ...]] = nothing
    wishes: Callable[[Mapping[str, object]], tuple[str, ...]] = nothing

    def output(self, name: str) -> OutputSlot | None:
        """Return the output slot called *name*."""
        return next((slot for slot in self.outputs if slot.name == name), None)

    def inputs_of(self, options: Mapping[str, object]) -> tuple[InputSlot, ...]:
        """Return the inputs that a job with these *options* has, or may have."""
        mode = options.get("mode")
        return tuple(slot for slot in self.inputs if not slot.modes or mode in slot.modes)

    def required_outputs(self, options: Mapping[str, object]) -> frozenset[str]:
        """Return the outputs without which a job with these *options* is not completed."""
        mode = options.get("mode")
        if isinstance(mode, str) and mode in self.modes:
            return self.modes[mode]
        return frozenset(slot.name for slot in self.outputs if slot.required)
