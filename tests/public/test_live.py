"""The live connection of the page, with a socket that the test plays."""

from typing import Any

import pytest

from tests.public.javascript import evaluate

pytestmark = pytest.mark.programs


PLAY = """await (async () => {
  const sockets = [], beats = [], timers = [], jobs = [], media = [];
  let clock = 0;
  globalThis.setInterval = (beat) => beats.push(beat);
  globalThis.clearInterval = () => beats.pop();
  globalThis.setTimeout = (run) => timers.push(run);
  const live = m.connectLive({
    onJob: (job) => jobs.push([job.jobId, job.eventSeq]),
    onMedia: (mediaId) => media.push(mediaId),
    onState: () => {},
    now: () => clock,
    open: () => {
      const sent = [];
      sockets.push({ readyState: 0, sent, send: (text) => sent.push(text) });
      return sockets.at(-1);
    },
  });
  const up = () => { sockets.at(-1).readyState = 1; sockets.at(-1).onopen(); };
  const tell = (jobId, eventSeq) => sockets.at(-1).onmessage({
    data: JSON.stringify({ type: "job", jobId, eventSeq }) });
  const beat = (ms) => { clock += ms; beats.at(-1)(); };
  %s
  return { jobs, media, sent: sockets.map(({ sent }) => sent) };
})()"""


def play(script: str) -> Any:
    return evaluate("live.js", PLAY % script)


def test_after_a_break_it_names_the_last_event_that_it_saw() -> None:
    seen = play("""
      live.subscribe("a"); up(); tell("a", 7);
      sockets[0].onclose(); timers.pop()(); up();""")

    assert seen["sent"] == [
        ['{"type":"subscribe","jobs":{"a":-1}}'],
        ['{"type":"subscribe","jobs":{"a":7}}'],
    ]


def test_a_job_that_nothing_was_heard_of_for_a_minute_is_asked_for_again() -> None:
    seen = play("""
      live.subscribe("quiet"); live.subscribe("loud"); up();
      tell("quiet", 3); beat(30_000); tell("loud", 4); beat(30_000); beat(30_000);""")

    assert seen["sent"][0][1:] == [
        "ping",
        "ping",
        '{"type":"subscribe","jobs":{"quiet":3}}',
        "ping",
        '{"type":"subscribe","jobs":{"loud":4}}',
    ]


def test_what_is_older_than_what_was_shown_or_of_no_subscription_is_not_passed_on() -> None:
    seen = play("""
      live.subscribe("a"); up();
      tell("a", 5); tell("a", 4); tell("other", 9);
      live.unsubscribe("a"); tell("a", 6);""")

    assert seen["jobs"] == [["a", 5]]


def test_the_library_is_followed_and_asked_for_again_after_a_break() -> None:
    seen = play("""
      live.follow(true); up();
      sockets[0].onmessage({ data: JSON.stringify({ type: "media", mediaId: "med_1" }) });
      sockets[0].onclose(); timers.pop()(); up();
      live.follow(false);
      sockets[1].onmessage({ data: JSON.stringify({ type: "media", mediaId: "med_2" }) });""")

    # null: some may have changed while there was no connection.
    assert seen["media"] == ["med_1", None]
    assert seen["sent"] == [
        ['{"type":"subscribe-media"}'],
        ['{"type":"subscribe-media"}', '{"type":"unsubscribe-media"}'],
    ]
