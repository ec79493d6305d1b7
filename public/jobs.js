/** The list of jobs: one card per job, changed in place so that focus and playback survive. */
import {
  ago,
  duration,
  engineName,
  fileType,
  hasEnded,
  moment,
  shortTitle,
  size,
  slotName,
  statusName,
  tone,
  trouble,
} from "./words.js";

const template = document.getElementById("job-template");
const NEWS_STEP = 25; // Per cent between two spoken reports of one job.

/** Set text only when it changes: assistive technology speaks every change. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** One job. `actions`: cancel(job), again(job), fresh(job) -> the job with new links. */
class JobCard {
  constructor(job, actions) {
    this.actions = actions;
    this.root = template.content.firstElementChild.cloneNode(true);
    const find = (selector) => this.root.querySelector(selector);
    this.parts = {
      toggle: find(".job-toggle"),
      icon: find(".job-icon use"),
      title: find(".job-title"),
      about: find(".job-about"),
      badge: find(".badge"),
      live: find(".job-live"),
      track: find(".track"),
      fill: find(".fill"),
      percent: find(".percent"),
      cancel: find(".cancel"),
      note: find(".job-note"),
      body: find(".job-body"),
      video: find("video"),
      videoNote: find(".video-note"),
      downloads: find(".downloads"),
      facts: find(".facts"),
      tool: find(".tool"),
      toolText: find(".tool pre"),
      again: find(".again"),
    };
    const { toggle, body, cancel, again, video } = this.parts;
    body.id = `body-${job.jobId}`;
    toggle.setAttribute("aria-controls", body.id);
    toggle.addEventListener("click", () => this.open(body.hidden));
    cancel.addEventListener("click", () => this.act(cancel, "Canceling…", actions.cancel));
    again.addEventListener("click", () => this.act(again, "Starting…", actions.again));
    video.addEventListener("error", () => this.playAgain());
    this.spoken = null;
  }

  /** Show `job`; `title` is its media's. Returns what is worth saying aloud, or "". */
  update(job, title, nowMs) {
    this.job = job;
    const { parts } = this;
    const percent = Math.round(job.progress * 100);
    const name = `${engineName(job.engine)}: ${shortTitle(title)}`;
    this.root.dataset.tone = tone(job.status);
    parts.icon.setAttribute("href", `#icon-${job.engine}`);
    write(parts.title, shortTitle(title));
    parts.title.title = title;
    write(parts.about, this.about(nowMs));
    write(parts.badge, statusName(job));
    parts.live.hidden = hasEnded(job);
    parts.track.setAttribute("aria-label", name);
    parts.track.setAttribute("aria-valuenow", String(percent));
    parts.track.setAttribute("aria-valuetext", `${statusName(job)}, ${percent} %`);
    parts.track.classList.toggle("unknown", job.status !== "queued" && percent === 0);
    parts.fill.style.setProperty("width", `${percent}%`);
    write(parts.percent, percent > 0 ? `${percent} %` : "");
    parts.cancel.setAttribute("aria-label", `Cancel ${name}`);
    const note = this.refusal || trouble(job);
    write(parts.note, note);
    parts.note.hidden = note === "";
    if (!parts.body.hidden) this.showBody();
    return this.news(name, percent);
  }

  about(nowMs) {
    const { engine, createdAt, finishedAt, status, phase } = this.job;
    const parts = [engineName(engine), ago(createdAt, nowMs)];
    if (status === "completed") parts.push(`took ${duration(finishedAt - createdAt)}`);
    else if (finishedAt === null && phase) parts.push(phase);
    return parts.join(" · ");
  }

  news(name, percent) {
    const state = `${this.job.status} ${Math.floor(percent / NEWS_STEP)}`;
    const before = this.spoken;
    this.spoken = state;
    if (before === null || before === state) return "";
    const running = hasEnded(this.job) ? "" : `, ${percent} %`;
    return `${name}: ${statusName(this.job)}${running}.`;
  }

  open(open) {
    const { body, toggle, video } = this.parts;
    body.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    if (open) this.showBody();
    else video.pause();
  }

