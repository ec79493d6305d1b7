"""What is known of an engine's hosts, and which one gets a job."""

import pytest

from media_jobs.changed import changed
from media_jobs.errors import UpstreamError
from media_jobs.hosts import Fleet, HostState, host_id, missing, read_health

T0 = 1_790_000_000_000


@pytest.mark.parametrize(
    ("status", "text", "slots"),
    [
        (200, '{"capacity":4}', 4),
        (200, '{"ok":true}', 1),
        (200, '{"capacity":0}', 1),
        (200, '{"capacity":"x"}', 1),
        (200, "<html>", 1),
    ],
)
def test_a_container_has_the_slots_it_says_and_otherwise_one(
    status: int, text: str, slots: int
) -> None:
    assert read_health(status, text).slots == slots


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (502, '{"capacity":4}'),
        (429, "<html>"),
        (404, ""),
        (200, '{"ok":false,"capacity":4,"error":"reports_refused"}'),
    ],
)
def test_j18_a_container_behind_a_broken_gateway_or_whose_reports_are_refused_counts_as_down(
    status: int, text: str
) -> None:
    with pytest.raises(UpstreamError):
        read_health(status, text)


def test_a_host_says_what_it_can_do_and_what_it_costs() -> None:
    said = read_health(
        200,
        '{"ok":true,"version":"0.7.0","capacity":4,"draining":true,"region":"eu","costWeight":2.5,'
        '"encoders":["h264_nvenc","hevc_nvenc"],"models":["base"],"kit":"k1",'
        '"contract":2,"memoryBytes":8589934592,"gpus":["NVIDIA L4"]}',
    )

    assert said == HostState(
        capacity=4,
        draining=True,
        version="0.7.0",
        region="eu",
        weight=2.5,
        offers={
            "encoder": ("h264", "hevc"),
            "gpu": ("NVIDIA L4",),
            "model": ("base",),
            "kit": ("k1",),
        },
        amounts={"contract": 2, "memory": 8192},
    )


def test_of_what_a_stranger_says_nothing_else_is_believed() -> None:
    said = read_health(200, '{"version":7,"costWeight":"x","models":[1,"base"],"encoders":"all"}')

    assert said == HostState(
        capacity=1, offers={"model": ("", "base"), "kit": ("",)}, amounts={"contract": 0}
    )
    assert not said.has("kit:k1")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://burner.example", "burner.example"),
        ("https://Burner.example:8443/one/", "burner.example:8443/one"),
        ("https://user:secret@burner.example", "burner.example"),
        ("http://[::1]:8081", "[::1]:8081"),
    ],
)
def test_the_id_of_a_host_is_where_it_is_without_what_is_secret(url: str, shown: str) -> None:
    assert host_id(url) == shown


