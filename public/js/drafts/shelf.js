/** What this browser keeps of a media's tracks: what is edited of a line, and beside it what that began from. */
import { createKeeper } from "./keeper.js";
import { listDrafts, readDraft } from "./store.js";

export const folderOf = (mediaId) => `subtitles/${mediaId}/`;

export class Shelf {
  #mediaId;
  #keeper = createKeeper();
  #based = ""; // The name whose beginning is kept.

  constructor(mediaId) {
    this.#mediaId = mediaId;
  }

  #nameOf = ({ root }) => `${folderOf(this.#mediaId)}${root ?? "new"}`;

  keep(line, cues, base) {
    const name = this.#nameOf(line);
    if (this.#based !== name) this.#keeper.keep(`${name}#base`, base);
    this.#based = name;
    this.#keeper.keep(name, { cues, line });
  }

  drop(line) {
    this.#based = "";
    this.#keeper.drop(`${this.#nameOf(line)}#base`);
    this.#keeper.drop(this.#nameOf(line));
  }

  /** The drafts of all lines, the newest first: `{atMs, line, cues, base}`. */
  async list() {
    const all = await listDrafts(folderOf(this.#mediaId));
    const drafts = all.filter(({ name }) => !name.endsWith("#base")).sort((one, two) => two.atMs - one.atMs);
    return drafts.map(({ name, atMs, value }) => ({ atMs, ...value, base: all.find((one) => one.name === `${name}#base`)?.value }));
  }

  /** What the version `inputId` is an edit of, if this browser has saved it by itself: `{own, root}`, else undefined. */
  lastSaved = async (inputId) => (await readDraft(this.#savedName(inputId)))?.value;

  #savedName = (inputId) => `autosaved/${this.#mediaId}/${inputId}`;

  /** The line from now on; what it has saved by itself `before` is replaced. */
  noteSaved({ own, root }, before) {
    if (before) this.#keeper.drop(this.#savedName(before));
    if (own) this.#keeper.keep(this.#savedName(own), { own, root });
  }

  flush = () => this.#keeper.flush();
  close = () => this.#keeper.close();
}
