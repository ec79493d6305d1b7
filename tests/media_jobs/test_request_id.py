"""Which id a request has: its caller's if that is well-formed, else a fresh one."""

import pytest

from media_jobs.request_id import is_request_id, request_id_header, request_id_of, with_fields

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def chosen(**headers: str) -> str:
    """Return the id of a request with these headers; the fresh one is `fresh`."""
    return request_id_of(lambda name: headers.get(name.replace("-", "_")), lambda: "fresh")


@pytest.mark.parametrize(
    "given", ["order-42", "8f1c2d3e4a5b6c7d-AMS", "1-5759e988.bd862e3f_e1be46a9", "a" * 64]
)
def test_a_well_formed_id_of_the_caller_is_kept(given: str) -> None:
    assert chosen(x_request_id=given) == given


HOSTILE = [
    "",
    "short-7",
    "a" * 65,
    "a" * 100_000,
    "good-id-\nevil: line",
    "good-id-1\n",
    "good id 12",
    "gøød-id-12",
    "١٢٣٤٥٦٧٨",
    '"},{"event":"x',
    "<script>alert(1)</script>",
    "%0d%0aset-cookie",
]


@pytest.mark.parametrize("given", HOSTILE)
def test_an_id_that_is_none_is_replaced(given: str) -> None:
    assert not is_request_id(given)
    assert chosen(x_request_id=given) == "fresh"


def test_the_trace_of_a_caller_that_traces_is_its_id() -> None:
    assert chosen(traceparent=PARENT) == TRACE
    assert chosen(traceparent=f"cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later") == TRACE
    assert chosen(traceparent=PARENT, x_request_id="not good") == TRACE
    assert chosen(traceparent=PARENT, x_request_id="order-42") == "order-42"


@pytest.mark.parametrize(
    "given",
    [
        PARENT.upper(),
        PARENT.replace(TRACE, "0" * 32),
        PARENT[:-1],
        f"{PARENT}\n",
        f"00-{TRACE}é-00f067aa0ba902b7-01",
    ],
)
def test_a_trace_that_is_none_is_replaced(given: str) -> None:
    assert chosen(traceparent=given) == "fresh"


def test_calls_that_follow_from_an_unknown_request_name_none() -> None:
    assert request_id_header("order-42") == {"x-request-id": "order-42"}
    assert request_id_header("") == {}


def test_a_record_s_own_fields_stand_above_those_that_are_added() -> None:
    logged: list[dict[str, object]] = []

    log = with_fields(logged.append, {"service": "app", "requestId": "order-42"})
    log({"event": "swept"})
    with_fields(log, {"requestId": "order-43"})({"event": "checked"})
    with_fields(logged.append, {"requestId": ""})({"event": "plain"})

    assert logged == [
        {"service": "app", "requestId": "order-42", "event": "swept"},
        {"service": "app", "requestId": "order-43", "event": "checked"},
        {"event": "plain"},
    ]
