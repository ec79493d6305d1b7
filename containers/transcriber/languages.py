"""What recognisers call languages, and what BCP 47 does."""

from collections.abc import Mapping

from media_jobs.languages import language_tag

PROMPTS: Mapping[str, str] = {
    "zh-Hans": "以下是普通话的句子。",
    "zh-CN": "以下是普通话的句子。",
    "zh-Hant": "以下是普通話的句子。",
    "zh-TW": "以下是普通話的句子。",
    "zh-HK": "以下是廣東話的句子。",
}
"""A sentence in the script that is wanted: Whisper writes on as it has read."""

_SUBTAG_OF = {"jw": "jv", "nb": "no"}
_WHISPER_OF = {"jv": "jw", "nb": "no", "fil": "tl", "cmn": "zh"}

# What OpenAI's servers answer as `language`: Whisper's names, in lower case.
_CODES = {
    "english": "en",
    "chinese": "zh",
    "german": "de",
    "spanish": "es",
    "russian": "ru",
    "korean": "ko",
    "french": "fr",
    "japanese": "ja",
    "portuguese": "pt",
    "turkish": "tr",
    "polish": "pl",
    "catalan": "ca",
    "dutch": "nl",
    "arabic": "ar",
    "swedish": "sv",
    "italian": "it",
    "indonesian": "id",
    "hindi": "hi",
    "finnish": "fi",
    "vietnamese": "vi",
    "hebrew": "he",
    "ukrainian": "uk",
    "greek": "el",
    "malay": "ms",
    "czech": "cs",
    "romanian": "ro",
    "danish": "da",
    "hungarian": "hu",
    "tamil": "ta",
    "norwegian": "no",
    "thai": "th",
    "urdu": "ur",
    "croatian": "hr",
    "bulgarian": "bg",
    "lithuanian": "lt",
    "latin": "la",
    "maori": "mi",
    "malayalam": "ml",
    "welsh": "cy",
    "slovak": "sk",
    "telugu": "te",
    "persian": "fa",
    "latvian": "lv",
    "bengali": "bn",
    "serbian": "sr",
    "azerbaijani": "az",
    "slovenian": "sl",
    "kannada": "kn",
    "estonian": "et",
    "macedonian": "mk",
    "breton": "br",
    "basque": "eu",
    "icelandic": "is",
    "armenian": "hy",
    "nepali": "ne",
    "mongolian": "mn",
    "bosnian": "bs",
    "kazakh": "kk",
    "albanian": "sq",
    "swahili": "sw",
    "galician": "gl",
    "marathi": "mr",
    "punjabi": "pa",
    "sinhala": "si",
    "khmer": "km",
    "shona": "sn",
    "yoruba": "yo",
    "somali": "so",
    "afrikaans": "af",
    "occitan": "oc",
    "georgian": "ka",
    "belarusian": "be",
    "tajik": "tg",
    "sindhi": "sd",
    "gujarati": "gu",
    "amharic": "am",
    "yiddish": "yi",
    "lao": "lo",
    "uzbek": "uz",
    "faroese": "fo",
    "pashto": "ps",
    "turkmen": "tk",
    "nynorsk": "nn",
    "maltese": "mt",
    "sanskrit": "sa",
    "luxembourgish": "lb",
    "myanmar": "my",
    "tibetan": "bo",
    "tagalog": "tl",
    "malagasy": "mg",
    "assamese": "as",
    "tatar": "tt",
    "hawaiian": "haw",
    "lingala": "ln",
    "hausa": "ha",
    "bashkir": "ba",
    "javanese": "jv",
    "sundanese": "su",
    "cantonese": "yue",
    "haitian creole": "ht",
}


def is_known(tag: str) -> bool:
    """Whether Whisper's large models know the language of a BCP 47 *tag*; others know fewer."""
    return to_whisper(tag) in {*_CODES.values(), "jw"}


def to_whisper(tag: str) -> str:
    """Return Whisper's code for the language of a BCP 47 *tag*."""
    first, *rest = tag.lower().split("-")
    if first == "zh" and rest[:1] in (["hk"], ["yue"]):
        return "yue"
    return _WHISPER_OF.get(first, first)


def of_whisper(code: str) -> str:
    """Return the BCP 47 tag of Whisper's *code*."""
    return _SUBTAG_OF.get(code, code)


def of_server(name: str) -> str | None:
    """Return the BCP 47 tag of what a server calls a language: a code, or Whisper's name for it."""
    code = _CODES.get(name.strip().lower())
    return code if code is not None else language_tag(name.strip())
