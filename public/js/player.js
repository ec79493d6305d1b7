/** A video with the subtitles of a media as a text track. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { plainLines } from "./vtt.js";

/** A cue's plain text for the browser, which would read signs of WebVTT in it. */
const shownText = (text) => plainLines(text).join("\n").replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Make a track show `cues`. `drawn`: what it shows by cue, so that an edit of one costs no more than that. */
function drawInto(track, cues, drawn) {
  const wanted = new Set(cues);
  for (const [cue, shown] of drawn) {
    if (wanted.has(cue)) continue;
    track.removeCue(shown);
    drawn.delete(cue);
  }
  for (const cue of cues) {
    if (drawn.has(cue) || cue.endMs <= cue.startMs) continue;
    const shown = new VTTCue(cue.startMs / 1000, cue.endMs / 1000, shownText(cue.text));
    track.addCue(shown);
    drawn.set(cue, shown);
  }
}

/** What a link leads to, whichever signature it has. */
const addressOf = (url) => url.split("?")[0];

/**
 * `cues` are shown by the browser; `onTime` gets the place in ms. When a link has expired (`expiresAt`, ms) and the
 * browser fails to go on with it, `onExpired` is called; what plays goes on with the next `src` at its place.
 */
export function Player({ src, poster, cues = [], onTime, videoRef, label, expiresAt, onExpired }) {
  const own = useRef(null);
  const left = useRef(null);
  const drawn = useRef(new Map());
  const [shown, setShown] = useState(src);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    // A fresh link to what is shown is for later: to take it now would begin anew.
    const another = addressOf(src) !== addressOf(shown);
    if (another) left.current = null;
    if (src !== shown && (failed || another)) setShown(src);
    setFailed(false);
  }, [src]);
  const onError = ({ target }) => {
    left.current = { at: target.currentTime, playing: !target.paused };
    if (src !== shown) setShown(src);
    else {
      setFailed(true);
      if (expiresAt && expiresAt <= Date.now()) onExpired?.();
    }
  };
  const onLoadedMetadata = ({ target }) => {
    if (!left.current) return;
    target.currentTime = left.current.at;
    if (left.current.playing) target.play().catch(() => {});
    left.current = null;
  };
  useLayoutEffect(() => {
    // Before any effect of those that have given it.
    if (videoRef) videoRef.current = own.current;
  });
  useEffect(() => {
    const video = own.current;
    if (!video) return;
    const track = [...video.textTracks][0] ?? video.addTextTrack("subtitles", t("slot.subtitles"));
    track.mode = cues.length ? "showing" : "disabled";
    drawInto(track, cues, drawn.current);
  }, [cues, shown]);
  return html`<div class="player"><video ref=${own} src=${shown} poster=${poster} controls playsinline preload="metadata" aria-label=${label}
      onTimeUpdate=${(event) => onTime?.(event.target.currentTime * 1000)} onSeeking=${(event) => onTime?.(event.target.currentTime * 1000)}
      onError=${onError} onLoadedMetadata=${onLoadedMetadata}></video>
    ${failed && html`<p class="player-note" role="status">${t("player.failed")}</p>`}</div>`;
}
