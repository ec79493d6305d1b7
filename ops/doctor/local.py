"""What is wrong with this clone and this machine: tools, configs, locks, placeholders, fonts."""

from __future__ import annotations

from collections.abc import Iterator

import imageio_ffmpeg  # type: ignore[import-untyped]  # It ships no types.
from engine_kit.fonts import font_files, font_folders
from vidgen.errors import ConfigurationError

from dev.check.configs import config_faults
from dev.check.faults import CheckError
from dev.check.locks import npm_lock_faults, requirement_faults, vendored_faults
from dev.installation import NotInstalled, check_installation, node_path
from ops.account import differences
from ops.doctor.findings import Finding, finding
from ops.project import Project

FILTERS = ("ass", "drawbox", "overlay", "scale", "volume", "loudnorm", "tile")
"""What the burner's and the previews' plans are made of."""


def examine_clone(project: Project) -> list[Finding]:
    """Return what is wrong here; nothing outside this machine is asked."""
    found = [*_account(project), *_tools(project)]
    try:
        for checks in (config_faults, requirement_faults, npm_lock_faults, vendored_faults):
            for number, fault in enumerate(checks(project.root)):
                reason = f"{fault.where}: {fault.what}"
                suffix = f"{checks.__name__}.{number}"
                found.append(finding("config", suffix=suffix, reason=reason, command=fault.fix))
    except CheckError as error:
        found.append(finding("config", reason=str(error), command=error.fault.fix))
    return found


def _account(project: Project) -> Iterator[Finding]:
    try:
        account = project.account()
        if names := account.placeholders():
            yield finding("placeholder", names=", ".join(names))
    except ConfigurationError as error:
        yield finding("account", reason=str(error))
        return
    try:
        if differing := list(differences(account, project.root)):
            yield finding("config_differs", names=", ".join(differing))
    except ConfigurationError as error:
        command = "put that setting back, as in the release's own config; make ops ARGS=configure"
        yield finding("config", suffix="values", reason=str(error), command=command)


def _tools(project: Project) -> Iterator[Finding]:
    try:
        node_path()
        check_installation(project.root)
    except NotInstalled as error:
        yield finding("tool", suffix="node", reason=str(error))
    try:
        ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:
        yield finding("tool", suffix="ffmpeg", reason="FFmpeg was not found.")
        return
    if not font_files(font_folders()):
        yield finding("tool", suffix="fonts", reason="No fonts were found.")
    listed = {line.split()[1] for line in _filters(project, ffmpeg) if len(line.split()) > 2}
    if missing := [name for name in FILTERS if name not in listed]:
        reason = f"{ffmpeg} lacks the filters {', '.join(missing)}."
        yield finding("tool", suffix="ffmpeg", reason=reason)


def _filters(project: Project, ffmpeg: str) -> list[str]:
    return project.run([ffmpeg, "-hide_banner", "-filters"]).out.splitlines()
