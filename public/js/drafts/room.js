/**
 * Tabs that edit one track: each is told of the others, and gets what they change, by cue.
 *
 * A tab tells what has changed since it told or heard last; of two changes of one cue the later counts, by a clock that all
 * of them count on. What a tab has changed itself and not told yet stays as it is there, and is told next.
 */
import { newKey } from "../cues.js";
import { isSameLine } from "./lines.js";
import { alignedTo, changesOf, mergeCues, saysSame, withChanges } from "./merge.js";

const REST_MS = 250;
const ANSWER_MS = 100;

/** A channel for all tabs of one name; one that nobody hears where the browser has none. */
export const channelOf = (name) => (globalThis.BroadcastChannel ? new BroadcastChannel(name) : { postMessage() {}, close() {} });

const keysOf = ({ cues, removed }) => [...cues.map(({ cue }) => cue.key), ...removed];

/** Changes of the cues whose key passes `test`. */
const only = ({ cues, removed }, test) => ({ cues: cues.filter(({ cue }) => test(cue.key)), removed: removed.filter(test) });

export class Room {
  #channel;
  #host;
  #tab;
  #others = new Set();
  #stamps = new Map(); // Key -> [clock, tab] of the last change that counts.
  #shared; // What all tabs know.
  #clock = 0;
  #timer = 0;
  #answered = null; // While this tab waits for the state of the others.

  /**
   * `host`: `line()` and `cues()` are what this tab edits now, `read()` the version that the lines of its cues are those of.
   * `take(change, {read, line, isState})` takes over what another tab tells: cues by a function of the present ones, of
   * which those of a state have its keys, and then its line counts. `onOthers(n)`, `onSaved(saved)`.
   */
  constructor(channel, host, tab = newKey()) {
    this.#channel = channel;
    this.#host = host;
    this.#tab = tab;
    this.#shared = host.cues();
    channel.onmessage = ({ data }) => this.#hear(data);
  }

  #say(type, message = {}) {
    this.#channel.postMessage({ type, tab: this.#tab, line: this.#host.line(), read: this.#host.read(), ...message });
  }

  /** Ask for the others; whether one has answered with what it has. */
  hello() {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#say("hello");
      setTimeout(() => resolve(false), ANSWER_MS);
    });
  }

  /** The cues have changed, here or by what another tab has told. */
  changed() {
    this.#timer ||= setTimeout(() => this.tell(), REST_MS);
  }

  /** Tell at once what has changed here. */
  tell() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const changes = changesOf(this.#shared, this.#host.cues());
    if (keysOf(changes).length === 0) return;
    this.#clock += 1;
    keysOf(changes).forEach((key) => this.#stamps.set(key, [this.#clock, this.#tab]));
    this.#shared = this.#host.cues();
    this.#say("changes", { clock: this.#clock, changes });
  }

  /** This tab has saved: `{line, cues, savedMs}`, `line` the one from now on. */
  saved(saved) {
    this.tell();
    this.#say("saved", { saved });
  }

  /** This tab goes; it may come back, by Back and Forward. */
  leave() {
    this.tell();
    this.#say("bye");
  }

  close() {
    this.leave();
    this.#channel.close();
  }

  #hear(message) {
    if (!isSameLine(message.line, this.#host.line())) return;
    const { type, tab } = message;
    const count = this.#others.size;
    if (type === "bye") this.#others.delete(tab);
    else this.#others.add(tab);
    if (this.#others.size !== count) this.#host.onOthers(this.#others.size);
    if (type === "hello") {
      this.tell();
      this.#say("here", { to: tab, cues: this.#host.cues(), clock: this.#clock, stamps: [...this.#stamps] });
    } else if (type === "here" && message.to === this.#tab && this.#answered) this.#hearState(message);
    else if (type === "changes") this.#hearChanges(message);
    else if (type === "saved") this.#host.onSaved(message.saved);
  }

  #counts(key, [clock, tab]) {
    const [known, knownTab] = this.#stamps.get(key) ?? [0, 0];
    return clock > known || (clock === known && tab > knownTab);
  }

  #hearChanges({ clock, tab, changes, read }) {
    this.#clock = Math.max(this.#clock, clock);
    const heard = only(changes, (key) => this.#counts(key, [clock, tab]));
    keysOf(heard).forEach((key) => this.#stamps.set(key, [clock, tab]));
    const untold = new Set(keysOf(changesOf(this.#shared, this.#host.cues())));
    this.#shared = withChanges(this.#shared, heard);
    const taken = only(heard, (key) => !untold.has(key));
    this.#host.take((now) => withChanges(now, taken), { read, isState: false });
  }

  /** The state of a tab that was there before: with its keys, which the changes that it tells are by. */
  #hearState({ cues, read, line, clock, stamps }) {
    this.#clock = Math.max(this.#clock, clock);
    stamps.forEach(([key, stamp]) => this.#stamps.set(key, stamp));
    const next = this.#mergedWith(cues);
    this.#shared = cues;
    this.#host.take(() => next, { read, line, isState: true });
    this.#answered(true);
    this.#answered = null;
  }

  /** `cues` with what has been changed here already; they as they are, also in their order, where that is nothing. */
  #mergedWith(cues) {
    if (this.#host.cues() === this.#shared) return cues;
    const before = alignedTo(this.#shared, cues);
    const keys = new Map(this.#shared.map(({ key }, at) => [key, before[at].key]));
    const mine = this.#host.cues().map((cue) => ({ ...cue, key: keys.get(cue.key) ?? cue.key }));
    const merged = mergeCues(before, mine, cues).cues;
    return saysSame(merged, cues) ? cues : merged;
  }
}
