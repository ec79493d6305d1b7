"""A server of chat completions that behaves as servers do: well, and in every way that is wrong.

It translates a text into `«text»`, so that a translation in a wrong place is seen.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from dev.loopback import Handler, served

Fault = Literal[
    "none",
    "drop",
    "merge",
    "blank",
    "add",
    "double",
    "reorder",
    "text_ids",
    "no_texts",
    "half",
    "endless",
    "control",
    "bare_list",
    "fenced",
    "prose",
    "thought",
    "truncated",
    "empty",
    "no_choices",
    "busy",
    "broken",
    "cut_off",
    "stall",
]


def translated(text: str) -> str:
    """Return what this server makes of *text*."""
    return f"«{text}»"


@dataclass
class ModelServer:
    """*fault*: what is wrong with the answer to a request, by its number. *tokens_in*,
    *tokens_out*: what it has said in `usage`; *untold*: answers of which the end never left.
    """

    fault: Callable[[int], Fault] = lambda _number: "none"
    translate: Callable[[Mapping[str, Any]], str] = lambda cue: translated(cue["text"])
    refuses: Mapping[str, str] = field(default_factory=dict)
    retry_after: str = "0"
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    untold: int = 0
    url: str = ""
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests have come."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.asked) >= count, 30)

    def cues(self, number: int) -> list[dict[str, Any]]:
        """Return the cues of a request."""
        cues: list[dict[str, Any]] = _content(self.asked[number])["cues"]
        return cues


def _content(body: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(body["messages"][1]["content"])
    return content


class _Route(Handler):
    def __init__(self, server: ModelServer, *given: Any) -> None:
        self.model = server
        super().__init__(*given)

    def do_POST(self) -> None:
        body, model = json.loads(self.body()), self.model
        with model.came:
            model.asked.append(body)
            model.headers.append({name.lower(): value for name, value in self.headers.items()})
            number = len(model.asked) - 1
            model.came.notify_all()
        for name, words in model.refuses.items():
            if name in body:
                return self.answer(400, json.dumps({"error": {"message": words}}).encode())
        fault = model.fault(number)
        if fault == "busy":
            return self.answer(429, b"{}", {"retry-after": model.retry_after})
        if fault == "broken":
            return self.answer(503, b"<html>")
        if fault == "stall":
            with model.came:
                model.untold += 1
            self.rfile.read(1)
            self.close_connection = True
            return None
        answer = json.dumps(self._completion(body, fault)).encode()
        if fault == "cut_off":
            with model.came:
                model.untold += 1
            self.begin(200, len(answer))
            self.wfile.write(answer[: len(answer) // 2])
            self.close_connection = True
            return None
        return self.answer(200, answer, {"content-type": "application/json"})

    def _completion(self, body: Mapping[str, Any], fault: Fault) -> dict[str, Any]:
        text = _said(_content(body)["cues"], fault, self.model.translate)
        usage = {
            "prompt_tokens": sum(len(one["content"]) for one in body["messages"]) // 4,
            "completion_tokens": len(text) // 4,
        }
        if fault != "cut_off":
            with self.model.came:
                self.model.tokens_in += usage["prompt_tokens"]
                self.model.tokens_out += usage["completion_tokens"]
        reason = "length" if fault == "truncated" else "stop"
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": reason}
        return {"choices": [] if fault == "no_choices" else [choice], "usage": usage}


Cues = list[dict[str, Any]]
_NO_CUES: Mapping[Fault, str] = {"empty": "", "prose": "I am sorry, I can't help with that."}
_WRONG: Mapping[Fault, Callable[[Cues], Cues]] = {
    "drop": lambda made: made[:-1],
    "merge": lambda made: [{"id": made[0]["id"], "text": " ".join(one["text"] for one in made)}],
    "blank": lambda made: [{**made[0], "text": " \n"}, *made[1:]],
    "add": lambda made: [*made, {"id": max(one["id"] for one in made) + 1, "text": "and more"}],
    "double": lambda made: [*made, {**made[0], "text": "another"}],
    "reorder": lambda made: made[::-1],
    "text_ids": lambda made: [{**one, "id": str(one["id"])} for one in made],
    "half": lambda made: [*made[:-1], {**made[-1], "text": "\ud83d"}],
    "endless": lambda made: [{**made[0], "text": "again " * 900}, *made[1:]],
    "control": lambda made: [{**one, "text": f"\x00\n{one['text']}\x1b"} for one in made],
    "no_texts": lambda made: [*made[:-1], {**made[-1], "text": None}],
}


def _said(
    cues: list[dict[str, Any]], fault: Fault, translate: Callable[[Mapping[str, Any]], str]
) -> str:
    if fault in _NO_CUES:
        return _NO_CUES[fault]
    made: Cues = [{"id": cue["id"], "text": translate(cue)} for cue in cues]
    if fault in _WRONG:
        made = _WRONG[fault](made)
    before = "<think>{1: maybe}</think>" if fault == "thought" else ""
    text = before + json.dumps(made if fault == "bare_list" else {"cues": made})
    if fault == "truncated":
        return text[: len(text) // 2]
    return f"Sure!\n```json\n{text}\n```" if fault == "fenced" else text


@contextmanager
def model_server(**given: Any) -> Iterator[ModelServer]:
    """Serve on a free port of loopback."""
    server = ModelServer(**given)
    with served(partial(_Route, server)) as origin:
        server.url = f"{origin}/v1"
        yield server
