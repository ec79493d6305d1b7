"""What the result of a burn says of how it was made."""

from dataclasses import replace

from burner.plan import Burn
from burner.reading import TrackFile, read_text
from burner.report import burn_notices
from engine_kit.hardware import HardwareEncoder

from media_jobs.engines.burner.options import BurnOptions
from tests.engine_kit.streams import SOURCE, TIMELINE

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nHamburg\n"
NVENC = HardwareEncoder(name="h264_nvenc")


def told(asked: Burn, made: Burn) -> list[tuple[str, dict[str, object]]]:
    """Return the codes and facts of the notices of a burn."""
    text = read_text([TrackFile(data=VTT)], asked.options)
    return [(one.code, dict(one.facts)) for one in burn_notices(text, asked=asked, made=made)]


def test_an_encode_in_software_is_told_where_hardware_was_asked_for() -> None:
    fast = Burn(source=SOURCE, timeline=TIMELINE, options=BurnOptions())
    software = replace(fast, options=BurnOptions(speed="fastest"))
    hardware = replace(software, hardware=NVENC)

    assert told(fast, fast) == []
    assert told(hardware, hardware) == []
    assert told(software, software) == [("hardware_missing", {})]
    assert told(hardware, software) == [("hardware_failed", {"encoder": "h264_nvenc"})]
