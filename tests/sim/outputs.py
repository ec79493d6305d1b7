"""The outputs of one simulated work: by presigned URLs, renewed when refused, large ones in parts.

What a container knows of the bucket are the URLs that it was given. One that is refused has
expired: it asks for fresh ones and goes on where it stopped, as it does for the parts that it
lacks. Containers of the earlier system know neither.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sim.network import Answer

MIB = 1024 * 1024
LARGE = 129 * MIB
ASK_MS = 5_000
ASKS_MAX = 12
"""How often in a row a work asks for URLs before it gives up."""

SLOTS = {
    "burner-ffmpeg": (("video", "outputVideoKey", "outputPutUrl", True),),
    "renderer-remotion": (("video", "outputVideoKey", "outputPutUrl", True),),
    "media-downloader": (
        ("video", "outputVideoKey", "outputVideoPutUrl", True),
        ("audio", "outputAudioKey", "outputAudioPutUrl", False),
        ("audioSource", "outputAudioSourceKey", "outputAudioSourcePutUrl", False),
        ("metadata", "outputMetadataKey", "outputMetadataPutUrl", True),
    ),
    "asr-pipeline": (
        ("subtitles", "outputSubtitlesKey", "outputSubtitlesPutUrl", True),
        ("words", "outputWordsKey", "outputWordsPutUrl", True),
        ("metadata", "outputMetadataKey", "outputMetadataPutUrl", True),
    ),
}
"""Per engine: slot, the fields of `/render` with its key and its URL, whether it must be made."""


@dataclass
class _Output:
    """One output: what is claimed, and what is there of it. *parts*: ETags by number.

    *in_parts*: whether it is uploaded so; how large they are, the first answer says.
    """

    slot: str
    put_field: str
    key: str
    size_bytes: int
    made: bool
    claim: dict[str, Any]
    in_parts: bool = False
    part_bytes: int = 0
    there: bool = False
    parts: dict[int, str] = field(default_factory=dict)
    urls: dict[int, str] = field(default_factory=dict)

    @property
    def lacking(self) -> list[int]:
        """The parts that are not uploaded; the first one alone while their size is unknown."""
        count = -(-self.size_bytes // self.part_bytes) if self.part_bytes else 1
        return [n for n in range(1, count + 1) if n not in self.parts]


class Outputs:
    """Uploads what *work* has made, and then calls *done* with the claims, or with None."""

    def __init__(self, work: Any, done: Callable[[dict[str, Any] | None], None]) -> None:
        self._work = work
        self._done = done
        self._asked = 0
        self._wanted: dict[str, Any] = {}
        self._outputs = self._planned()

    def _planned(self) -> list[_Output]:
        """Return what is to be uploaded. A lie: not at all, empty, too large, under another key."""
        work, planned = self._work, []
        lie = work.world.faults.between(0, 3) if work.fate == "lies" else None
        for number, (slot, key_field, put_field, required) in enumerate(
            SLOTS[work.message["engine"]]
        ):
            if not required and work.attempt % 2:
                continue
            if slot == "subtitles" and work.world.random.silent():
                continue
            key = work.message[key_field]
            size = 1000 + work.attempt * 10 + number + (LARGE if work.large and not number else 0)
            claim = {"key": f"{key}.other" if lie == 3 else key, "sizeBytes": size}
            put = 0 if lie == 1 else size + (lie == 2)
            made = not (lie == 0 and number == 0)
            output = _Output(slot, put_field, key, put, made, claim)
            output.in_parts = not work.host.old and put > work.message["inPartsAbove"]
            planned.append(output)
        return planned

    def go_on(self) -> None:
        """Upload what is not there yet, as far as the URLs go."""
        work = self._work
        if work.over:
            return
        for output in self._outputs:
            if not output.made or output.there:
                continue
            if not (self._put_parts(output) if output.in_parts else self._put(output)):
                return
            output.there = True
        self._done({output.slot: output.claim for output in self._outputs})

    # --- PUTs -----------------------------------------------------------------------------------

    def _put(self, output: _Output) -> bool:
        work = self._work
        url, size = work.message[output.put_field], output.size_bytes
        if work.world.bucket.expired(url):
            work.trace(f"PUT {output.key} is refused: the URL has expired")
            self._ask({})
            return False
        work.trace(f"PUT {output.key}")
        self._later(work.world.bucket.put_output, work, url, output.key, size)
        return True

    def _later(self, put: Callable[..., None], *args: Any) -> None:
        """Upload. It may reach the bucket much later, whatever became of the process."""
        faults = self._work.world.faults
        if faults.hit("put late"):
            self._work.host.kernel.at(faults.between(100, 600_000), put, *args)
        else:
            put(*args)

    def _put_parts(self, output: _Output) -> bool:
        bucket, faults = self._work.world.bucket, self._work.world.faults
        for number in output.lacking:
            url = output.urls.pop(number, None)
            if url is None or bucket.expired(url) or faults.hit("part lost"):
                continue
            rest = output.size_bytes - (number - 1) * output.part_bytes
            etag = bucket.put_part_at(url, number, min(output.part_bytes, rest))
            if etag is None:
                self._done(None)  # The upload was dropped: nobody wants it any more.
                return False
            output.parts[number] = etag
        if output.lacking:
            wanted = {"slot": output.slot, "sizeBytes": output.size_bytes}
            self._ask({"upload": {**wanted, "partNumbers": output.lacking}})
            return False
        output.claim["partEtags"] = [output.parts[number] for number in sorted(output.parts)]
        return True

    # --- fresh URLs -----------------------------------------------------------------------------

    def ask_again(self) -> None:
        """Ask once more for what was asked last, as a repeated request does."""
        self._ask(self._wanted)

    def _ask(self, wanted: dict[str, Any]) -> None:
        work, host = self._work, self._work.host
        self._asked, self._wanted = self._asked + 1, wanted
        if host.old or self._asked > ASKS_MAX:
            self._done(None)
            return
        epoch = host.epoch
        work.world.network.send(
            host,
            "POST",
            work.message["urlsUrl"],
            json.dumps(wanted).encode(),
            {},
            ASK_MS,
            lambda answer: host.soon(0, epoch, lambda: self._answered(answer, wanted)),
            lambda: host.soon(0, epoch, lambda: self._again(wanted)),
        )

    def _answered(self, answer: Answer, wanted: dict[str, Any]) -> None:
        if self._work.over:
            return
        if answer.status == 410:
            self._work.trace("gets no URLs: fenced out")
            self._work.kill()
        elif answer.status == 200:
            self._asked = 0
            self._take(json.loads(answer.text))
            self.go_on()
        else:
            self._again(wanted)

    def _take(self, fresh: dict[str, Any]) -> None:
        upload = fresh.get("upload")
        if upload is None:
            self._work.message |= fresh
            return
        for output in self._outputs:
            if output.slot == upload["slot"]:
                output.part_bytes = upload["partBytes"]
                output.urls = {int(number): url for number, url in upload["parts"].items()}

    def _again(self, wanted: dict[str, Any]) -> None:
        host = self._work.host
        if not self._work.over:
            delay_ms = min(10_000, 500 << self._asked)
            host.soon(delay_ms, host.epoch, lambda: self._ask(wanted))
