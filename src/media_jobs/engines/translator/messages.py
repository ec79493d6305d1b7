"""What a translation tells of itself."""

__all__ = ["CHINESE", "ENGLISH"]

ENGLISH = {
    "failure.budget_exhausted": "The job's budget does not reach to its end.",
    "failure.language_pair_unsupported": "The translator does not know this pair of languages.",
    "failure.translation_incomplete": "Too much of it could not be translated.",
    "failure.translator_refused": "The translation server refuses the request.",
    "field.another_language": "to must be another language than from",
    "notice.cues_untranslated": "No translation was received for these: {cues}. The source stands.",
    "notice.glossary_not_followed": "Terms of the glossary are missing in {cues}: {what}.",
    "notice.instructions_not_read": (
        "{provider} follows no glossary and no style note: terms were only looked for."
    ),
    "notice.marks_left_out": "Styles within a text were left out: {cues}.",
    "notice.source_language_detected": "The source language was detected: {language}.",
    "notice.source_language_unknown": "The source language is not known: the model found it out.",
    "notice.too_long_translations": "Longer than two lines of {most} characters hold: {cues}.",
    "notice.translations_kept": "{count} translations that the comments already had were kept.",
    "notice.usage_not_told": (
        "{count} requests ended without saying what they used: they are in no count."
    ),
    "notice.voices_left_out": "Names of voices were left out.",
    "notice.word_times_left_out": "The times of words were left out: the words are others now.",
}

CHINESE = {
    "failure.budget_exhausted": "任务的预算不足以完成全部翻译。",
    "failure.language_pair_unsupported": "翻译器不支持这对语言。",
    "failure.translation_incomplete": "有太多内容未能翻译。",
    "failure.translator_refused": "翻译服务器拒绝了请求。",
    "field.another_language": "to 必须是与 from 不同的语言",
    "notice.cues_untranslated": "以下内容没有得到译文：{cues}。保留原文。",
    "notice.glossary_not_followed": "译文 {cues} 中缺少术语表中的词：{what}。",
    "notice.instructions_not_read": "{provider} 不遵循术语表和风格说明：仅检查了术语。",
    "notice.marks_left_out": "文本内部的样式已略去：{cues}。",
    "notice.source_language_detected": "源语言由检测得出：{language}。",
    "notice.source_language_unknown": "源语言未知：由模型自行判断。",
    "notice.too_long_translations": "超出两行、每行 {most} 个字符的长度：{cues}。",
    "notice.translations_kept": "评论中已有的 {count} 条译文予以保留。",
    "notice.usage_not_told": "{count} 次请求中断，未说明用量：未计入任何统计。",
    "notice.voices_left_out": "说话人的名称已略去。",
    "notice.word_times_left_out": "词的时间已略去：译文的词不同。",
}
