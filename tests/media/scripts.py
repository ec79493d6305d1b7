"""A word and a sentence in each of many scripts, and how large Pillow draws the word by itself."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

CJK = "NotoSansCJK-Regular.ttc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """*word* fits in any line, *sentence* in none. *file*: a face of the font packages that has it,
    at *index* of a collection.
    """

    word: str
    sentence: str
    file: str
    index: int = 0


def _script(word: str, sentence: str, face: str, index: int = 0) -> Script:
    file = face if face == CJK else f"{face}[wght].ttf"
    return Script(word=word, sentence=sentence, file=file, index=index)


SCRIPTS = {
    "latin": _script(
        "Hägar",
        "Die Veranstaltung beginnt heute Abend um acht Uhr im großen Saal, bitte kommen Sie "
        "pünktlich und bringen Sie Ihre Karten mit",
        "NotoSans",
    ),
    "greek": _script(
        "Σήμερα",
        "Η εκδήλωση αρχίζει απόψε στις οκτώ στη μεγάλη αίθουσα, παρακαλούμε ελάτε στην ώρα σας",
        "NotoSans",
    ),
    "cyrillic": _script(
        "Вечер",
        "Вечер начинается сегодня в восемь часов в большом зале, пожалуйста, приходите вовремя",
        "NotoSans",
    ),
    "arabic": _script(
        "العربية",
        "تبدأ الأمسية الليلة في الساعة الثامنة في "
        "القاعة الكبيرة، يرجى الحضور في الموعد وإحضار التذاكر",
        "NotoSansArabic",
    ),
    "hebrew": _script(
        "הערב",
        "הערב מתחיל היום בשעה שמונה באולם הגדול, אנא הגיעו בזמן והביאו אתכם את הכרטיסים שלכם",
        "NotoSansHebrew",
    ),
    "devanagari": _script(
        "हिन्दी",
        "कार्यक्रम आज शाम आठ बजे बड़े हॉल में शुरू होगा, कृपया समय पर आएँ और अपने टिकट साथ लाएँ",
        "NotoSansDevanagari",
    ),
    "bengali": _script(
        "বাংলা",
        "অনুষ্ঠান আজ সন্ধ্যা আটটায় বড় হলে শুরু হবে, দয়া করে সময়মতো আসুন এবং আপনার টিকিট সঙ্গে আনুন",
        "NotoSansBengali",
    ),
    "tamil": _script(
        "தமிழ்",
        "நிகழ்ச்சி இன்று மாலை எட்டு மணிக்கு பெரிய அரங்கில் தொடங்கும், தயவுசெய்து நேரத்திற்கு வாருங்கள்",
        "NotoSansTamil",
    ),
    "thai": _script(
        "ภาษาไทย",
        "งานจะเริ่มคืนนี้เวลาสองทุ่มที่ห้องโถงใหญ่กรุณามาให้ตรงเวลาและนำบัตรของคุณมาด้วย",
        "NotoSansThai",
    ),
    "khmer": _script(
        "ខ្មែរ",
        "កម្មវិធីនឹងចាប់ផ្តើមនៅយប់នេះម៉ោងប្រាំបីនៅសាលធំសូមអញ្ជើញមកឱ្យទាន់ពេលនិងយកសំបុត្រមកជាមួយ",
        "NotoSansKhmer",
    ),
    "han": _script(
        "晚会开始",
        "晚会今天晚上八点在大厅开始请各位准时到场并带好自己的门票谢谢大家的配合与支持我们期待与您见面",
        CJK,
        2,
    ),
    "kana": _script(
        "ひらがな",
        "今夜の催しは八時に大ホールで始まりますので時間通りにお越しになりチケットをお持ちください",
        CJK,
    ),
    "hangul": _script(
        "한국어",
        "행사는 오늘 저녁 여덟 시에 큰 홀에서 시작하니 제시간에 "
        "오셔서 표를 꼭 가져와 주시기 바랍니다",
        CJK,
        1,
    ),
}

_PACKAGES = ("manimgx_fonts", "noto_cjk_sans_otc")


@cache
def drawn(script: str, em: int) -> tuple[int, int, int]:
    """Return width and height of the ink of a script's word at *em* pixels, and its pixels."""
    one = SCRIPTS[script]
    font = ImageFont.truetype(
        _path(one.file), em, index=one.index, layout_engine=ImageFont.Layout.RAQM
    )
    image = Image.new("L", (20 * em, 6 * em))
    ImageDraw.Draw(image).text((em, 2 * em), one.word, fill=255, font=font)
    ink = np.asarray(image) >= 128
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1, int(ink.sum())


def _path(file: str) -> Path:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).parent / file
        if path.is_file():
            return path
    raise AssertionError(file)
