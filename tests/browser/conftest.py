"""One stack, one Chromium and one filled media for all tests of this folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from dev.chromium import FLAGS, chromium_path
from dev.fixtures.clip import clip_path
from dev.fixtures.demo_material import COMMENTS, SUBTITLES
from dev.fixtures.seed_history import add_failed_job
from dev.stack.stack import Stack
from tests.browser.api import Api, looped, spoken
from tests.browser.provider import running_provider, settings_of

TIMEOUT_MS = 30_000
START_MS = 180_000
"""For what happens once, while a loaded machine starts everything else, too: with it, each test of
the folder fails.
"""
expect.set_options(timeout=TIMEOUT_MS)


FOLDER = Path(__file__).parent
_held = ExitStack()
_ended: list[pytest.Item | None] = []
"""What came after the last test of this folder, once it was over."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End stack and browser with the last test of this folder.

    Playwright keeps an event loop running as long as it lives, and tests of other folders start
    their own.
    """
    if nextitem is None or FOLDER not in nextitem.path.parents:
        _held.close()
        _ended.append(nextitem)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say why nothing can be had of a stack and a browser that have ended."""
    if _ended and FOLDER in item.path.parents:
        pytest.fail(
            f"Stack and browser ended as this process went on to {_ended[0]}. One process takes the"
            " tests of this folder in one go: --dist loadgroup --no-loadscope-reorder",
            pytrace=False,
        )


@pytest.fixture(scope="session")
def held() -> Iterator[ExitStack]:
    """What holds stack and browser until the last test, also of a run that is cut short."""
    with _held:
        yield _held


@pytest.fixture(scope="session")
def stack(held: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The whole stack with its three containers; downloads from and webhooks to loopback work, and
    people may sign in at an OpenID provider.
    """
    provider = held.enter_context(running_provider())
    return held.enter_context(
        Stack(
            state_dir=tmp_path_factory.mktemp("browser-stack"),
            env={"DOWNLOADER_ALLOW_LOOPBACK": "1"},
            worker_vars={"app": {"WEBHOOK_ALLOW_LOOPBACK": "true", **settings_of(provider)}},
        )
    )


@pytest.fixture(scope="session")
def api(held: ExitStack, stack: Stack) -> Api:
    """What the tests prepare goes through the API, as another program's would."""
    made = Api(stack)
    held.enter_context(made.http)
    return made


@pytest.fixture(scope="session")
def media(api: Api) -> str:
    """A media with the clip, subtitles in two languages and comments, which no test changes."""
    media_id = api.add("Meadow, reel 1", clip_path())
    api.call("PUT", f"/api/media/{media_id}/subtitles", SUBTITLES.encode())
    api.call("PUT", f"/api/media/{media_id}/comments", COMMENTS.encode())
    return media_id


@pytest.fixture(scope="session")
def slow_media(api: Api, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A media whose burn takes longer than any test looks at it."""
    media_id = api.add("Meadow, all night", looped(tmp_path_factory.mktemp("films")))
    api.call("PUT", f"/api/media/{media_id}/subtitles", SUBTITLES.encode())
    return media_id


@pytest.fixture(scope="session")
def spoken_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of half a second of silence and a sentence."""
    return spoken(tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="session")
def heard(api: Api, spoken_film: Path) -> tuple[str, str]:
    """A media in which a sentence is said, and the job that has transcribed it."""
    media_id = api.add("Ashford", spoken_film)
    body = {"engine": "asr-pipeline", "mediaId": media_id, "options": {"language": "en"}}
    job_id = str(api.call("POST", "/api/jobs", body)["jobId"])
    api.job_in(job_id, "completed")
    return media_id, job_id


@pytest.fixture(scope="session")
def failed_job(stack: Stack, media: str) -> str:
    """A download that failed at its second attempt, one of whose events was not delivered."""
    return add_failed_job(stack, media)


@pytest.fixture(scope="session")
def browser(held: ExitStack) -> Browser:
    """A real Chromium; without one the tests fail and say how to get it."""
    path = chromium_path()
    playwright = held.enter_context(sync_playwright())
    chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS), timeout=START_MS)
    held.callback(chromium.close)
    return chromium


@pytest.fixture(scope="session")
def session(browser: Browser, stack: Stack) -> StorageState:
    """The cookie of a person who has signed in."""
    with browser.new_context(base_url=stack.app_url, locale="en-US") as context:
        context.set_default_timeout(START_MS)
        sign_in(context.new_page(), stack.admin_token)
        return context.storage_state()


@pytest.fixture
def visitor(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page of a person who has not signed in.

    An error in a script fails the test, and so does one of the Workers that nobody foresaw, and a
    request to any host but the app's and the one of signed links to results.
    """
    yield from _page(browser, stack, None)


@pytest.fixture
def page(browser: Browser, stack: Stack, session: StorageState) -> Iterator[Page]:
    """A page of a person who has signed in, with the promises of `visitor`."""
    yield from _page(browser, stack, session)


def _page(browser: Browser, stack: Stack, session: StorageState | None) -> Iterator[Page]:
    context = browser.new_context(
        base_url=stack.app_url,
        locale="en-US",
        accept_downloads=True,
        reduced_motion="reduce",
        storage_state=session,
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    errors: list[str] = []
    before = _crashes(stack)
    hosts: set[str] = set()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("websocket", lambda socket: hosts.add(urlsplit(socket.url).netloc))
    yield page
    page.unroute_all(behavior="ignoreErrors")
    context.close()
    assert errors == []
    assert [line for line in _crashes(stack) if line not in before] == []
    # blob: and data: have no host.
    assert hosts - {""} <= {urlsplit(url).netloc for url in (stack.app_url, stack.orchestrator_url)}


def _crashes(stack: Stack) -> list[str]:
    """Return what the Workers have logged of errors that nobody foresaw."""
    lines = [*stack.log_lines("app"), *stack.log_lines("orchestrator")]
    return [line for line in lines if '"event":"crashed"' in line]


def sign_in(page: Page, token: str) -> None:
    """Sign in as a person does."""
    page.goto("/")
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Library", level=1).wait_for()


@pytest.fixture
def subtitles(tmp_path: Path) -> Path:
    """A subtitle file."""
    path = tmp_path / "demo.vtt"
    path.write_text(SUBTITLES)
    return path
