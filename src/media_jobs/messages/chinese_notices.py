"""What was guessed, repaired, left out or shown otherwise: Chinese, by the keys of notices."""

NOTICES = {
    "notice_about.track": "字幕轨 {track}：{said}",
    # --- what a container can't do where it runs --------------------------------------------------
    "notice.tools_reach_network": (
        "读取文件的工具在此处可以连接网络：内核不允许系统调用过滤（seccomp）。"
    ),
    "notice.tools_same_user": (
        "工具在此处与容器以同一用户运行，且内核没有 Landlock：被攻破的工具可能找到密钥。"
        "请用 second-user.yaml 以 root 启动镜像。"
    ),
    "notice.checkpoint_not_used": "上一次尝试留下的中间结果无法使用，已从头开始。",
    # --- what a download comes upon ---------------------------------------------------------------
    "notice.more_videos_on_page": "该页面有 {count} 个视频，这是第一个。",
    "notice.shorter_than_said": "网站标明 {said_s} 秒，而完整的视频为 {made_s} 秒。",
    "notice.subtitles_not_available": "字幕（{language}）不可用。{why}",
    "notice.subtitles_not_offered": "网站没有这样的字幕。",
    "notice.thumbnail_not_offered": "网站没有缩略图。",
    "notice.thumbnail_unreadable": "缩略图不是图片。",
    # --- what a reader of subtitles comes upon ----------------------------------------------------
    "notice.encoding_guessed": (
        "文件没有说明自己的编码。{what} 是猜测：请查看文字，如不正确请选择其他编码。"
    ),
    "notice.decoded_wrongly_before": (
        "这些文字曾以错误的编码读取并保存。已还原并按 {what} 读取：请查看文字。"
    ),
    "notice.characters_unescaped": "文字以代码形式书写（{what}），已还原为字符。",
    "notice.text_looks_garbled": (
        "部分文字看起来曾以错误的编码读取并保存，原文无法确定：请查看文字，如有误请使用原始文件。"
    ),
    "notice.webvtt_not_utf8": "文件是 WebVTT，却不是规定的 UTF-8。已按 {what} 读取，这是猜测。",
    "notice.lines_in_other_encoding": (
        "与其余部分不同、不是 UTF-8 的行已按 {what} 读取，这是猜测：第 {at} 行。"
    ),
    "notice.characters_left_out": "损坏的字符已略去：第 {at} 行。",
    "notice.nulls_left_out": "零字节已略去：第 {at} 行。",
    "notice.read_as_subrip": "文件不符合 WebVTT 格式，已按 SubRip 读取。",
    "notice.answer_unwrapped": "字幕之外的内容已略去：第 {at} 行。",
    "notice.line_ends_doubled": "文件的换行符重复，已按单个读取。",
    "notice.cue_times_unreadable": "时间无法读取的字幕已略去：第 {at} 行。",
    "notice.cue_times_repaired": "已读取格式不寻常的时间：第 {at} 行。",
    "notice.cue_ends_too_early": "结束时间不晚于开始时间的字幕已略去：第 {at} 行。",
    "notice.cue_text_cut": "过长的字幕已截断：第 {at} 行。",
    "notice.cues_smaller": "为放进画面而缩小了字号的字幕：第 {cues} 条。",
    "notice.cues_in_parts": "一次放不下、分段显示的字幕：第 {cues} 条。",
    "notice.cues_cover_others": "同一时间的字幕太多、彼此重叠的字幕：第 {cues} 条。",
    "notice.cues_cut": "时间太短、末尾没有显示的字幕：第 {cues} 条。",
    "notice.cues_lines_too_long": "有的词比一行允许的长度还长：第 {cues} 条。",
    "notice.cues_not_recut": "每条字幕含两种语言，未重新切分。",
    "notice.cues_recut": "文件中的 {before} 条字幕已重新切分为 {after} 条。",
    "notice.cues_too_fast": "语速快于一般人的阅读速度：第 {cues} 条。",
    "notice.cues_too_short": "因下一条紧接着开始而显示过短：第 {cues} 条。",
    "notice.cues_of_one_script": "各行文字相同、没有按双语显示的字幕：第 {cues} 条。",
    "notice.cues_snapped": (
        "为与第一条字幕轨同时出现或消失而移动的字幕：{count} 条，最多 {most_ms} 毫秒。"
    ),
    "notice.overlay_cut": "提示或水印放不进画面，末尾没有显示。",
    "notice.word_times_interpolated": "文件只有整条字幕的时间；词的时间按长度推算。",
    "notice.words_without_times": "字幕没有逐词时间，因此不会逐词高亮。",
    "notice.cues_at_edge": "文字触及画面边缘，可能被截断：第 {cues} 条。",
    "notice.events_at_edge": "脚本中的文字触及画面边缘，可能被截断：位于 {times}。",
    "notice.events_not_seen": "脚本中的部分文字完全不可见：位于 {times}。",
    "notice.comments_left_out": "以下评论没有可见内容，已略去：第 {at} 条。",
    "notice.comment_values_unread": "无法识别的值已忽略（{what}）：第 {at} 条评论。",
    "notice.comment_texts_cut": "过长的文字已截短（{what}）：第 {at} 条评论。",
    "notice.video_values_unread": "视频信息中无法识别的值已忽略（{what}）。",
    "notice.video_texts_cut": "视频信息中过长的文字已截短（{what}）。",
    "notice.comment_keys_unknown": "未知字段已忽略：{what}。",
    "notice.comments_chosen": "共 {what} 条评论，仅保留点赞最多的 500 条。",
    "notice.comments_title_missing": "文件中没有视频信息，标题设为“Comments”。",
    "notice.empty_lines_missing": "缺少空行的字幕已分开：第 {at} 行。",
    "notice.unknown_tags_left_out": "含义不明的标签已略去：第 {at} 行。",
    "notice.cues_repeated": "重复的字幕只显示一次：第 {at} 行。",
    "notice.empty_lines_inside": "字幕内部的空行已略去：第 {at} 行。",
    "notice.text_outside_cues": "不属于任何字幕的文字已略去：第 {at} 行。",
    "notice.regions_not_drawn": "文件中的区域不会被绘制。",
    "notice.styles_not_drawn": "文件自带的样式不会被绘制。",
    "notice.backgrounds_not_drawn": "文字的背景颜色不会被绘制：第 {at} 行。",
    "notice.positions_not_followed": "以像素表示的位置不会被采用：第 {at} 行。",
    "notice.places_not_followed": "{count} 条字幕指定了位置，但未被采用。",
    "notice.settings_not_followed": "{count} 条字幕的设置无法采用：竖排文字或区域。",
    "notice.emoji_outlined": "保留自身样式的脚本中，表情符号以轮廓绘制。",
    "notice.glyphs_missing": "没有字体包含 {characters}；位于 {places}。",
    "notice.timed_words_shown_together": "本应逐步出现的字幕将整条显示。",
    # --- what was done to picture and sound -------------------------------------------------------
    "notice.hdr_shown_as_sdr": "源视频为高动态范围，已转换为标准范围（BT.709）。",
    "notice.dynamic_metadata_dropped": "源视频的 {what} 数据未保留：它描述的是没有字幕的画面。",
    "notice.picture_of_one_size": "画面的尺寸或宽高比中途改变；已统一为 {width} × {height}。",
    "notice.first_two_channels": "音频有 {channels} 个声道，仅保留前两个。",
    "notice.first_microphone": "声音分为 {count} 条单声道音轨，仅采用第一条。",
    "notice.sound_passed_over": (
        "采用了第 {taken} 条音轨：第 {passed} 条是口述影像、评论音轨或不含人声。"
    ),
    "notice.sound_is_aside": "该音轨标记为口述影像、评论音轨或不含人声。",
    "notice.cues_after_end": (
        "视频于 {end} 结束，有 {count} 条字幕晚于此时刻结束，首条始于 {start}。"
    ),
    "notice.stills_failed": "未能生成封面图和字幕总览图。",
    "notice.hardware_failed": "显卡编码失败（{encoder}），已改用软件编码。",
    "notice.hardware_missing": "主机没有可用于此视频的显卡编码器，已使用软件编码。",
    "notice.timestamp_map_not_applied": "X-TIMESTAMP-MAP 头未被采用：时间从视频开头算起。",
    "notice.captions_unrolled": "滚动字幕已展开：每行只显示一次。",
    "notice.frame_rate_assumed": (
        "文件按帧计时而未注明帧率；已采用视频的帧率，未知时采用 23.976。"
    ),
    "notice.last_end_assumed": "最后一行没有结束时间，显示五秒。",
    "notice.script_tags_not_drawn": (
        "脚本自带的字体、颜色、字号和特效不会被绘制（assStyling keep 可保留）：第 {at} 行。"
    ),
    "notice.edited_tags_left_out": ("改过的文本中，行首的标签保留，文中的标签已略去：第 {at} 行。"),
    "notice.script_signs_restyled": (
        "画面文字留在原处，改用任务的样式（assStyling keep 可保留原样）：第 {at} 行。"
    ),
    "notice.script_signs_left_out": (
        "移动或带裁剪的画面文字已略去（assStyling keep 可保留）：第 {at} 行。"
    ),
    "notice.script_drawings_left_out": "绘图已略去（assStyling keep 可保留）：第 {at} 行。",
    "notice.script_layers_merged": (
        "多层重复的文字只显示一次（assStyling keep 可全部保留）：第 {at} 行。"
    ),
}
