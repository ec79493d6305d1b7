"""What was guessed, repaired, left out or shown otherwise: English, by the keys of notices."""

NOTICES = {
    "notice_about.track": "Of the subtitles {track}: {said}",
    # --- what a container can't do where it runs --------------------------------------------------
    "notice.tools_reach_network": (
        "Tools that read files can open connections here: the kernel refuses filters of system"
        " calls (seccomp)."
    ),
    "notice.tools_same_user": (
        "Tools run as the same user as the container here, and the kernel has no Landlock: one that"
        " was taken over can look for the secret. Start the image as root with second-user.yaml."
    ),
    "notice.checkpoint_not_used": (
        "What an earlier attempt had kept could not be used; the work began anew."
    ),
    # --- what a download comes upon ---------------------------------------------------------------
    "notice.more_videos_on_page": "The page has {count} videos. This is the first.",
    "notice.shorter_than_said": "The site says {said_s} s, and the whole video is {made_s} s long.",
    "notice.subtitles_not_available": "The subtitles ({language}) are not available. {why}",
    "notice.subtitles_not_offered": "The site has no such subtitles.",
    "notice.thumbnail_not_offered": "The site has no thumbnail.",
    "notice.thumbnail_unreadable": "The thumbnail is not an image.",
    # --- what a reader of subtitles comes upon ----------------------------------------------------
    "notice.encoding_guessed": (
        "The file does not say in which encoding it is. {what} is a guess: look at the text, "
        "and choose another encoding if it is wrong."
    ),
    "notice.decoded_wrongly_before": (
        "The text had been read in a wrong encoding before, and saved so. It was put back and read "
        "as {what}: look at the text."
    ),
    "notice.characters_unescaped": "Characters were written as codes ({what}), and were read.",
    "notice.text_looks_garbled": (
        "Some of the text looks as if it had been read in a wrong encoding before, and saved so. "
        "What it was is not known: look at the text, and use the original file if it is wrong."
    ),
    "notice.webvtt_not_utf8": (
        "The file is WebVTT and not UTF-8, as it must be. It was read as {what}, which is a guess."
    ),
    "notice.lines_in_other_encoding": (
        "Lines that are not UTF-8 like the rest were read as {what}, which is a guess: line {at}."
    ),
    "notice.characters_left_out": "Broken characters were left out: line {at}.",
    "notice.nulls_left_out": "Zero bytes were left out: line {at}.",
    "notice.read_as_subrip": "The file is not valid WebVTT; it was read as SubRip.",
    "notice.answer_unwrapped": "What stands around the subtitles was left out: line {at}.",
    "notice.line_ends_doubled": "The file's line ends were doubled, and were read as one each.",
    "notice.cue_times_unreadable": "Cues left out because of unreadable times: line {at}.",
    "notice.cue_times_repaired": "Times in an unusual form were read: line {at}.",
    "notice.cue_ends_too_early": "Cues left out that do not end after they begin: line {at}.",
    "notice.cue_text_cut": "Cues shortened because their text is too long: line {at}.",
    "notice.cues_smaller": "Text set smaller so that it fits the picture: cue {cues}.",
    "notice.cues_in_parts": "Text too long for the picture, shown in parts: cue {cues}.",
    "notice.cues_cover_others": "Too many cues at one time, drawn over each other: cue {cues}.",
    "notice.cues_cut": "Too short a time for all of its text, whose end is left out: cue {cues}.",
    "notice.cues_lines_too_long": "A word is longer than a line may be: cue {cues}.",
    "notice.cues_not_recut": "Cues of two languages each were not cut anew.",
    "notice.cues_recut": "The file's {before} cues were cut anew into {after}.",
    "notice.cues_too_fast": "Said faster than most people read: cue {cues}.",
    "notice.cues_too_short": "Shown too briefly because the next begins: cue {cues}.",
    "notice.cues_of_one_script": "Lines of one script, shown in one style: cue {cues}.",
    "notice.cues_snapped": (
        "Cues moved by up to {most_ms} ms to begin or end with those of the first track: {count}."
    ),
    "notice.overlay_cut": "The hint or watermark does not fit the picture; its end is left out.",
    "notice.word_times_interpolated": "The file times whole cues; words got times by their length.",
    "notice.words_without_times": "No word is highlighted: the subtitles time whole cues only.",
    "notice.cues_at_edge": "Text touches the edge of the picture and may be cut off: cue {cues}.",
    "notice.events_at_edge": (
        "Text of the script touches the edge of the picture and may be cut off: at {times}."
    ),
    "notice.events_not_seen": "Nothing is seen of some text of the script: at {times}.",
    "notice.comments_left_out": "Comments left out because nothing of them can be seen: {at}.",
    "notice.comment_values_unread": "Unreadable values were left out ({what}): comment {at}.",
    "notice.comment_texts_cut": "Texts shortened because they are too long ({what}): comment {at}.",
    "notice.video_values_unread": "Unreadable values of the video were left out ({what}).",
    "notice.video_texts_cut": "Texts of the video shortened because they are too long ({what}).",
    "notice.comment_keys_unknown": "Fields that are not known were ignored: {what}.",
    "notice.comments_chosen": "Of {what} comments the 500 with the most likes were taken.",
    "notice.comments_title_missing": "The file names no video; its title is “Comments”.",
    "notice.empty_lines_missing": (
        "Cues that follow without an empty line were told apart: line {at}."
    ),
    "notice.unknown_tags_left_out": "Tags of no known meaning were left out: line {at}.",
    "notice.cues_repeated": "Cues that were there before are shown once: line {at}.",
    "notice.empty_lines_inside": "Empty lines within a cue were left out: line {at}.",
    "notice.text_outside_cues": "Text that belongs to no cue was left out: line {at}.",
    "notice.regions_not_drawn": "The file's regions are not drawn.",
    "notice.styles_not_drawn": "The file's own styles are not drawn.",
    "notice.backgrounds_not_drawn": ("Background colours of words are not drawn: line {at}."),
    "notice.positions_not_followed": "Positions in pixels are not followed: line {at}.",
    "notice.places_not_followed": (
        "{count} cues have a place of their own, which is not followed."
    ),
    "notice.settings_not_followed": (
        "{count} cues have settings that can't be followed: vertical text or a region."
    ),
    "notice.emoji_outlined": "Emoji in a script that keeps its own styling are drawn as outlines.",
    "notice.glyphs_missing": "No font has a glyph for {characters}; at {places}.",
    "notice.timed_words_shown_together": "Cues that should appear bit by bit are shown as a whole.",
    # --- what was done to picture and sound -------------------------------------------------------
    "notice.hdr_shown_as_sdr": "The source is in high dynamic range and was converted to BT.709.",
    "notice.dynamic_metadata_dropped": (
        "The source's {what} was left out: it describes pictures without the text on them."
    ),
    "notice.picture_of_one_size": (
        "The picture's size or shape changes midway; all of it was brought to {width} × {height}."
    ),
    "notice.first_two_channels": "The sound has {channels} channels; the first two were taken.",
    "notice.first_microphone": (
        "The sound is in {count} tracks of one channel each; the first was taken."
    ),
    "notice.sound_passed_over": (
        "Sound {taken} was taken: sound {passed} is a description for the blind, a commentary or"
        " without speech."
    ),
    "notice.sound_is_aside": (
        "The sound is marked as a description for the blind, as a commentary or as without speech."
    ),
    "notice.cues_after_end": (
        "Cues that end after the video ({end}): {count}, the first at {start}."
    ),
    "notice.stills_failed": "The poster and the contact sheet could not be made.",
    "notice.hardware_failed": (
        "The graphics hardware failed ({encoder}); the video was encoded in software."
    ),
    "notice.hardware_missing": (
        "The host has no graphics hardware for this video; it was encoded in software."
    ),
    "notice.timestamp_map_not_applied": (
        "The header X-TIMESTAMP-MAP is not applied: the times count from the video's beginning."
    ),
    "notice.captions_unrolled": "Rolling captions were unrolled: each line is shown once.",
    "notice.frame_rate_assumed": (
        "The file counts in frames and does not say how many a second has; the video's rate was "
        "taken, or 23.976 where it is not known."
    ),
    "notice.last_end_assumed": "The last line has no end; it is shown for five seconds.",
    "notice.script_tags_not_drawn": (
        "The script's own fonts, colours, sizes and effects are not drawn (assStyling keep draws "
        "them): line {at}."
    ),
    "notice.edited_tags_left_out": (
        "Tags of the file within texts that were edited were left out, those they begin with kept: "
        "line {at}."
    ),
    "notice.script_signs_restyled": (
        "Signs stand in their place in the job's style (assStyling keep draws them as they are): "
        "line {at}."
    ),
    "notice.script_signs_left_out": (
        "Signs that move or are cut to a shape were left out (assStyling keep draws them): "
        "line {at}."
    ),
    "notice.script_drawings_left_out": (
        "Drawings were left out (assStyling keep draws them): line {at}."
    ),
    "notice.script_layers_merged": (
        "Lines drawn in several layers are shown once (assStyling keep draws all): line {at}."
    ),
}
