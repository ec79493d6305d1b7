"""What waits, told to an autoscaler that has a token and can sign nothing."""

import json

import pytest

from media_jobs.engines import ENGINES
from media_jobs.http import Reply
from media_jobs.keyring import Keyring, Purpose
from tests.orchestrator.world import SECRET, World
from tests.platform.loop import run

TOKEN = Keyring((SECRET,)).tokens(Purpose.METRICS)[0]


def asked(target: str = "/metrics", authorization: str = f"Bearer {TOKEN}") -> Reply:
    return run(World().ask("GET", target, headers={"authorization": authorization}))


def test_waiting_jobs_are_counted_for_each_engine_whose_dispatcher_answers() -> None:
    reply = asked()

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = str(reply.body).splitlines()
    assert lines[:3] == [
        "# HELP media_jobs_waiting_jobs Jobs that wait for a slot.",
        "# TYPE media_jobs_waiting_jobs gauge",
        'media_jobs_waiting_jobs{engine="burner-ffmpeg"} 3',
    ]
    assert sum(line.startswith("media_jobs_waiting_jobs{") for line in lines) == len(ENGINES) - 1
    assert 'media_jobs_host_slots{engine="burner-ffmpeg",host="burner.example"} 4' in lines
    assert (
        'media_jobs_host_slots_in_use{engine="asr-pipeline",host="transcriber.example"} 1' in lines
    )
    assert "media-downloader" not in str(reply.body)


def test_one_engine_is_asked_alone() -> None:
    lines = str(asked("/metrics?engine=asr-pipeline").body).splitlines()

    assert [line for line in lines if line[0] != "#"] == [
        'media_jobs_waiting_jobs{engine="asr-pipeline"} 3',
        'media_jobs_host_slots{engine="asr-pipeline",host="transcriber.example"} 4',
        'media_jobs_host_slots_in_use{engine="asr-pipeline",host="transcriber.example"} 1',
        'media_jobs_host_info{engine="asr-pipeline",host="transcriber.example",state="ok",'
        'version="0.7.0",region="eu \\"west\\"",cost_weight="2.5",models="base",'
        'gpus="NVIDIA L4, NVIDIA T4"} 1',
    ]
    refused = asked("/metrics?engine=burner")
    assert refused.status == 400
    assert json.loads(str(refused.body))["details"]["errors"][0]["field"] == "engine"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", f"Basic {TOKEN}", f"Bearer {SECRET}", f"Bearer {TOKEN}é", TOKEN]
)
def test_without_the_token_there_is_nothing_to_see(authorization: str) -> None:
    reply = asked(authorization=authorization)

    assert (reply.status, json.loads(str(reply.body))) == (401, {"error": "unauthorized"})


def test_during_a_rotation_the_tokens_of_both_secrets_are_taken() -> None:
    world = World()
    world.env["JOB_CALLBACK_HMAC_SECRET"] = f"another-secret,{SECRET}"

    headers = {"authorization": f"bearer {TOKEN}"}
    assert run(world.ask("GET", "/metrics", headers=headers)).status == 200
