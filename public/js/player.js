/** A video with the subtitles of a media as a text track. */
import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { t } from "./i18n.js";
import { plainLines } from "./vtt.js";

/** A cue's plain text for the browser, which would read signs of WebVTT in it. */
const shownText = (text) => plainLines(text).join("\n").replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** `cues` are shown by the browser; `onTime` gets the place in ms. */
export function Player({ src, poster, cues = [], onTime, videoRef, label }) {
  const own = useRef(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => setFailed(false), [src]);
  useEffect(() => {
    const video = own.current;
    if (videoRef) videoRef.current = video;
    if (!video) return undefined;
    const track = [...video.textTracks][0] ?? video.addTextTrack("subtitles", t("slot.subtitles"));
    track.mode = cues.length ? "showing" : "disabled";
    const shown = cues
      .filter((cue) => cue.endMs > cue.startMs)
      .map((cue) => new VTTCue(cue.startMs / 1000, cue.endMs / 1000, shownText(cue.text)));
    shown.forEach((cue) => track.addCue(cue));
    return () => shown.forEach((cue) => track.removeCue(cue));
  }, [cues, src]);
  return html`<div class="player"><video ref=${own} src=${src} poster=${poster} controls playsinline preload="metadata" aria-label=${label}
      onTimeUpdate=${(event) => onTime?.(event.target.currentTime * 1000)} onSeeking=${(event) => onTime?.(event.target.currentTime * 1000)}
      onError=${() => setFailed(true)}></video>
    ${failed && html`<p class="player-note" role="status">${t("player.failed")}</p>`}</div>`;
}
