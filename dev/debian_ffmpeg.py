"""`python -m dev.debian_ffmpeg` gets the FFmpeg of the images, Debian 13's, into a folder of its
own, where apt and root are: the engines' tests run with it too.

apt works there with lists, caches and a record of packages of its own, so that nothing of this
system changes. The mirror is the one that this system's own packages come from. The programs run
by the loader of that Debian, with its libraries.
"""

import platform
import shutil
import subprocess
from pathlib import Path

from dev import debian
from dev.installation import ROOT

SUITE = "trixie"
FOLDER = ROOT / "build/debian-ffmpeg"
FFMPEG = FOLDER / "bin/ffmpeg"
_PROGRAMS = ("ffmpeg", "ffprobe")
_STAMP = ROOT / "build/debian-ffmpeg.stamp"
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"


def why_not() -> str | None:
    """Say why the program is not there; None when it is."""
    if FFMPEG.is_file():
        return None
    if not debian.can_install():
        return "Debian 13's FFmpeg needs apt and root"
    if _mirror() is None:
        return "apt does not get this system's packages from Debian"
    return "Debian 13's FFmpeg could not be fetched (make build/debian-ffmpeg.stamp)"


def fetch() -> None:
    """Get the program into FOLDER where that can be done; raise CalledProcessError if apt fails."""
    mirror = _mirror() if debian.can_install() else None
    if mirror is None:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    apt = FOLDER / "apt"
    for name in ("state/lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True)
    (apt / "state/status").touch()
    (apt / "sources.list").write_text(f"deb [signed-by={_KEYS}] {mirror} {SUITE} main\n")
    _apt_get(apt, "update")
    _apt_get(apt, "install", "--download-only", "--no-install-recommends", "ffmpeg")
    tree = FOLDER / "tree"
    for package in sorted(apt.glob("cache/archives/*.deb")):
        subprocess.run(["dpkg-deb", "--extract", package, tree], check=True)
    shutil.rmtree(apt)
    shutil.rmtree(tree / "usr/share")
    _write_programs(tree)


def _mirror() -> str | None:
    """Return where this system gets its Debian from; None when that is no Debian."""
    system = platform.freedesktop_os_release()
    if system.get("ID") != "debian":
        return None
    wanted = f" {system.get('VERSION_CODENAME')} main"
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = (line.removesuffix(wanted) for line in listed.splitlines() if line.endswith(wanted))
    return next(found, None)


def _apt_get(folder: Path, *arguments: str) -> None:
    own = {
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "state/status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        # Its user for downloads may not write into this folder.
        "APT::Sandbox::User": "root",
    }
    options = [part for name, value in own.items() for part in ("-o", f"{name}={value}")]
    argv = ["apt-get", "--quiet", "--yes", *options, *arguments]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def _write_programs(tree: Path) -> None:
    """Write programs that run those of *tree* with the loader and the libraries of *tree*."""
    loader = next(path for path in tree.glob("usr/lib*/**/ld-linux*.so.*") if path.is_file())
    # Some lie in folders that a package's installation would have pointed to.
    found = sorted(tree.glob("usr/lib/**/lib*.so*"))
    libraries = ":".join(dict.fromkeys(str(path.parent) for path in found))
    FFMPEG.parent.mkdir()
    for name in _PROGRAMS:
        program = FFMPEG.with_name(name)
        program.write_text(
            "#!/bin/sh\n"
            f"exec '{loader}' --library-path '{libraries}' '{tree}/usr/bin/{name}' \"$@\"\n"
        )
        program.chmod(0o755)


def main() -> None:
    """Fetch it, or say why not."""
    if not FFMPEG.is_file():
        print("setup: Debian 13's FFmpeg", flush=True)
        try:
            fetch()
        except subprocess.CalledProcessError as error:
            print(f"setup: apt-get failed ({error.returncode})", flush=True)
    reason = why_not()
    if reason is None:
        _STAMP.touch()
    else:
        print(f"setup: {reason}: the tests with it are skipped.")


if __name__ == "__main__":
    main()
