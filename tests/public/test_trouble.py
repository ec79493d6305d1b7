"""What a browser says of a failure is said in the page's language."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from media_jobs.engines.burner.options import BurnOptions
from media_jobs.errors import Conflict, MediaJobsError, SettingError, UpstreamError, missing_inputs
from media_jobs.problems import error_document
from media_jobs.said import said as said_by_key
from media_jobs.subtitles.reader import read_subtitles
from media_jobs.validation import field_errors
from tests.public.javascript import PUBLIC, evaluate

pytestmark = pytest.mark.programs

I18N = json.dumps((PUBLIC / "js/i18n.js").as_uri())


def test_what_a_browser_raises_is_said_in_the_language_of_the_page() -> None:
    raised = """[
      new DOMException("The requested file could not be read", "NotReadableError"),
      new DOMException("Already registered", "InvalidStateError"),
      new DOMException("The operation is insecure", "SecurityError"),
      new TypeError("x is undefined"),
    ]"""
    said = evaluate(
        "trouble.js",
        f"""await (async () => {{
          globalThis.document = {{ documentElement: {{}} }};
          await (await import({I18N})).setLanguage("zh");
          return {raised}.map((error) => m.inWords(error).message);
        }})()""",
    )

    assert said == [
        "无法读取文件：它可能已被移动、修改或移除，请重新选择。",
        "此设备已有该账户的通行密钥。",
        "在此网址下无法使用通行密钥。",
        "页面出错：x is undefined",
    ]


def test_what_is_said_in_words_already_stays_as_it_is() -> None:
    api = json.dumps((PUBLIC / "js/api.js").as_uri())
    kept = evaluate(
        "trouble.js",
        f"""await (async () => {{
          const {{ ApiError }} = await import({api});
          const error = new ApiError(409, "unfit", "Said.");
          return m.inWords(error) === error;
        }})()""",
    )

    assert kept is True


def test_what_is_stored_is_said_in_the_reader_s_language_and_old_rows_as_they_are() -> None:
    stored: list[dict[str, Any]] = [
        {
            "code": "setting_missing",
            "message": "The setting S3_REGION is missing.",
            "messageKey": "setting_missing",
            "messageValues": {"setting": "S3_REGION", "problem": "?"},
        },
        {"code": "input_missing", "message": "burn.vtt does not exist."},
        {"code": "job_conflict", "message": "This job already exists with another body."},
    ]
    health = {"messageKey": "upstream_failed.status"}
    of_values = {"messageValues": {"part": "part.container", "status": 500}}
    said = evaluate(
        "jobwords.js",
        f"""await (async () => {{
          globalThis.document = {{ documentElement: {{}} }};
          const i18n = await import({I18N});
          await i18n.useServerWords();
          const all = () => [
            ...{json.dumps(stored)}.map(m.failure),
            i18n.said({json.dumps({**health, **of_values})}, "HTTP 500"),
            i18n.said({{ error: "its disk is full" }}, "its disk is full"),
          ];
          const english = all();
          await i18n.setLanguage("zh");
          return [english, all()];
        }})()""",
    )

    assert said == [
        [
            *(error["message"] for error in stored),
            "The container answered HTTP 500.",
            "its disk is full",
        ],
        [
            "设置 S3_REGION：?。",
            "输入不存在。",
            "This job already exists with another body.",
            "容器 返回了 HTTP 500。",
            "its disk is full",
        ],
    ]


LATE = UpstreamError("upstream_failed", part="part.bucket", why="why.late", limit_ms=3000)
DOWN = said_by_key(
    "down.host",
    host="gpu-2",
    error=LATE.key,
    part="part.container",
    why="why.late",
    limit_ms=9,
)


def refusal_of(subtitles: str) -> MediaJobsError:
    """Return why a file of subtitles is refused."""
    with pytest.raises(MediaJobsError) as caught:
        read_subtitles(subtitles)
    return caught.value


def fault_of(options: str) -> dict[str, Any]:
    """Return what is wrong with a burn's options, given as JSON."""
    with pytest.raises(ValidationError) as caught:
        BurnOptions.model_validate_json(options)
    return field_errors(caught.value)[0]