H264, BASE = ("encoder:h264",), ("model:base",)
TALL, NEWER = ("memory:4096",), ("contract:2",)
SMALL, LARGE = HostState(capacity=9, amounts={"memory": 2048}), {"memory": 4096}
OLDER, NEW = HostState(capacity=9, amounts={"contract": 1}), {"contract": 2}
PLACEMENTS: dict[str, tuple[dict[str, HostState], tuple[str, ...], tuple[str, ...], str | None]] = {
    "the largest free share": (
        {"a": HostState(capacity=2), "b": HostState(capacity=8)}, (), (), "b",
    ),
    "of equals the first": ({"b": HostState(capacity=3), "a": HostState(capacity=3)}, (), (), "b"),
    "the cheaper one": (
        {"a": HostState(capacity=2, weight=2), "b": HostState(capacity=2)}, (), (), "b",
    ),
    "what it needs before its share": (
        {
            "a": HostState(capacity=9, offers={"model": ("large",)}),
            "b": HostState(capacity=2, offers={"model": ("base",)}),
        },
        BASE, (), "b",
    ),
    "the only one whatever it says": (
        {"a": HostState(capacity=2, offers={"model": ()})}, BASE, (), "a",
    ),
    "one that does not say what it has": (
        {"a": HostState(capacity=2, offers={"model": ()}), "b": HostState(capacity=2)},
        BASE, (), "b",
    ),
    "what it wishes for before its share": (
        {
            "a": HostState(capacity=9, offers={"encoder": ()}),
            "b": HostState(capacity=2, offers={"encoder": ("h264",)}),
        },
        (), H264, "b",
    ),
    "a wish that none can grant": (
        {"a": HostState(capacity=2, offers={"encoder": ()})}, (), H264, "a",
    ),
    "one that failed last of all": (
        {"a": HostState(capacity=9, failing=True), "b": HostState(capacity=2)}, (), (), "b",
    ),
    "one that failed before none": (
        {"a": HostState(capacity=2, failing=True)}, (), (), "a",
    ),
    "none that is draining": ({"a": HostState(capacity=2, draining=True)}, (), (), None),
    "none that was not asked": ({"a": HostState()}, (), (), None),
    "none that is full": ({"a": HostState(capacity=1)}, (), (), None),
    "none that can't do it": (
        {
            "a": HostState(capacity=2, offers={"model": ("large",)}),
            "b": HostState(capacity=2, offers={"model": ()}),
        },
        BASE, (), None,
    ),
    "what has the memory before its share": (
        {"a": SMALL, "b": HostState(capacity=2, amounts=LARGE)}, TALL, (), "b",
    ),
    "none, while what has the memory is full or drains": (
        {"a": SMALL, "b": HostState(capacity=1, amounts=LARGE)}, TALL, (), None,
    ),
    "none, while another may have the memory": (
        {"a": SMALL, "b": HostState()}, TALL, (), None,
    ),
    "the one with most memory where none has enough": (
        {"a": SMALL, "b": HostState(capacity=2, amounts={"memory": 3000})}, TALL, (), "b",
    ),
    "another than what has the memory and is down": (
        {"a": SMALL, "b": HostState(failures=1, amounts=LARGE)}, TALL, (), "a",
    ),
    "what reads all of it before its share": (
        {"a": OLDER, "b": HostState(capacity=2, amounts=NEW)}, NEWER, (), "b",
    ),
    "none, while what reads all of it is down": (
        {"a": OLDER, "b": HostState(failures=9, amounts=NEW)}, NEWER, (), None,
    ),
    "none, while what may read all of it has not said so for less than a minute": (
        {"a": OLDER, "b": HostState(failures=5)}, NEWER, (), None,
    ),
    "what refuses it where none reads all of it": (
        {"a": OLDER, "b": HostState(failures=6)}, NEWER, (), "a",
    ),
    "memory only among what reads all of it": (
        {
            "a": HostState(capacity=9, amounts={"contract": 1, "memory": 9000}),
            "b": HostState(capacity=2, amounts={"contract": 2, "memory": 2048}),
        },
        (*TALL, *NEWER), (), "b",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACEMENTS)
def test_a_job_is_placed_on(case: str) -> None:
    """One slot of each host called *a* or *b* is held."""
    hosts, needs, wishes, chosen = PLACEMENTS[case]

    assert Fleet(hosts, dict.fromkeys(hosts, 1)).take(needs, wishes) == chosen


def test_a_slot_that_is_taken_is_not_free_for_the_next() -> None:
    fleet = Fleet({"a": HostState(capacity=1), "b": HostState(capacity=1)}, {})

    assert [fleet.take((), ()) for _ in range(3)] == ["a", "b", None]
    assert not fleet.has_room()


def test_a_slot_of_before_there_were_hosts_is_one_of_the_first() -> None:
    assert not Fleet({"a": HostState(capacity=1)}, {"": 1}).has_room()


def test_a_host_that_fails_comes_last_then_is_left_out_ever_longer_and_works_again() -> None:
    once = HostState(capacity=2).failed("a", T0)
    twice = once.failed("a", T0)
    thrice = twice.answered(HostState(capacity=2), T0).failed("a", T0)

    assert (once.standing, once.slots) == ("failing", 2)
    assert (twice.standing, twice.slots) == ("left_out", 0)
    assert T0 + 2_000 < twice.ask_ms < thrice.ask_ms <= T0 + 60_000
    back = thrice.answered(HostState(capacity=2), T0)
    assert (back.standing, back.failed_starts, back.worked().failed_starts) == ("ok", 3, 0)


def test_a_silent_host_is_asked_ever_less_often_until_it_answers() -> None:
    state, pauses = HostState(capacity=2), []
    for _ in range(8):
        state = state.silent("a", T0)
        pauses.append(state.ask_ms - T0)

    assert (state.standing, state.slots) == ("silent", 0)
    assert pauses[0] <= 2_000 < pauses[1] < pauses[2]
    assert pauses[-1] <= 60_000
    assert state.answered(HostState(capacity=2), T0).standing == "ok"


@pytest.mark.parametrize(
    ("offers", "needs", "lacking"),
    [
        ([("base",), ("large",)], ("model:base",), ()),
        ([("base",), ("large",)], ("model:huge",), ("model:huge",)),
        ([("base",), ("base",)], ("model:base", "model:huge"), ("model:huge",)),
        ([("base",), ("large",)], ("model:base", "model:large"), ("model:base", "model:large")),
        ([], ("model:base",), ()),
    ],
)
def test_what_no_host_can_do_is_named(
    offers: list[tuple[str, ...]], needs: tuple[str, ...], lacking: tuple[str, ...]
) -> None:
    hosts = {
        f"h{number}": HostState(capacity=1, offers={"model": models})
        for number, models in enumerate(offers)
    }

    assert missing({**hosts, "new": HostState()}, needs) == lacking
    assert missing(dict(list(hosts.items())[:1]), needs) == ()  # The only host says it itself.


def test_no_amount_is_said_to_be_missing() -> None:
    two = {"a": changed(SMALL, version="1"), "b": changed(SMALL, version="1")}

    assert missing(two, TALL) == ()
