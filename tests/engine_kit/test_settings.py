"""A container that is told too little does not start."""

import pytest
from engine_kit.addresses import is_own
from engine_kit.settings import default_pieces, read_settings

from media_jobs.errors import SettingError

WHOLE = {
    "JOB_CALLBACK_HMAC_SECRET": "new,old",
    "PORT": "8081",
    "CAPACITY": "3",
    "WORK_DIR": "/work",
    "DISK_FREE_BYTES_MIN": "7",
    "IMAGEIO_FFMPEG_EXE": "/bin/sh",
}


def test_all_settings_are_read() -> None:
    settings = read_settings(WHOLE)

    assert settings.secrets == ("new", "old")
    assert (settings.port, settings.capacity, str(settings.work_dir)) == (8081, 3, "/work")
    assert settings.disk_free_bytes_min == 7
    assert "new" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOB_CALLBACK_HMAC_SECRET", ""),
        ("JOB_CALLBACK_HMAC_SECRET", " , "),
        ("PORT", "http"),
        ("PORT", "65536"),
        ("CAPACITY", "0"),
        ("DISK_FREE_BYTES_MIN", "-1"),
        ("DRAIN_SECONDS", "1h"),
        ("BURN_PIECES", "0"),
        ("HARDWARE_ENCODERS", "h264_nvenc,h264"),
        ("COST_WEIGHT", "cheap"),
        ("COST_WEIGHT", "-7"),
        ("COST_WEIGHT", "nan"),
        ("IMAGEIO_FFMPEG_EXE", "/nonexistent"),
    ],
)
def test_a_missing_or_malformed_setting_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings(WHOLE | {name: value})

    assert caught.value.setting == name
    assert not value.strip() or value not in caught.value.message


def test_a_film_is_burned_in_pieces_where_an_attempt_has_eight_processors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 16)

    assert [default_pieces(capacity) for capacity in (1, 2, 4, 8)] == [4, 2, 1, 1]
    assert read_settings(WHOLE).pieces == 1
    assert read_settings(WHOLE | {"CAPACITY": "1"}).pieces == 4
    assert read_settings(WHOLE | {"BURN_PIECES": "3"}).pieces == 3


@pytest.mark.parametrize(
    ("host", "loopback"), [(None, False), ("::", False), ("127.0.0.1", True), ("::1", True)]
)
def test_a_container_that_only_this_machine_reaches_reaches_this_machine(
    host: str | None, loopback: bool
) -> None:
    given = {"OWN_NETWORKS": "10.0.0.0/8"} | ({} if host is None else {"HOST": host})

    found = read_settings(WHOLE | given).own_networks

    assert is_own("127.0.0.1", found) == is_own("::1", found) == loopback
    assert is_own("10.1.2.3", found)
