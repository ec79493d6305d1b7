/**
 * A track that is edited: each change is kept in this browser, told to other tabs, and saved as a version when asked, when
 * work rests, and on leaving; what others have saved meanwhile is merged in before.
 */
import { media as api } from "../api.js";
import { keyed } from "../cues.js";
import { staysAsItIs, toStore } from "../editor/storing.js";
import { readSubtitles } from "../reading.js";
import { noteBeginning } from "./keeper.js";
import { isDraftOf, newerThan, relined } from "./lines.js";
import { alignedTo, mergeCues, saysSame } from "./merge.js";
import { mayStore, owner } from "./owner.js";
import { Room, channelOf } from "./room.js";
import { Shelf, folderOf } from "./shelf.js";

const REST_MS = 60_000; // Without a change, until a version is saved.
const WAIT_MS = 3000;
const OTHER = { label: "drafts.did_other", merge: "drafts.other" };

const leaving = new Map(); // mediaId -> the saves of editors that were left.

/** When what was edited before is saved, so that it is what is loaded next; not for ever. */
export const whenSaved = (mediaId) => Promise.race([Promise.allSettled(leaving.get(mediaId) ?? []), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);

function noteLeaving(mediaId, last) {
  leaving.set(mediaId, [...(leaving.get(mediaId) ?? []), last]);
  last.finally(() => leaving.set(mediaId, leaving.get(mediaId).filter((one) => one !== last)));
}

export class Track {
  #mediaId;
  #language;
  #versions;
  #file;
  #read; // The version that the lines of the cues are those of.
  #editing;
  #show;
  #onStored;
  #shelf;
  #room;
  #line;
  #current; // What is edited.
  #saved; // What of it is stored: the same list where all is.
  #base; // What the line says, with the keys that merges go by.
  #isOpen = false;
  #isRefused = false;
  #hasConflicts = false;
  #timer = 0;
  #opening = Promise.resolve();
  #saving = Promise.resolve();
  #listened;

  /**
   * `known`: the version, undefined for none, one of `versions`; `file` was read from it, and is edited as `edited` says,
   * which `editing()` tells with `isFit`, whether it may be stored, and `isAuto`, whether that is to be by itself.
   * `show(values)` is told what a person is to see: see `useTrack`; `onStored(inputId)`, which version was stored.
   */
  constructor({ mediaId, known, versions, file, editing, show, onStored }) {
    this.#mediaId = mediaId;
    this.#language = known?.language ?? null;
    this.#versions = versions;
    this.#file = file;
    this.#read = known?.inputId;
    this.#editing = editing;
    this.#show = show;
    this.#onStored = onStored;
    this.#line = { root: known?.inputId ?? null, own: null, seenMs: Math.max(0, ...versions.map(({ createdAt }) => createdAt)) };
    this.#current = this.#saved = this.#base = editing().edited.stored;
    this.#shelf = new Shelf(mediaId);
    this.#room = new Room(channelOf(`${folderOf(mediaId)}${owner()}`), {
      line: () => this.#line,
      cues: () => this.#current,
      read: () => this.#read,
      take: (change, told) => this.#take(change, told),
      onOthers: (others) => show({ others }),
      onSaved: ({ line, cues, savedMs }) => {
        this.#become(line, cues, { savedMs, restoredMs: 0 });
        this.#onStored(line.own ?? line.root);
      },
    });
    this.#listened = [
      [document, "visibilitychange", () => document.hidden && this.#saveByItself()],
      [globalThis, "online", () => this.#saveByItself()],
      [globalThis, "pagehide", () => this.#room.leave()],
      [globalThis, "pageshow", (event) => event.persisted && this.#room.hello()],
    ];
    this.#listened.forEach(([place, event, listener]) => place.addEventListener(event, listener));
  }

  /** Take over what another tab edits, or what this browser has kept. */
  open() {
    this.#opening = this.#find();
    noteBeginning(this.#opening);
  }

  async #find() {
    try {
      // What this browser has saved by itself of this very version is replaced by the next; the lines of a script need it.
      const last = staysAsItIs(this.#file) ? undefined : await this.#shelf.lastSaved(this.#line.root);
      if (last) this.#line = { ...this.#line, ...last };
      if (!(await this.#room.hello())) await this.#restore();
    } finally {
      this.#isOpen = true;
      this.#show({ isOpen: true });
    }
    this.#keep();
  }

  /** The cues that are edited may have changed. */
  changed() {
    const { cues } = this.#editing().edited;
    if (cues === this.#current) return;
    this.#current = cues;
    this.#room.changed();
    this.#keep();
    // Not for what another tab has told: one of them saves it.
    if (this.#current !== this.#saved && this.#editing().isAuto) this.#timer = setTimeout(() => this.#saveByItself(), REST_MS);
  }

  /** Change the cues by a function of the present ones. */
  edit(change, about) {
    const before = this.#current;
    const next = change(before);
    this.#current = next;
    this.#editing().edited.edit((now) => (now === before ? next : change(now)), about);
    this.#room.changed();
    this.#keep();
  }

  /** Whether a version was stored; what is in the way of one is shown. One save comes after the other. */
  save({ isAuto = false } = {}) {
    clearTimeout(this.#timer);
    const run = async () => {
      this.#show({ busy: !isAuto, error: null });
      try {
        return await this.#store(isAuto);
      } catch (error) {
        if (isAuto && error.status === 403) this.#isRefused = true;
        this.#show({ error: isAuto ? null : error });
        return false;
      } finally {
        this.#show({ busy: false });
      }
    };
    this.#saving = this.#saving.then(run);
    return this.#saving;
  }

  /** A person has decided about all conflicts. */
  settled() {
    this.#hasConflicts = false;
    this.#show({ conflicts: [] });
    this.#keep();
  }

  close() {
    clearTimeout(this.#timer);
    this.#listened.forEach(([place, event, listener]) => place.removeEventListener(event, listener));
    this.#shelf.flush();
    const save = this.#opening.then(() => this.#saveByItself());
    const last = save.finally(() => {
      this.#room.close();
      return this.#shelf.close();
    });
    noteLeaving(this.#mediaId, last);
  }

  /** Keep what is edited and not stored. */
  #keep() {
    clearTimeout(this.#timer);
    if (!this.#isOpen) return;
    if (this.#current === this.#saved) this.#shelf.drop(this.#line);
    else this.#shelf.keep(this.#line, this.#current, this.#base);
  }

  #setSaved(cues) {
    this.#saved = cues;
    this.#editing().edited.saved(cues);
  }

  /** Another tab tells what it has changed, or, to this one when it comes, all. */
  #take(change, { read, line, isState }) {
    this.#read = read;
    if (isState) this.#line = line;
    this.edit(change, OTHER);
    if (isState) this.#base = alignedTo(this.#base, this.#current);
    if (!saysSame(this.#current, this.#base)) return;
    this.#setSaved(this.#current);
    this.#keep();
  }

  /** What is edited is from now on an edit of `line`, which says `cues`. */
  #become(line, cues, values) {
    this.#shelf.drop(this.#line);
    this.#line = line;
    this.#base = cues;
    this.#setSaved(saysSame(this.#current, cues) ? this.#current : cues);
    this.#show(values);
    this.#keep();
  }

  /** What is edited from now on: `cues`, made of `theirs`, which the version `read` says, and what was `before`. */
  #begin({ cues, before, theirs, read, label }) {
    const next = relined(cues, before, theirs);
    this.#read = read;
    this.#base = theirs;
    this.edit(() => (saysSame(next, theirs) ? theirs : next), { label });
    this.#setSaved(theirs);
  }

  /** The edits that this browser has kept, on top of what was loaded. */
  async #restore() {
    const drafts = await this.#shelf.list();
    const draft = drafts.find((one) => isDraftOf(one.line, this.#line.root, this.#versions, this.#language));
    this.#show({ elsewhere: drafts.filter((one) => one !== draft && one.line.root) });
    if (!draft) return;
    const before = draft.base ?? alignedTo(this.#base, draft.cues);
    const theirs = alignedTo(this.#base, before, draft.cues);
    const { cues, conflicts } = mergeCues(before, draft.cues, theirs);
    const isSameVersion = draft.line.root === this.#line.root;
    if (!isSameVersion || saysSame(cues, theirs)) this.#shelf.drop(draft.line);
    if (isSameVersion) this.#line = draft.line;
    if (saysSame(cues, theirs)) return;
    this.#hasConflicts = conflicts.length > 0;
    // What another tab has told while the draft was looked for is not lost either.
    const typed = this.#current === this.#saved ? cues : mergeCues(theirs, alignedTo(this.#current, theirs), cues).cues;
    this.#begin({ cues: typed, before, theirs, read: this.#read, label: "drafts.did_restore" });
    this.#show({ restoredMs: draft.atMs, conflicts });
  }

  /** Merge in the version that somebody else has saved. */
  async #takeIn(newer) {
    this.#file = await readSubtitles(await api.text(this.#mediaId, newer.inputId));
    const theirs = alignedTo(keyed(this.#file.cues), this.#base, this.#current);
    const { cues, conflicts } = mergeCues(this.#base, this.#current, theirs);
    this.#hasConflicts = conflicts.length > 0;
    this.#shelf.drop(this.#line);
    this.#line = { root: newer.inputId, own: null, seenMs: newer.createdAt };
    this.#editing().edited.rebase(this.#file);
    this.#begin({ cues, before: this.#base, theirs, read: newer.inputId, label: "drafts.did_merge" });
    this.#show({ conflicts, mergedMs: newer.createdAt });
    this.#keep();
  }

  /** Whether a version was stored: where somebody else's edits differ, a person decides first. */
  async #store(isAuto) {
    this.#room.tell();
    const options = { isWanted: !isAuto };
    const { items } = await api.versions(this.#mediaId, "subtitles", options);
    const [newer] = newerThan(items, this.#line, this.#language);
    if (newer) await this.#takeIn(newer);
    if (newer && (this.#hasConflicts || this.#current === this.#saved)) return false;
    const cues = this.#current;
    const { root, own } = this.#line;
    const { body, formatOf } = toStore(this.#file, cues, this.#read);
    const query = { language: this.#language ?? undefined, parent: root, formatOf, replaces: own };
    const answer = await api.putEdit(this.#mediaId, body, query, options);
    const isOwn = isAuto && root !== null;
    const line = { root: isOwn ? root : answer.inputId, own: isOwn ? answer.inputId : null, seenMs: answer.createdAt };
    const savedMs = isAuto ? answer.createdAt : 0;
    this.#hasConflicts = false;
    this.#room.saved({ line, cues, savedMs });
    this.#become(line, cues, { savedMs, restoredMs: 0, mergedMs: 0, conflicts: [], learned: answer.pairsLearned ?? 0, notices: answer.notices });
    this.#shelf.noteSaved(line, own);
    this.#onStored(answer.inputId);
    return true;
  }

  #saveByItself() {
    const { isFit, isAuto } = this.#editing();
    const isWanted = this.#isOpen && isAuto && isFit && this.#current !== this.#saved && !this.#hasConflicts && !this.#isRefused && mayStore();
    return isWanted ? this.save({ isAuto: true }) : Promise.resolve(false);
  }
}
