"""What a browser says of a failure is said in the page's language."""

import json

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
