import pytest

from media_jobs.http import Request, json_reply


def request(query: str = "") -> Request:
    async def read(limit: int) -> bytes:
        return b""

    return Request(
        method="GET", path="/jobs/job_1", query=query, header=lambda name: None, read=read
    )


def test_a_target_is_path_and_query_as_they_came() -> None:
    assert request().target == "/jobs/job_1"
    assert request("ts=1&a=%2F").target == "/jobs/job_1?ts=1&a=%2F"


def test_parameters_are_decoded_and_the_last_of_a_repeated_one_counts() -> None:
    params = request("a=1&a=2&b=&c=%20%2B+&d").params()

    assert params == {"a": "2", "b": "", "c": " + ", "d": ""}


def test_json_is_compact_readable_and_never_nan() -> None:
    reply = json_reply({"a": "é"}, 201, {"x-y": "z"})

    assert (reply.status, reply.body) == (201, '{"a":"é"}')
    assert reply.headers == {"content-type": "application/json; charset=utf-8", "x-y": "z"}
    with pytest.raises(ValueError, match="JSON"):
        json_reply({"a": float("nan")})
