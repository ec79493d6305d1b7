/** Which versions of a media's subtitles a burn reads: one track, or two of a language each. */
import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { media as api } from "./api.js";
import { useKept } from "./drafts/kept.js";
import { moment } from "./format.js";
import { useAction, useLoaded } from "./hooks.js";
import { t } from "./i18n.js";
import { languageName, languageOptions } from "./languages.js";
import { NO_SUBTITLES, readSubtitles, readVersion } from "./reading.js";
import { SUBTITLE_FILES } from "./source.js";
import { FileField, SelectField } from "./ui.js";

export function versionName(version, number) {
  const parts = [t("media.version", { n: number }), version.language && languageName(version.language), moment(version.createdAt)];
  return parts.filter(Boolean).join(" · ");
}

/**
 * The tracks of a burn of `source`: `{shown, secondShown, inputs, ...}`, what is shown as `readSubtitles`
 * answers.
 *
 * A new file is the first track; without one it is a version, the newest unless another is chosen.
 * `wanted`: the versions to begin with, `{first, second}`, of the media that the page's address names; `kept`: under which
 * prefix the form keeps what was chosen.
 */
export function useTracks(source, wanted, kept) {
  const { chosen, attachment } = source;
  const loaded = useLoaded(async () => (chosen ? (await api.versions(chosen, "subtitles")).items : []), [chosen]);
  const [first, setFirst] = useKept(`${kept}first`, wanted.first ?? "");
  const [second, setSecond] = useKept(`${kept}second`, wanted.second ?? "");
  const [language, setLanguage] = useKept(`${kept}language`, "");
  const seen = useRef(chosen);
  useEffect(() => {
    if (seen.current === chosen) return;
    seen.current = chosen;
    setFirst("");
    setSecond("");
    setFile(null);
  }, [chosen]);
  const versions = loaded.data ?? [];
  const newest = source.item?.inputs.subtitles?.inputId ?? "";
  const own = attachment ? "" : first || newest;
  const [file, setFile] = useKept(`${kept}secondText`, null); // {name, file, subtitles} of a second track from this computer.
  const [spoken, setSpoken] = useKept(`${kept}spoken`, "");
  const [attach, attaching] = useAction(async (given) => setFile({ name: given.name, file: given, subtitles: await readSubtitles(given) }));
  const other = !file && second !== own && versions.some((version) => version.inputId === second) ? second : "";
  const read = async (inputId) => readVersion(chosen, inputId);
  const text = useLoaded(async () => (first && first !== newest ? read(first) : null), [first, newest]);
  const secondText = useLoaded(async () => (other ? read(other) : null), [other]);
  return {
    ...{ versions, own, other, file, attach, language, spoken, setFirst, setSecond, setLanguage, setSpoken },
    error: loaded.error ?? text.error ?? secondText.error ?? attaching.error,
    hasText: source.hasText,
    hasSecond: Boolean(file || other),
    hasFile: Boolean(attachment),
    shown: attachment ? source.subtitles : (text.data ?? source.subtitles),
    secondShown: file ? file.subtitles : (secondText.data ?? NO_SUBTITLES),
    /** Store the file of the second track; the version that it became, undefined without one. */
    store: async (mediaId) => file && (await api.putSubtitles(mediaId, file.subtitles.text, "UTF-8", spoken)).inputId,
    /** What a job names; `stored`, `storedSecond`: the versions that new files became. */
    inputs: (stored, storedSecond) => {
      const another = storedSecond ?? other;
      if (another) return { subtitles: stored ?? own, "subtitles-secondary": another };
      return !stored && own && own !== newest ? { subtitles: own } : undefined;
    },
  };
}

/** The choice of tracks, where there is something to choose. */
export function TrackFields({ tracks }) {
  const options = tracks.versions.map((version, index) => [version.inputId, versionName(version, tracks.versions.length - index)]);
  const others = options.filter(([inputId]) => inputId !== tracks.own);
  return html`${tracks.hasFile && html`<${SelectField} label=${t("track.language")} value=${tracks.language} options=${languageOptions("")} onValue=${tracks.setLanguage} />`}
    ${!tracks.hasFile && options.length > 1 && html`<${SelectField} label=${t("track.first")} value=${tracks.own} options=${options} onValue=${tracks.setFirst} />`}
    ${!tracks.file && others.length > 0 && html`<${SelectField} label=${t("track.second")} note=${t("track.secondNote")} value=${tracks.other}
      options=${[["", t("track.none")], ...others]} onValue=${tracks.setSecond} />`}
    ${tracks.hasText && !tracks.other && html`<${FileField} label=${t("track.secondFile")} accept=${SUBTITLE_FILES} onFile=${tracks.attach} name=${tracks.file?.name} icon="subtitles" />`}
    ${tracks.file && html`<${SelectField} label=${t("track.secondLanguage")} value=${tracks.spoken} options=${languageOptions("")} onValue=${tracks.setSpoken} />`}`;
}
