"""What a browser says of a failure is said in the page's language."""

import json
from typing import Any

import pytest

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
