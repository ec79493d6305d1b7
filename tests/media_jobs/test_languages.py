"""Names of languages, by RFC 5646."""

import pytest
from pydantic import TypeAdapter, ValidationError

from media_jobs.languages import LanguageTag, broader_tags, language_tag, site_language


@pytest.mark.parametrize(
    ("given", "written"),
    [
        # The examples of RFC 5646, appendix A, and how section 2.1.1 writes them.
        ("DE", "de"),
        ("zh-hant", "zh-Hant"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
        ("SR-LATN-RS", "sr-Latn-RS"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("de-ch-1901", "de-CH-1901"),
        ("hy-latn-it-arevela", "hy-Latn-IT-arevela"),
        ("es-419", "es-419"),
        ("de-CH-x-phonebk", "de-CH-x-phonebk"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"),
        ("fil", "fil"),
    ],
)
def test_a_tag_is_written_as_its_standard_writes_it(given: str, written: str) -> None:
    assert language_tag(given) == written
    assert TypeAdapter(LanguageTag).validate_python(given) == written


@pytest.mark.parametrize(
    "given",
    [
        *(
            "",
            "e",
            "English",
            "français",
            "en_US",
            "zh-",
            "-en",
            "en--US",
            "zh-Hant-Hans",
            "de-419-DE",
        ),
        *("a-DE", "ar-a", "en US", "en\n", "ｅn", "en-" + "abcdefgh-" * 3 + "abcdefgh"),
    ],
)
def test_what_has_not_the_shape_of_a_tag_is_refused(given: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(LanguageTag).validate_python(given)


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("en", "en"),
        ("en-orig", "en"),
        ("zh-Hans", "zh-Hans"),
        ("zh_TW", "zh-TW"),
        # Translated from English.
        ("pt-BR-en", "pt-BR"),
        ("es-419", "es-419"),
        ("English", None),
        ("", None),
    ],
)
def test_a_site_s_name_of_a_track_is_read_as_far_as_it_is_a_tag(
    name: str, language: str | None
) -> None:
    assert site_language(name) == language


def test_a_variety_is_looked_for_under_each_wider_tag() -> None:
    assert broader_tags("zh-Hant-TW") == ["zh-Hant-TW", "zh-Hant", "zh"]
    assert broader_tags("en") == ["en"]
    # RFC 4647, 3.4: a single letter goes with what stood behind it.
    assert broader_tags("zh-Hant-CN-x-private1-private2") == [
        "zh-Hant-CN-x-private1-private2",
        "zh-Hant-CN-x-private1",
        "zh-Hant-CN",
        "zh-Hant",
        "zh",
    ]
