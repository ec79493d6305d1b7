import pytest

from media_jobs.http import json_reply
from tests.platform.request import request


def test_a_target_is_path_and_query_as_they_came() -> None:
    assert request("GET", "/jobs/job_1").target == "/jobs/job_1"
    assert request("GET", "/jobs/job_1?ts=1&a=%2F").target == "/jobs/job_1?ts=1&a=%2F"


def test_parameters_are_decoded_and_the_last_of_a_repeated_one_counts() -> None:
    params = request("GET", "/?a=1&a=2&b=&c=%20%2B+&d").params()

    assert params == {"a": "2", "b": "", "c": " + ", "d": ""}


def test_json_is_compact_readable_and_never_nan() -> None:
    reply = json_reply({"a": "é"}, 201, {"x-y": "z"})

    assert (reply.status, reply.body) == (201, '{"a":"é"}')
    assert reply.headers == {"content-type": "application/json; charset=utf-8", "x-y": "z"}
    with pytest.raises(ValueError, match="JSON"):
        json_reply({"a": float("nan")})