  showBody() {
    const { job, parts } = this;
    const slots = Object.entries(job.artifacts);
    const film = job.artifacts.video;
    if (film && !parts.video.src) {
      parts.video.src = film.url;
      parts.video.hidden = false;
    }
    this.showDownloads(slots);
    this.showFacts();
    parts.again.hidden = !hasEnded(job) || job.status === "completed";
    parts.tool.hidden = !job.error?.toolTail;
    write(parts.toolText, job.error?.toolTail ?? "");
  }

  showDownloads(slots) {
    const { downloads } = this.parts;
    downloads.hidden = slots.length === 0;
    for (const [slot, artifact] of slots) {
      let link = downloads.querySelector(`[data-slot="${CSS.escape(slot)}"]`);
      if (link === null) {
        link = element("a", "button download");
        link.dataset.slot = slot;
        link.target = "_blank";
        link.rel = "noopener";
        const text = element("span", "download-text", slotName(slot));
        const about = `${fileType(artifact.contentType)}, ${size(artifact.sizeBytes)}`;
        text.append(element("span", "note", about));
        link.append(icon("file"), text);
        downloads.append(link);
      }
      // Links are signed for some hours; each answer brings fresh ones.
      link.href = artifact.downloadUrl ?? artifact.url;
    }
  }

  showFacts() {
    const { job } = this;
    const facts = {
      Created: moment(job.createdAt),
      Ended: job.finishedAt === null ? "" : moment(job.finishedAt),
      Attempt: job.attempt > 1 ? String(job.attempt) : "",
      Error: job.error?.code ?? "",
      Source: typeof job.options?.url === "string" ? job.options.url : "",
      Job: job.jobId,
      Media: job.mediaId,
    };
    const shown = Object.entries(facts).filter(([, value]) => value !== "");
    const text = JSON.stringify(shown);
    if (text === this.factsShown) return;
    this.factsShown = text;
    this.parts.facts.replaceChildren(
      ...shown.flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]),
    );
  }

  async act(button, busy, action) {
    const before = button.textContent;
    button.disabled = true;
    button.textContent = busy;
    this.refusal = "";
    try {
      await action(this.job);
    } catch (error) {
      this.refusal = error.message;
    }
    button.disabled = false;
    button.textContent = before;
    write(this.parts.note, this.refusal || trouble(this.job));
    this.parts.note.hidden = this.parts.note.textContent === "";
  }

  /** A link may have run out while the page was open: try once with a fresh one. */
  async playAgain() {
    const { video, videoNote } = this.parts;
    if (!this.retried) {
      this.retried = true;
      const job = await this.actions.fresh(this.job).catch(() => null);
      if (job?.artifacts.video) {
        video.src = job.artifacts.video.url;
        return;
      }
    }
    write(videoNote, "The video cannot be played here. It can be downloaded below.");
    videoNote.hidden = false;
    video.hidden = true;
  }
}

/** The cards of all known jobs, newest first. */
export class JobList {
  constructor(list, announcer, actions) {
    this.list = list;
    this.announcer = announcer;
    this.actions = actions;
    this.cards = new Map();
  }

  /** Show `jobs` in their order; `titleOf(mediaId)` names their media. */
  show(jobs, titleOf) {
    const nowMs = Date.now();
    const news = [];
    jobs.forEach((job, index) => {
      let card = this.cards.get(job.jobId);
      if (card === undefined) {
        card = new JobCard(job, this.actions);
        this.cards.set(job.jobId, card);
      }
      const said = card.update(job, titleOf(job.mediaId), nowMs);
      if (said) news.push(said);
      // Moving a node that is in place would stop its video.
      if (this.list.children[index] !== card.root) {
        this.list.insertBefore(card.root, this.list.children[index] ?? null);
      }
    });
    if (news.length > 0) this.announcer.textContent = news.join(" ");
  }

  open(jobId) {
    const card = this.cards.get(jobId);
    card?.open(true);
    card?.root.scrollIntoView({ block: "nearest" });
  }

  clear() {
    this.cards.clear();
    this.list.replaceChildren();
  }
}
