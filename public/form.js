/** The form for a new job: what it needs per engine, what the chosen media has. */
import { attach, createJob, getMedia, listMedia, newKey } from "./api.js";
import { ago, shortTitle, size } from "./words.js";

const byId = (id) => document.getElementById(id);
const MEDIA_TRIED = 8;
const VERBS = {
  "media-downloader": "Download",
  "burner-ffmpeg": "Burn subtitles",
  "renderer-remotion": "Make the video",
};
// Per engine that works on a media: its file's input, the file's kind for the API, its slot.
const FILES = {
  "burner-ffmpeg": { input: "subtitles", slot: "subtitles", hint: "A WebVTT file (.vtt)." },
  "renderer-remotion": {
    input: "comments",
    slot: "comments-data",
    hint: "A comments document (.json).",
  },
};

export class NewJobForm {
  /** `created(job)` is called with each accepted job. */
  constructor(created) {
    this.created = created;
    this.form = byId("new-job");
    this.key = newKey();
    this.media = null;
    this.sending = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!byId("submit").disabled) this.submit();
    });
    // Another request is another job; the same one sent again after a lost answer is not.
    this.form.addEventListener("input", () => {
      this.key = newKey();
      this.say("");
    });
    for (const radio of this.form.elements.engine) {
      radio.addEventListener("change", () => this.chooseEngine());
    }
    byId("media").addEventListener("change", () => this.chooseMedia());
    for (const { input } of Object.values(FILES)) {
      byId(input).addEventListener("change", () => this.describe());
    }
    this.chooseEngine();
  }

  get engine() {
    return this.form.elements.engine.value;
  }

  say(text) {
    byId("new-job-error").textContent = text;
  }

  chooseEngine() {
    for (const part of this.form.querySelectorAll("[data-engine]")) {
      part.hidden = !part.dataset.engine.split(" ").includes(this.engine);
    }
    byId("submit").textContent = VERBS[this.engine];
    this.say("");
    this.enable();
    if (this.engine in FILES) this.loadMedia();
  }

  async loadMedia() {
    const select = byId("media");
    const chosen = select.value;
    try {
      const { items } = await listMedia();
      select.replaceChildren(
        ...items.map(({ mediaId, title, createdAt }) => {
          const text = `${shortTitle(title).slice(0, 80)} (${ago(createdAt, Date.now())})`;
          return new Option(text, mediaId, false, mediaId === chosen);
        }),
      );
      select.disabled = items.length === 0;
      if (items.length === 0) select.append(new Option("Nothing downloaded yet", ""));
      if (!chosen) await this.offerReadyMedia(items);
      await this.chooseMedia();
    } catch (error) {
      this.say(error.message);
    }
  }

  /** Choose the newest media that has its video, if one of the first few does. */
  async offerReadyMedia(items) {
    for (const { mediaId } of items.slice(0, MEDIA_TRIED)) {
      if ("video" in (await getMedia(mediaId)).inputs) {
        byId("media").value = mediaId;
        return;
      }
    }
  }

  async chooseMedia() {
    const mediaId = byId("media").value;
    this.media = null;
    this.describe();
    if (!mediaId) return;
    try {
      const media = await getMedia(mediaId);
      // The choice may have changed while the answer was on its way.
      if (byId("media").value === mediaId) this.media = media;
    } catch (error) {
      this.say(error.message);
    }
    this.describe();
  }

  /** Say what the chosen media has and whether that is enough. */
  describe() {
    const file = FILES[this.engine];
    if (file === undefined) return;
    const inputs = this.media?.inputs ?? {};
    const { video } = inputs;
    const known = inputs[file.slot];
    const picked = byId(file.input).files.length > 0;
    byId(`${file.input}-note`).textContent =
      known && !picked
        ? `Has some from ${ago(known.createdAt, Date.now())}. Choose a file to use others.`
        : file.hint;
    let note = "";
    if (!byId("media").value) note = "Download a video first.";
    else if (this.media && !video) note = "Its video is not there: wait for its download to end, or choose another.";
    else if (video) note = `Video of ${size(video.sizeBytes)}.`;
    byId("media-note").textContent = note;
    this.enable();
  }

  /** A job can be sent when no other is on its way and the media it works on has its video. */
  enable() {
    const ready = !(this.engine in FILES) || this.media?.inputs.video !== undefined;
    byId("submit").disabled = this.sending || !ready;
  }

  options() {
    if (this.engine === "media-downloader") {
      return { url: byId("url").value.trim(), maxHeight: Number(byId("max-height").value) };
    }
    if (this.engine === "renderer-remotion") {
      return { template: byId("template").value, height: Number(byId("height").value) };
    }
    const position = byId("position").value;
    const fontSize = Number(byId("font-size").value);
    return {
      bilingual: byId("bilingual").checked,
      style: { fontSize, position },
      secondaryStyle: { fontSize: fontSize * 0.75, position, textColor: "#FFE08A" },
    };
  }

  /** Return what is missing as [sentence, control at fault], or null. */
  missing() {
    if (this.engine === "media-downloader") {
      const url = byId("url");
      if (url.value.trim() === "") return ["Paste the address of a video.", url];
      if (!/^https?:\/\/\S+$/.test(url.value.trim())) {
        return ["The address must start with https:// or http://.", url];
      }
      return null;
    }
    const { input, slot, hint } = FILES[this.engine];
    if (!(slot in this.media.inputs) && byId(input).files.length === 0) {
      return [`Choose a file: ${hint}`, byId(input)];
    }
    return null;
  }

  async submit() {
    const missing = this.missing();
    if (missing !== null) {
      this.say(missing[0]);
      missing[1].focus();
      return;
    }
    this.sending = true;
    this.enable();
    byId("submit").textContent = "Sending…";
    this.say("");
    try {
      this.created(await this.send());
      this.key = newKey();
      this.empty();
    } catch (error) {
      this.say(error.message);
    }
    this.sending = false;
    this.enable();
    byId("submit").textContent = VERBS[this.engine];
  }

  async send() {
    const { engine } = this;
    const job = { engine, options: this.options() };
    if (engine in FILES) {
      const { input } = FILES[engine];
      const [file] = byId(input).files;
      if (file) await attach(this.media.mediaId, input, file);
      job.mediaId = this.media.mediaId;
    }
    return createJob(job, this.key);
  }

  empty() {
    byId("url").value = "";
    for (const { input } of Object.values(FILES)) byId(input).value = "";
    if (this.engine in FILES) this.chooseMedia();
  }
}