def test_what_the_server_puts_into_its_messages_is_in_the_reader_s_language_too() -> None:
    lost = refusal_of("WEBVTT\n\n00:02.000 --> 00:01.000\nA\n\n00:99:1 --> x\nB\n")
    documents = [
        error_document(LATE),
        error_document(missing_inputs(["video", "comments"])),
        error_document(Conflict("job_not_completed", status="state.running")),
        error_document(SettingError("S3_STYLE", "field.choice", choices="path, vhost")),
        error_document(lost),
        DOWN.keys,
        fault_of('{"codec": "vp8"}'),
        fault_of('{"codec": }'),
    ]
    chinese = evaluate(
        "i18n.js",
        f"""await (async () => {{
          globalThis.document = {{ documentElement: {{}} }};
          await m.useServerWords();
          await m.setLanguage("zh");
          return {json.dumps(documents)}.map((one) => m.said(one, "English"));
        }})()""",
    )

    assert chinese == [
        "存储桶 没有响应：已等待 3000 毫秒",
        "此媒体还没有视频、评论。",
        "任务的状态为进行中：没有结果。",
        "设置 S3_STYLE：必须是以下之一：path, vhost。",
        "字幕文件中没有可显示的字幕。结束时间不晚于开始时间的字幕已略去：第 3 行。"
        "时间无法读取的字幕已略去：第 6 行。",
        "gpu-2：容器 没有响应：已等待 9 毫秒",
        "必须是以下之一：'h264', 'hevc', 'av1'",
        "必须是有效的 JSON（错误在第 1 行第 11 列）",
    ]


BAD_PATTERNS = {
    "name: (a": "open",
    "a)": "close",
    "[a": "class",
    "a{": "bracket",
    "[z-a]": "range",
    r"[\d-z]": "range",
    "*a": "repeat",
    "(?<=a)*": "repeat",
    "a{2,1}": "numbers",
    "a\\": "escape_end",
    r"\q": "escape",
    r"\p{Nope}": "property",
    r"(?<a>x)(?<a>y)": "name",
    r"\k<a>": "name",
    "(?a)": "group",
}
OF_OTHERS = {
    "missing )": "open",
    "unterminated parenthetical": "open",
    "unmatched ) in regular expression": "close",
    "unmatched parentheses": "close",
    "missing terminating ] for character class": "class",
    "raw bracket is not allowed in regular expression with unicode flag": "bracket",
    "regular expression too large": "large",
    "something new": "other",
}
"""What other browsers say."""


def test_what_is_wrong_with_a_pattern_is_said_in_both_languages() -> None:
    find = json.dumps((PUBLIC / "workers/find.js").as_uri())
    tables = [(PUBLIC / f"js/messages/{code}/find.js").as_uri() for code in ("en", "zh")]
    found, said, *words = evaluate(
        "editor/patternfault.js",
        f"""await (async () => {{
          const {{ patternOf }} = await import({find});
          const of = (find) => m.faultIn(patternOf({{ find, isRegex: true }}).fault);
          const tables = await Promise.all({json.dumps(tables)}.map((uri) => import(uri)));
          const found = {json.dumps(list(BAD_PATTERNS))}.map(of);
          const said = {json.dumps(list(OF_OTHERS))}.map(m.faultIn);
          return [found, said, ...tables.map((table) => table.default)];
        }})()""",
    )

    assert found == list(BAD_PATTERNS.values())
    assert said == list(OF_OTHERS.values())
    for table in words:
        assert {f"find.fault_{fault}" for fault in (*found, *said)} == {
            key for key in table if key.startswith("find.fault_")
        }
