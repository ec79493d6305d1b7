"""What a transcript tells of itself."""

__all__ = ["CHINESE", "ENGLISH"]

ENGLISH = {
    "notice.no_speech": "Nobody is heard speaking: there are no subtitles.",
    "notice.language_uncertain": "The language is a guess: {language} ({percent} %).",
    "notice.repeats_left_out": "Words that only repeat themselves were left out: at {times}.",
    "notice.sounds_left_out": "What was heard as words and is hardly speech was left out: {times}.",
    "notice.word_times_estimated": (
        "The server gave no times of words; they are estimated from those of sentences."
    ),
}

CHINESE = {
    "notice.no_speech": "没有听到有人说话，因此没有字幕。",
    "notice.language_uncertain": "语言是推测的：{language}（{percent}%）。",
    "notice.repeats_left_out": "只是反复重复的词已略去：{times}。",
    "notice.sounds_left_out": "听起来像词语、却几乎不是语音的部分已略去：{times}。",
    "notice.word_times_estimated": "服务器没有给出每个词的时间，已按句子的时间估算。",
}
