/** Which versions the editor shows, as its address says and what was saved from there. */
import { useEffect, useRef } from "../../vendor/htm-preact.js";
import { place } from "../places.js";
import { link } from "../router.js";
import { originOf } from "./beside.js";

const stored = new Map(); // Place in the history -> the version that was stored last from it.

/** The version of which `version` is a translation, also after edits; undefined where it is none. */
export function translatedFrom(versions, version) {
  const origin = versions.find(({ inputId }) => inputId === originOf(versions, version?.inputId));
  return origin?.origin === "translation" ? origin.parent : undefined;
}

/**
 * Of the versions of a media's subtitles, whose own is `own`, the one that is edited and the one beside it, `{known, besideId}`, for the
 * address's `version` and `beside`. Who comes back finds what was saved on leaving; beside a text stands another one.
 */
export function shownOf(versions, own, { version, beside }) {
  const last = versions.find(({ inputId }) => inputId === stored.get(place()));
  const other = beside && versions.find(({ inputId }) => originOf(versions, inputId) !== originOf(versions, beside));
  // Where the list does not have it, the server says so with its text.
  const named = version && (versions.find(({ inputId }) => inputId === version) ?? { inputId: version });
  const known = last ?? named ?? other ?? own;
  return { known, besideId: beside ?? translatedFrom(versions, known) ?? null };
}

/** Keep the address at what is edited; returns what is to be told of each version that is stored. */
export function useAddress(mediaId, query, beside) {
  const now = useRef({ here: place(), query });
  const { here } = now.current;
  const write = (fields) => {
    now.current.query = { ...now.current.query, ...fields };
    if (place() === here) history.replaceState(history.state, "", link("media", mediaId, "subtitles", now.current.query));
  };
  useEffect(() => {
    if ((query.beside ?? null) !== beside) write({ beside });
  }, [beside]);
  return (inputId) => {
    stored.set(here, inputId);
    if (now.current.query.version) write({ version: inputId });
  };
}
