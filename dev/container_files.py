"""What of the containers' files is made of the engines' declarations; the rest of them is kept.

Each container has a port of its own on loopback, a network that it shares with none, a volume to
work in, its key and its own settings.
"""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from dev.installation import ROOT
from media_jobs.engines import ENGINES, Engine

COMPOSE: Final = "containers/compose.yaml"
SECOND_USER: Final = "containers/second-user.yaml"
EXAMPLE: Final = "containers/.env.example"
DOCKERFILE: Final = "containers/Dockerfile"
_SECRET = "JOB_CALLBACK_HMAC_SECRET"  # noqa: S105  A name.
_PORTS_APART = 9101 - 8081
"""Between the port of the local stack and that of compose."""
_SERVICES = "services:\n"
_SETTINGS = (
    "# --- of one engine's container each: made of its declaration by `python -m dev.docs`\n"
)
_COMMENT_CHARS = 118
_OWN_PACKAGES = re.compile(r"(?<= tini )\$\(case .*? esac\)")


def _engines() -> list[Engine]:
    return sorted(ENGINES.values(), key=lambda engine: engine.port)


def _kept(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def compose() -> str:
    """Return compose.yaml: what stands before the services, and a service of each engine."""
    head = _kept(COMPOSE).partition(f"\n{_SERVICES}")[0]
    names = [engine.name for engine in _engines()]
    services = "\n".join(_service(engine) for engine in _engines())
    networks = "".join(f"  {name}:\n" for name in names)
    volumes = "".join(f"  {name}-work:\n" for name in names)
    return (
        f"{head}\n{_SERVICES}{services}\n# One each: none reaches another.\n"
        f"networks:\n{networks}\nvolumes:\n{volumes}"
    )


def _service(engine: Engine) -> str:
    name = engine.name
    own = f"${{{_SECRET}_{name.upper()}:-${{{_SECRET}:?set one in .env}}}}"
    settings = "".join(f"      {one.name}: ${{{one.name}:-}}\n" for one in engine.settings)
    return f"""  {name}:
    <<: *engine
    image: media-jobs-{name}
    build: {{ context: .., dockerfile: {DOCKERFILE}, args: {{ ENGINE: {name} }} }}
    ports: ["127.0.0.1:{engine.port - _PORTS_APART}:8080"]
    volumes: ["{name}-work:/work"]
    networks: [{name}]
    environment:
      <<: *environment
      {_SECRET}: {own}
{settings}"""


def second_user() -> str:
    """Return second-user.yaml: what stands before the services, and a line for each engine."""
    head = _kept(SECOND_USER).partition(_SERVICES)[0]
    return head + _SERVICES + "".join(f"  {engine.name}: *root\n" for engine in _engines())


def example() -> str:
    """Return .env.example: with a key for each container, and the settings of each."""
    keys = "".join(f"{_SECRET}_{engine.name.upper()}=\n" for engine in _engines())
    text = re.sub(rf"(?:^{_SECRET}_[A-Z]+=\n)+", keys, _kept(EXAMPLE), flags=re.MULTILINE)
    head = text.partition(_SETTINGS)[0]
    return head + _SETTINGS + "".join(line for engine in _engines() for line in _settings(engine))


def _settings(engine: Engine) -> Iterator[str]:
    for setting in engine.settings:
        if setting.about:
            wrapped = textwrap.wrap(setting.about, _COMMENT_CHARS, break_on_hyphens=False)
            yield "\n" + "".join(f"# {line}\n" for line in wrapped)
        yield f"{setting.name}=\n"


def dockerfile() -> str:
    """Return the Dockerfile, with Debian's packages of single engines."""
    cases = "".join(
        f" ({engine.name}) echo {' '.join(engine.debian)};;"
        for engine in _engines()
        if engine.debian
    )
    return _OWN_PACKAGES.sub(f"$(case ${{ENGINE}} in{cases} esac)", _kept(DOCKERFILE))


TARGETS: Mapping[str, Callable[[], str]] = {
    COMPOSE: compose,
    SECOND_USER: second_user,
    EXAMPLE: example,
    DOCKERFILE: dockerfile,
}
