"""What the system says to people, by key: English. `{name}` stands for a value.

A key begins with the code that programs read; what follows distinguishes the cases of a code.
`field.`: why a field is refused, said after its name. `failure.`: why an attempt or a job failed.
`hint.`: what would help. `history.`: a step in the life of a job. `preset.`, `preset_look.`: the
name of a preset of the burner, and a sentence on its look.
"""

from media_jobs.messages.english_notices import NOTICES
from media_jobs.messages.english_people import PEOPLE

MESSAGES = {
    # --- refusals ---------------------------------------------------------------------------------
    "already_exists": "It already exists.",
    "already_exists.recipe": "The recipe {recipe} is built in. Choose another name.",
    "artifact_not_ready": "The artifact is not ready.",
    "artifact_not_ready.gone": "The artifact no longer exists.",
    "attempt_fenced": "This attempt was given up.",
    "bad_request.peaks": "No waveform can be made of this file.",
    "changed_meanwhile": "Somebody else has changed it meanwhile. Look at it again.",
    "bad_origin": "This request comes from a page of another site.",
    "bad_request": "The body is not valid.",
    "bad_request.broken_off": "The body ended before its declared length.",
    "bad_request.burn_preview": "No preview can be made of these subtitles with these options.",
    "bad_request.comments_refused": "The container refused these comments or options.",
    "field.not_video": "is not a version of the video",
    "no_peaks": "No waveform can be made of this file: it can't be read, or it is too large.",
    "peaks_failed": "The waveform is not available, try again.",
    "peaks_failed.container": "The container answered HTTP {status}.",
    "unfit": "{field} {reason}.",
    "bad_request.field": "{field} {reason}.",
    "bad_request.file_archive": (
        "This is an archive ({name}), not a subtitle file. Unpack it, and send what is in it."
    ),
    "bad_request.file_binary": "This is a program's own data ({name}), not a subtitle file.",
    "bad_request.file_bitmaps": (
        "These subtitles are pictures ({name}), not text. Convert them to SubRip with a program "
        "for text recognition (OCR)."
    ),
    "bad_request.file_document": (
        "This is a document ({name}), not a subtitle file. Save its text as SubRip or WebVTT."
    ),
    "bad_request.file_page": (
        "This is a web page ({name}), not a subtitle file. Open it in a browser, and save the "
        "subtitles that it leads to."
    ),
    "bad_request.file_picture": "This is a picture ({name}), not a subtitle file.",
    "bad_request.file_unknown": "This is binary data, not a subtitle file.",
    "bad_request.file_unread": (
        "This is {name}, of which no subtitles are read. Convert it to SubRip or WebVTT."
    ),
    "bad_request.file_video": (
        "This is a video or sound file ({name}), not a subtitle file. Subtitles inside it must be "
        "extracted to a file of their own first."
    ),
    "bad_request.key": "The key is not an input of the media.",
    "bad_request.output_key": "The output {slot} is none of its job and attempt.",
    "bad_request.output_type": "The output {slot} has another type than its slot.",
    "bad_request.not_json": "The comments are not valid JSON.",
    "bad_request.options": "The options are not valid.",
    "bad_request.preset_secrets": "A preset must not contain secrets.",
    "bad_request.preview": "No preview can be made from these comments with these options.",
    "bad_request.subtitles": "This is not a subtitle file ({kinds} with at least one cue).",
    "bad_request.subtitles_damaged": (
        "The {kind} subtitles are damaged, or declare entities, and can't be read."
    ),
    "bad_request.subtitles_nothing": "The subtitle file is empty.",
    "bad_request.subtitles_empty": "The subtitles have no cue with text.",
    "bad_request.subtitles_encoding": (
        "The file is not UTF-8, and its encoding is not known. Save it as UTF-8, or name its "
        "encoding."
    ),
    "bad_request.subtitles_left_out": "The subtitles have no cue that can be shown. {told}",
    "bad_request.subtitles_not_encoding": (
        "The file is not in {encoding}. Name another encoding, or none."
    ),
    "bad_request.subtitles_replaced": (
        "The file was decoded with the wrong encoding before upload (its characters are U+FFFD or "
        "question marks). Send the original file, in whatever encoding it is."
    ),
    "bad_request.terms": "Some lines are not terms. Nothing was changed.",
    "bad_request.subtitles_too_many": "The subtitles have more than {max} cues.",
    "bad_request.webvtt_encoding": (
        "WebVTT is UTF-8 by its standard, and line {line} is not. The file seems to be in "
        "{encoding}: save it as UTF-8, or send it again with this encoding."
    ),
    "bad_request.query": "The query is not valid.",
    "body_too_large": "The body is larger than {most} bytes.",
    "body_too_large.preview": "These comments are too long for a preview.",
    "deadline_passed": "The sender had stopped waiting before this was begun.",
    "event_refused": "Event out of order for this job.",
    "handshake_refused.age": "The clock of this host is wrong by more than five minutes.",
    "handshake_refused.replayed": "This handshake was used before; each needs a new nonce.",
    "handshake_refused.revoked": "The key of {host} was revoked: ask its operator for a new one.",
    "forbidden": "This token lacks the scope {scope}.",
    "forbidden.debug_key": "Unsigned requests may only try keys under debug/.",
    "idempotency_key_reused": "This Idempotency-Key was used with another body.",
    "input_failed": "The job {job}, whose result it takes, has failed.",
    "input_failed.canceled": "The job {job}, whose result it takes, was canceled.",
    "input_failed.not_made": "The job {job} has not made {output}, which it takes.",
    "input_gone": "The file of this input no longer exists.",
    "internal_error": "Something went wrong on the server.",
    "job_conflict": "This job already exists with another body.",
    "job_forgotten": "The job is too old to tell whether it was ever started. Start it again.",
    "job_not_completed": "The job is {status}: it has no result.",
    "job_not_ended": "The job has not ended (it is {status}).",
    "last_admin": "This is the last admin token: create another before you revoke it.",
    "job_not_failed": "Only failed or canceled jobs can be started again (this one is {status}).",
    "job_not_failed.restarted": "The job was started again by somebody else.",
    "job_imported": (
        "The job ended in the earlier system and can only be read. Submit a new one for its media."
    ),
    "manifest_gone": "The job's manifest no longer exists.",
    "media_busy": "The media has unfinished jobs. Cancel them first.",
    "media_in_trash": "The media is in the trash. Take it out first.",
    "method_not_allowed": "This path accepts only {allowed}.",
    "glossary_full": "A glossary has at most {most} terms.",
    "migration_missing": "The database lacks a migration that this version needs.",
    "missing_inputs": "The media has no {missing} yet.",
    "missing_job_manifest": "The job has no manifest.",
    "not_found": "Nothing exists at this address.",
    "not_found.comments": "The comments no longer exist.",
    "not_found.delivery": "There is no delivery {delivery} of this webhook.",
    "not_found.input": "There is no input {input}.",
    "not_found.job": "There is no job {job}.",
    "not_found.media": "There is no media {media}.",
    "not_found.output": "Job {job} has no output {slot}.",
    "not_found.preset": "There is no preset {preset}.",
    "not_found.receipt": "There is no receipt of job {job}.",
    "not_found.recipe": "There is no recipe {recipe}.",
    "not_found.review": "There is no review {review}.",
    "not_found.run": "There is no run {run}.",
    "not_found.subscription": "There is no subscription {subscription}.",
    "not_found.subtitles": "The subtitles no longer exist.",
    "not_found.token": "There is no valid token {token}.",
    "not_found.upload": "There is no upload {upload}.",
    "not_found.webhook": "There is no webhook {webhook}.",
    "not_found.pair": "There is no pair {pair} in the translation memory.",
    "not_found.term": "There is no term {term} in the glossary.",
    "not_found.job_here": "There is no such job here.",
    "preset_exists": "This engine already has a preset named {name}.",
    "preview_busy": "Too many previews are being drawn, try again in a moment.",
    "preview_failed": "Preview unavailable, try again.",
    "preview_failed.container": "The container answered HTTP {status}.",
    "rate_limited.sockets": "This token has {most} live connections already.",
    "rate_limited.hosts": "This engine has as many connected hosts as it may have.",
    "rate_limited.probe": "Somebody else is testing; ask again in a minute.",
    "rate_limited": "More than {most} requests a second came for too long.",
    "review_not_requested": "The review is not asked for (it is {state}).",
    "run_not_failed": "Nothing of this run has failed or was canceled (it is {status}).",
    "setting_missing": "The setting {setting} {problem}.",
    "subscription_paused": "The subscription is paused. Resume it to look.",
    "term_exists": "The glossary already says how to translate {source} in these languages.",
    "too_many_jobs": "This token may have at most {most} unfinished jobs.",
    "too_many_recipes": "This workspace already has {most} recipes of its own.",
    "too_many_retries": "The job was started {most} times. Submit it as a new one.",
    "too_many_subscriptions": "This workspace already has {most} subscriptions.",
    "too_many_webhooks": "This workspace already has {most} webhooks.",
    "unauthorized": "Send a token: Authorization: Bearer <token>.",
    "unauthorized.signature": "The signature is missing, wrong or too old.",
    "unauthorized.session": "This session has ended. Sign in again.",
    "unauthorized.token": "This token is unknown, was revoked or has expired.",
    "upgrade_required": "This address accepts only WebSocket connections.",
    "upload_ended": "The upload is {state}. Start another one.",
    "upload_ended.aborted": "The upload was aborted in the meantime.",
    "upload_ended.complete": "The upload is complete; its video is an input.",
    "upload_incomplete": "The upload has not arrived.",
    "upload_incomplete.parts": (
        "The parts do not make up the file: one is missing or has another size."
    ),
    "upload_incomplete.size": (
        "The upload is {found} bytes; {declared} were declared. Start another one."
    ),
    "upstream_failed": "{part} did not answer: {why}",
    "upstream_failed.answer": "{part} sent an invalid response.",
    "upstream_failed.answer_size": "The response is too large.",
    "upstream_failed.not_deleted": "Not everything could be deleted. Try again.",
    "upstream_failed.status": "{part} answered HTTP {status}.",
    "webhook_disabled": "The webhook is disabled. {why}",
    # --- the parts of the system, in what others say of them; why one is down ---------------------
    "part.bucket": "The bucket",
    "part.container": "The container",
    "part.openid_provider": "The OpenID provider",
    "part.orchestrator": "The orchestrator",
    "why.broken_off": "the connection failed ({name})",
    "why.late": "not within {limit_ms} ms",
    "why.provider_unfit": "what it says of itself can't be used",
    "why.refused": "it failed with {name}",
    "down.container": "It is down.",
    "down.host": "{host}: {error}",
    "down.no_host": "No host is connected.",
    "down.not_connected": "It is not connected.",
    "down.not_a_container": "The answer is not that of a container.",
    "down.not_the_orchestrator": "The answer is not that of the orchestrator.",
    "down.reports_refused": "The orchestrator refuses its reports.",
    "down.signature": "It refuses the signature: its secret differs from the app's.",
    "down.status": "HTTP {status}",
    "delivery_url": "The URL {reason}.",
    "webhook_off.by_hand": "It was switched off.",
    "webhook_off.failing": "The endpoint accepted nothing for 5 days.",
    "webhook_off.gone": "The endpoint answered 410 Gone.",
    # --- what is wrong with a setting, said after its name ----------------------------------------
    "setting.deepl_key": "must be a key of DeepL",
    "setting.host_keys": "must be like {example}",
    "setting.host_twice": "names a host twice",
    "setting.http_url": "is not an http or https URL",
    "setting.missing": "is missing or empty",
    "setting.no_container": "names a container that does not exist",
    "setting.not_bound": "is not bound",
    "setting.public_url": "must be an https URL of a public host",
    # --- states and inputs, in other messages -----------------------------------------------------
    "state.aborted": "aborted",
    "state.approved": "approved",
    "state.canceled": "canceled",
    "state.complete": "complete",
    "state.completed": "completed",
    "state.expired": "expired",
    "state.failed": "failed",
    "state.fetching_metadata": "fetching_metadata",
    "state.in_review": "in_review",
    "state.preparing": "preparing",
    "state.queued": "queued",
    "state.rejected": "rejected",
    "state.requested": "requested",
    "state.running": "running",
    "state.uploading": "uploading",
    "state.waiting": "waiting",
    "input.comments": "comments",
    "input.memory": "memory",
    "input.subtitles": "subtitles",
    "input.video": "video",
    # --- why a field is refused -------------------------------------------------------------------
    "field.all_parts": "must be all parts from 1 to {most}, each once",
    "field.at_least": "must be at least {least}",
    "field.at_most": "must be at most {most}",
    "field.boolean": "must be true or false",
    "field.characters": "must have {least} to {most} characters",
    "field.characters_at_least": "must have at least {least} characters",
    "field.characters_at_most": "must have at most {most} characters",
    "field.choice": "must be one of {choices}",
    "field.cookies": (
        "must be cookies as a cookies.txt file (Netscape format), as the JSON of a browser"
        " extension, or as one line name=value; name=value"
    ),
    "field.cursor": "must be the nextCursor of an earlier response",
    "field.differs_from_manifest": "differs from the one in the manifest",
    "field.differs_from_start": "differs from what this upload was started with",
    "field.encoding": (
        "must be the label of an encoding, such as gb18030, Big5, Shift_JIS, EUC-KR, windows-1252"
    ),
    "field.end_after_start": "endS must be after startS",
    "field.longest_above_shortest": "durationSMax must be above durationSMin",
    "field.picture": "must be a JPEG or WebP picture",
    "field.recut_of_one_language": "must not be given with bilingual: one language is cut anew",
    "field.kept_range_is_hevc": "must not be av1 where dynamicRange is keep: that is made as HEVC",
    "field.filter": "must name a status, an engine, a media or ids",
    "field.format_kept": "must be a version that is SubRip or ASS",
    "field.format_of_edit": "goes with an edit that is WebVTT",
    "field.format_of": "subtitles alone are written in another format",
    "field.format_of_shorter": "must be asked of subtitles up to {most} bytes",
    "field.from_to": "must be from {least} to {most}",
    "field.items_at_least": "must have at least {least} items",
    "field.items_at_most": "must have at most {most} items",
    "field.json": "must be valid JSON ({why})",
    "why.json_at": "the fault is in line {line}, column {column}",
    "field.language": "must be a language tag of BCP 47, such as en, pt-BR or zh-Hant",
    "field.language_of": "must be subtitles: other inputs have no language",
    "field.less_than": "must be less than {most}",
    "field.list": "must be a list",
    "field.more_than": "must be more than {least}",
    "field.another_version": "must be another version than {other}",
    "field.job_ended": "names a job that has ended without {output}",
    "field.no_such_job": "names a job that there is not",
    "field.not_made_by_job": "names a job that does not make {output} for this input of the media",
    "field.not_a_version": "is not a version that this media has",
    "field.not_an_input": "is not an input of {engine}",
    "field.not_an_output": "is not an output of this engine",
    "field.not_comments": "is not a version of comments",
    "field.no_output": "must be an output that the job has",
    "field.not_multipart": "must be left out: this upload is not multipart",
    "field.not_saved": "is not saved: it belongs to one job alone",
    "field.recipe_of_media": "is for media, and a list has links",
    "field.no_earlier_step": "takes from {name}, which is no earlier step with a job",
    "field.no_parameter": "is {name}, which is no parameter",
    "field.no_step": "names {name}, which is no step with a job",
    "field.no_such_output": "takes {output} from {name}, which makes no such input of a media",
    "field.no_track": "is no track of this review",
    "field.of_a_media": "is not taken: this recipe is for media",
    "field.twice": "has the name {name}, which was given before",
    "field.unfit_output": "does not take what {name} is",
    "field.review_of_nothing": "is taken by no later step, so nobody would be asked for it",
    "field.url_or_media": "or mediaId is required, and not both",
    "field.number": "must be a number",
    "field.not_subtitles": "is not a version of subtitles",
    "field.object": "must be an object",
    "field.other": "{why}",
    "field.pattern": "must match {pattern}",
    "field.proxy": ("must be the URL of a proxy (http, https, socks4, socks4a, socks5 or socks5h)"),
    "field.required": "is required",
    "field.required_by_engine": "is required by this engine",
    "field.required_with": "must be given together with {other}",
    "field.not_encoding": "must be the encoding of the file, which is not {encoding}",
    "field.no_terms": "must have at least one line with a source and a target",
    "field.separated_values": "must be a line of separated values, with quotes around quotes",
    "field.term_characters": "must have a source and a target of 1 to {most} characters",
    "field.term_columns": "must have a source, a target and, if there is one, a note",
    "field.terms": "must have at most {most} terms",
    "field.subtitles_of_media": "must be a version of this media's subtitles",
    "field.text": "must be text",
    "field.text_or_image": "must have either text or imageUrl",
    "field.unknown": "is not a known field",
    "field.url": "is not a URL",
    "field.url_characters": "must not contain spaces or control characters",
    "field.url_credentials": "must not carry a user name or password",
    "field.url_http": "must be an http or https URL with a host",
    "field.url_ascii": "must be written in plain ASCII, with other characters percent-encoded",
    "field.url_host": "must name a public host",
    "field.url_https": "must begin with https://",
    "field.url_inside_address": "must not name a private address",
    "field.url_inside_host": "must not name an internal host",
    "field.url_length": "must not be longer than 2000 characters",
    "field.url_parts": "must have no user name, no fragment and no port 0",
    "field.utf8": "must be UTF-8",
    "field.whole_number": "must be a whole number",
    "field.whole_number_from_to": "must be a whole number from {least} to {most}",
    "field.differs_from_path": "differs from the one in the path",
    # --- why an attempt or a job failed -----------------------------------------------------------
    "failure.characters_missing": "No font can draw {count} characters: {characters}.",
    "failure.cues_overlap": "A cue begins at {at}, before an earlier one has ended.",
    "failure.cut_off": "The video can be read up to {read_s} s of {whole_s} s.",
    "failure.language_unknown": "The model does not know {language}.",
    "failure.watermark_unreadable": "The watermark is not a readable PNG, JPEG or WebP image.",
    "failure.no_model": "There is no model {model} here. Models: {models}.",
    "failure.no_pair": (
        "Apertium has no pair {pair} here. Pairs here: {pairs}. More are packages of "
        "Debian (apertium-…)."
    ),
    "failure.no_sound": "The file has no sound: there is nothing to hear.",
    "failure.same_language": "The source is in {language} already.",
    "failure.source_language_needed": (
        "The language of the source is not known, and Apertium can't detect it: say it "
        "in `from`. Pairs here: {pairs}."
    ),
    "failure.attempt_timeout": "It took too long.",
    "failure.comments_invalid": "The comments are not valid.",
    "failure.container_outdated": (
        "The container is of an older version that would leave out an input of the job, such as "
        "a second subtitle track. Update it, and start the job again."
    ),
    "failure.container_rejected": "The container refused the job.",
    "failure.container_start_failed": "The container could not start the job.",
    "failure.container_unauthorized": (
        "The container refused the signature: its JOB_CALLBACK_HMAC_SECRET differs."
    ),
    "failure.container_unreachable": "The container did not answer.",
    "failure.disk_full": "The container's disk is full.",
    "failure.download_audio_only": (
        "The URL has sound and no picture. Download it in the mode for sound (audio)."
    ),
    "failure.download_bot_check": "The site asked for proof that the visitor is not a robot.",
    "failure.download_failed": "The download failed.",
    "failure.download_geo_blocked": (
        "The site does not show this video in the downloader's country."
    ),
    "failure.download_incomplete": (
        "The site has only a part of the video: a piece is missing, or the file is cut off."
    ),
    "failure.download_live": (
        "The video is a live stream or has not begun. Download it once it has ended."
    ),
    "failure.download_login_required": "The site shows this video only to signed-in people.",
    "failure.download_network": (
        "The connection to the site failed, or only a part of the video arrived."
    ),
    "failure.download_no_comments": "The video has no comments, or hides them.",
    "failure.download_one_video": (
        "The URL is one video and not a list. Download it in the mode for a video (full)."
    ),
    "failure.download_password": "The video is protected by a password of its own.",
    "failure.download_proxy_down": "The proxy did not answer.",
    "failure.download_proxy_refused": (
        "The proxy refused the connection: check its user name, its password and what it allows."
    ),
    "failure.download_rate_limited": "The site received too many requests from this address.",
    "failure.download_refused_address": (
        "The URL leads to an address that downloads must not reach."
    ),
    "failure.download_too_large": "The video is larger than the limit.",
    "failure.download_too_long": "The video is longer than the limit.",
    "failure.download_unavailable": "The video is not available.",
    "failure.download_unsupported": "There is nothing at this URL that can be downloaded.",
    "failure.failed_in_earlier_system": "It failed in the earlier system.",
    "failure.glyphs_missing": "No font has a glyph for some of the characters.",
    "failure.input_failed": "A job whose result it takes did not succeed.",
    "failure.input_forbidden": "The URL of an input was refused.",
    "failure.input_missing": "An input does not exist.",
    "failure.input_unreadable": "An input is not a video or audio file that can be read.",
    "failure.input_unsupported": "An input has an unsupported format.",
    "failure.internal_error": "The engine failed unexpectedly.",
    "failure.interrupted": "The container was stopped.",
    "failure.job_forgotten": "The job was forgotten before it started.",
    "failure.job_lost": "The orchestrator no longer knows this job.",
    "failure.kept_in_two_tracks": (
        "A script in its own styling (assStyling keep) cannot be joined with a second track."
    ),
    "failure.lease_expired": "The container stopped reporting.",
    "failure.manifest_gone": "The job's manifest no longer exists.",
    "failure.no_progress": "There was no progress.",
    "failure.options_unsupported": (
        "The container is of the earlier system, and can't do what these options of the job ask "
        "for: {options}. Leave them out, or use a container of this version."
    ),
    "failure.output_forbidden": "The URL of an output was refused.",
    "failure.output_invalid": "The result does not match what was planned.",
    "failure.output_not_verified": "A promised file is missing or has another size.",
    "failure.queue_timeout": "No slot became free in time.",
    "failure.subtitles_invalid": "The subtitles cannot be used.",
    "failure.text_process_ended": "The process that reads and draws the text ended by itself.",
    "failure.text_too_costly": (
        "To read and draw the text takes more processor time or memory than a job may use."
    ),
    "failure.timeout": "A tool made no progress and was stopped.",
    "failure.tool_failed": "A tool failed.",
    "failure.transfer_failed": "A transfer failed: the bucket or another server did not answer.",
    "hint.needs_cookies": "Cookies of a signed-in browser would help.",
    "hint.needs_password": "The video's password would help.",
    "hint.needs_proxy": "A proxy in another country would help.",
    # --- the life of a job ------------------------------------------------------------------------
    "history.accepted": "The app accepted the job.",
    "history.again": "Attempt {attempt} ended: {why}. It will be tried again.",
    "history.canceled_by_hand": "Somebody canceled the job.",
    "history.canceled": "The job was canceled: {cause}.",
    "history.done": "The container reports that it is done; its files are being checked.",
    "history.failed": "Attempt {attempt} ended: {why}. The job has failed.",
    "history.fetching_metadata": "The container is looking up the video.",
    "history.granted": "A slot of the container became free.",
    "history.imported": "Imported from the earlier system, where it ended this way.",
    "history.other": "{status}: {cause}.",
    "history.preparing": "The container is preparing.",
    "history.reported": "The container reports {status}.",
    "history.retried": "Attempt {attempt} begins.",
    "history.running": "The container is working.",
    "history.started": "The container accepted attempt {attempt}.",
    "history.submitted": "The orchestrator accepted the job and requested a slot of a container.",
    "history.uploading": "The container is uploading.",
    "history.verified": "All promised files are in the bucket with their promised sizes.",
    **NOTICES,
    **PEOPLE,
    # --- presets of the burner: their names, and how they look ------------------------------------
    "preset.default": "Default",
    "preset_look.default": "White on a translucent box, the second language smaller and yellow.",
    "preset.contrast": "High contrast",
    "preset_look.contrast": "The highest contrast: yellow and white on black.",
    "preset.minimal": "Minimal",
    "preset_look.minimal": "A thin outline and no box.",
    "preset.bold": "Bold",
    "preset_look.bold": "Large and heavy with a thick outline, for small screens.",
    "preset.shorts": "YouTube Shorts",
    "preset_look.shorts": "Heavy, each line on a box of its own with round corners.",
    "preset.reels": "Instagram Reels",
    "preset_look.reels": "Dark on white paper with rounder corners.",
    "preset.tiktok": "TikTok",
    "preset_look.tiktok": "Heavy and white with the thickest outline.",
    "preset.karaoke": "Karaoke",
    "preset_look.karaoke": "Words fill with colour as they are said, where subtitles time words.",
}
