"""What is in each image and each Worker: `python -m dev.sbom FOLDER` writes an SBOM of each.

CycloneDX 1.6 as JSON, made of the lock files, the Dockerfile and NOTICE, so that it needs neither a
build nor a network. Debian's packages have no version here: the Dockerfile pins the day of the
archive they come from. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from dev.check.locks import entries, pins
from dev.check.notice import licences
from dev.installation import ROOT
from media_jobs import __version__
from media_jobs.engines import ENGINES

IMAGES = tuple(engine.name for engine in ENGINES.values())
WORKERS = {"app": "vid-genius-start", "orchestrator": "media-orchestrator"}
PAGE_LIBRARY = "htm"
"""Of the app alone: public/vendor has a file of it."""
_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The document is about its sources and not about the moment at which it was written."""
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


def sboms(root: Path) -> dict[str, str]:
    """Return each SBOM by the name of its file."""
    images = {name: _document(root, name, ComponentType.CONTAINER) for name in IMAGES}
    workers = {name: _document(root, name, ComponentType.APPLICATION) for name in WORKERS}
    return {f"{name}.cdx.json": text for name, text in {**images, **workers}.items()}


def _document(root: Path, name: str, kind: ComponentType) -> str:
    is_image = kind is ComponentType.CONTAINER
    own = f"media-jobs-{name}" if is_image else WORKERS[name]
    parts = [*_python(root, name if is_image else "workers")]
    parts += _image(root, name) if is_image else _page(root) if name == "app" else ()
    bom = Bom(components=parts, serial_number=uuid5(NAMESPACE_URL, f"{own}@{__version__}"))
    bom.metadata.timestamp = _EPOCH
    bom.metadata.component = Component(
        name=own, version=__version__, type=kind, bom_ref=own, licenses=[_licence("MIT")]
    )
    bom.register_dependency(bom.metadata.component, parts)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _python(root: Path, lock: str) -> Iterator[Component]:
    known = licences(root)
    text = (root / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    # Where a package has one version for older Pythons and one for newer ones, the newest is last,
    # and an image has it.
    newest = {name: entry for entry in entries(text) for name in pins(entry)}
    for name, version in pins(text).items():
        entry = newest[name]
        yield _component(
            PackageURL("pypi", None, name, version),
            known[name],
            [Property(name="media-jobs:wheel", value=found) for found in _HASH.findall(entry)],
        )


def _image(root: Path, engine: str) -> Iterator[Component]:
    """Yield the base image and Debian's packages, as Dockerfile and declaration name them."""
    dockerfile = (root / "containers/Dockerfile").read_text(encoding="utf-8")
    values = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.MULTILINE))
    name, _, version = values["PYTHON_IMAGE"].partition(":")
    # A digest, once it is pinned, says more than the tag before it.
    version = version.rpartition("@")[2]
    yield Component(
        name=name,
        version=version,
        type=ComponentType.CONTAINER,
        bom_ref=values["PYTHON_IMAGE"],
        purl=PackageURL("docker", None, name, version),
    )
    installed = re.search(r"--no-install-recommends ([a-z0-9+. -]+)", dockerfile)
    assert installed is not None, "the Dockerfile installs no package"
    own = next(one.debian for one in ENGINES.values() if one.name == engine)
    for package in (*installed[1].split(), *own):
        day = Property(name="media-jobs:snapshot", value=values["DEBIAN_SNAPSHOT"])
        yield _component(PackageURL("deb", "debian", package), None, [day])


def _page(root: Path) -> Iterator[Component]:
    packages = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    version = packages[f"node_modules/{PAGE_LIBRARY}"]["version"]
    yield _component(PackageURL("npm", None, PAGE_LIBRARY, version), licences(root)["htm"], [])


def _component(purl: PackageURL, licence: str | None, properties: list[Property]) -> Component:
    return Component(
        name=purl.name,
        version=purl.version,
        type=ComponentType.LIBRARY,
        purl=purl,
        bom_ref=purl.to_string(),
        licenses=[] if licence is None else [_licence(licence)],
        properties=properties,
    )


def _licence(text: str) -> License:
    """Return a licence by its SPDX id or expression, or by the words that NOTICE has for it."""
    return LicenseFactory().make_from_string(text)


def main() -> int:
    """Write the documents into the folder that is named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sboms(ROOT).items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"wrote {folder / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
