/**
 * How the burner will draw a cue, as CSS figures for a picture shown at some size. Pure.
 *
 * The rules are those of containers/burner/styles.py, captions.py and layout.py: sizes are pixels at
 * 1080 lines, measured on the picture's short side; distances are to the edge of what is seen; upright
 * pictures are kept free where apps have their controls; two languages share one box when they have
 * one place and one background.
 */

export const REFERENCE_LINES = 1080;
export const REFERENCE_COLUMNS = 1920;
/** A very wide picture is measured by this share of its width. */
export const WIDE_SHARE = 0.42;
export const BOX_PADDING_ACROSS_EM = 0.28;
export const BOX_PADDING_DOWN_EM = 0.16;
export const SIDE_MARGIN_SHARE = 0.05;
export const UPRIGHT = { bottom: 0.24, center: 0, top: 0.14, side: 0.14 };
/** From one baseline to the next, and what a line's letters take above and below theirs, in ems. */
export const PITCH_EM = 1.2;
export const ABOVE_EM = 0.88;
export const BELOW_EM = 0.26;
/** Where CSS puts the baseline of Noto Sans in a line of PITCH_EM: its hhea ascent 1.069, descent 0.293. */
const CSS_ABOVE_EM = (PITCH_EM - 1.069 - 0.293) / 2 + 1.069;

export const STYLE = {
  fontSize: 48,
  textColor: "#FFFFFF",
  backgroundColor: "#000000",
  backgroundOpacity: 0.6,
  box: "block",
  cornerRadius: 0,
  outlineColor: "#000000",
  outlineWidth: 0,
  bold: false,
  italic: false,
  position: "bottom",
  marginV: 60,
  highlight: "none",
  highlightColor: "#FFD60A",
};
export const SECONDARY_STYLE = { ...STYLE, fontSize: 36, textColor: "#FFE08A" };

const PAPER = { backgroundColor: "#FFFFFF", backgroundOpacity: 1, box: "lines", cornerRadius: 18, bold: true };

/** What the presets of src/media_jobs/engines/burner/options.py say; a test holds both together. */
export const PRESETS = {
  default: {},
  contrast: {
    style: { fontSize: 52, textColor: "#FFFF00", backgroundOpacity: 1, bold: true },
    secondaryStyle: { fontSize: 40, textColor: "#FFFFFF", backgroundOpacity: 1 },
  },
  minimal: {
    style: { fontSize: 40, backgroundOpacity: 0, outlineWidth: 3.5, marginV: 48 },
    secondaryStyle: { fontSize: 32, textColor: "#E6E6E6", backgroundOpacity: 0, outlineWidth: 3, marginV: 48 },
  },
  bold: {
    style: { fontSize: 64, backgroundOpacity: 0, outlineWidth: 6, bold: true },
    secondaryStyle: { fontSize: 48, textColor: "#FFE08A", backgroundOpacity: 0, outlineWidth: 5, bold: true },
  },
  shorts: {
    style: { fontSize: 60, backgroundOpacity: 0.75, box: "lines", cornerRadius: 10, bold: true },
    secondaryStyle: { fontSize: 46, backgroundOpacity: 0.75, box: "lines", cornerRadius: 10, bold: true },
  },
  reels: {
    style: { ...PAPER, fontSize: 56, textColor: "#111111" },
    secondaryStyle: { ...PAPER, fontSize: 44, textColor: "#333333" },
  },
  tiktok: {
    style: { fontSize: 64, backgroundOpacity: 0, outlineWidth: 7, bold: true },
    secondaryStyle: { fontSize: 50, textColor: "#FFE08A", backgroundOpacity: 0, outlineWidth: 6, bold: true },
  },
  karaoke: {
    style: { fontSize: 64, backgroundOpacity: 0, outlineWidth: 6, bold: true, highlight: "fill" },
    secondaryStyle: { fontSize: 44, backgroundOpacity: 0, outlineWidth: 5, bold: true, textColor: "#FFFFFF" },
  },
};

/** The two styles that a preset begins with. */
export function presetStyles(name) {
  const preset = PRESETS[name] ?? {};
  return {
    style: { ...STYLE, ...preset.style },
    secondaryStyle: { ...SECONDARY_STYLE, ...preset.secondaryStyle },
  };
}

/** Shown pixels per pixel of the options, on a picture shown `width` × `height`. */
export function scaleOf({ width, height }) {
  const [short, long] = width < height ? [width, height] : [height, width];
  return Math.max(short / REFERENCE_LINES, (WIDE_SHARE * long) / REFERENCE_COLUMNS);
}

/** Whether a picture is one that phones show upright, under controls of their own. */
export const isUpright = ({ width, height }) => width > 0 && width <= 0.7 * height;

export const rgba = (colour, opacity) => {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${opacity})`;
};

/** The figures of one style in shown pixels. */
export function lookOf(style, picture) {
  const scale = scaleOf(picture);
  const fontSize = style.fontSize * scale;
  const outline = style.outlineWidth * scale;
  const box = style.backgroundOpacity > 0;
  const upright = isUpright(picture);
  const side = picture.width * (upright ? UPRIGHT.side : SIDE_MARGIN_SHARE);
  const kept = upright ? UPRIGHT[style.position] * picture.height : 0;
  return {
    fontSize,
    lineHeight: fontSize * PITCH_EM,
    outline,
    paddingAcross: box ? Math.max(fontSize * BOX_PADDING_ACROSS_EM, outline) : 0,
    paddingDown: box ? Math.max(fontSize * BOX_PADDING_DOWN_EM, outline) : 0,
    radius: (style.cornerRadius ?? 0) * scale,
    marginV: Math.max(style.marginV * scale, kept || 0),
    marginH: style.marginH == null ? side : style.marginH * scale,
  };
}

/** The height of so many lines in one style, with its box, in shown pixels. */
export function heightOf(style, count, picture) {
  const look = lookOf(style, picture);
  return look.fontSize * (ABOVE_EM + BELOW_EM + (count - 1) * PITCH_EM) + 2 * look.paddingDown;
}

/** CSS of the letters. */
export function textCss(style, picture) {
  const look = lookOf(style, picture);
  return {
    color: style.textColor,
    fontSize: `${look.fontSize}px`,
    lineHeight: `${look.lineHeight}px`,
    fontWeight: style.bold ? "700" : "400",
    fontStyle: style.italic ? "italic" : "normal",
    // A stroke is drawn half inside the letter; the fill is painted over that half.
    WebkitTextStroke: look.outline ? `${look.outline * 2}px ${style.outlineColor}` : "0",
    paintOrder: "stroke fill",
  };
}

/** CSS of the box behind a cue, or behind each of its lines. */
export function boxCss(style, picture) {
  const look = lookOf(style, picture);
  const ground = style.backgroundOpacity > 0 ? rgba(style.backgroundColor, style.backgroundOpacity) : "none";
  const above = Math.max(0, look.paddingDown + (ABOVE_EM - CSS_ABOVE_EM) * look.fontSize);
  const below = Math.max(0, look.paddingDown + (BELOW_EM - (PITCH_EM - CSS_ABOVE_EM)) * look.fontSize);
  return {
    background: ground,
    padding: `${above}px ${look.paddingAcross}px ${below}px`,
    borderRadius: `${look.radius}px`,
    maxWidth: `${Math.max(0, picture.width - 2 * look.marginH)}px`,
    boxSizing: "border-box",
  };
}

/** Whether both languages can stand in one box. */
export const sharesBox = (one, two) =>
  one.box !== "lines" &&
  ["position", "marginV", "marginH", "backgroundColor", "backgroundOpacity", "box"].every(
    (name) => (one[name] ?? null) === (two[name] ?? null),
  );

const SCRIPTS = [
  ...["Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Syriac", "Thaana", "Devanagari", "Bengali", "Gurmukhi"],
  ...["Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Tibetan", "Myanmar"],
  ...["Georgian", "Hangul", "Ethiopic", "Cherokee", "Khmer", "Mongolian"],
].map((name) => [name, new RegExp(`\\p{Script=${name}}`, "gu")]);
const HAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/gu;

/** The script that most letters of a line are of; a Han letter says as much as several others. */
function scriptOf(line) {
  const counts = [["Han", HAN], ...SCRIPTS].map(([name, letters]) => {
    const count = line.match(letters)?.length ?? 0;
    return [name, name === "Han" || name === "Hangul" ? 3 * count : count];
  });
  const [name, count] = counts.reduce((best, one) => (one[1] > best[1] ? one : best));
  return count ? name : "";
}

/** How many lines at the begin of a cue are of its first language: those before the script changes. */
export function firstLanguage(lines) {
  const first = scriptOf(lines[0] ?? "");
  const change = lines.findIndex((line) => first && scriptOf(line) && scriptOf(line) !== first);
  return change < 0 ? lines.length : change;
}

/**
 * The boxes of one cue's lines: `[{style, lines: [{text, style}]}]`, the upper one first.
 */
export function boxesOf(lines, { style, secondaryStyle, bilingual }) {
  const count = bilingual ? firstLanguage(lines) : lines.length;
  return boxesOfTwo(lines.slice(0, count), lines.slice(count), { style, secondaryStyle });
}

/** The boxes of two languages' lines, either of which may have none. */
function boxesOfTwo(upper, lower, { style, secondaryStyle }) {
  const first = upper.map((text) => ({ text, style }));
  const rest = lower.map((text) => ({ text, style: secondaryStyle }));
  if (!rest.length) return [{ style, lines: first }];
  if (!first.length) return [{ style: secondaryStyle, lines: rest }];
  if (sharesBox(style, secondaryStyle)) return [{ style, lines: [...first, ...rest] }];
  return [
    { style, lines: first },
    { style: secondaryStyle, lines: rest },
  ];
}

/**
 * All boxes at one time by where they stand: `{top, center, bottom}`, each from top to bottom.
 *
 * An earlier cue keeps its place at the edge, a later one makes room. `secondLines`: the lines of the
 * cues of a second track, null without one.
 */
export function placed(cueLines, options, secondLines = null) {
  const places = { top: [], center: [], bottom: [] };
  const count = Math.max(cueLines.length, secondLines?.length ?? 0);
  for (let n = 0; n < count; n += 1) {
    const boxes = secondLines ? boxesOfTwo(cueLines[n] ?? [], secondLines[n] ?? [], options) : boxesOf(cueLines[n], options);
    for (const place of Object.keys(places)) {
      const here = boxes.filter((box) => box.style.position === place);
      places[place] = place === "bottom" ? [...here, ...places[place]] : [...places[place], ...here];
    }
  }
  return places;
}

const SHARES = { start: 0, "line-left": 0, center: -50, end: -100, "line-right": -100 };

/** Where a sign of a script stands in the picture, of its settings `line:…% position:…%,… align:…`. */
export function signCss(settings) {
  const [, top = "0", row = "start"] = /\bline:([\d.]+)%(?:,(\w+))?/.exec(settings) ?? [];
  const [, left = "50", column = "center"] = /\bposition:([\d.]+)%,([\w-]+)/.exec(settings) ?? [];
  const [, textAlign = "center"] = /\balign:(\w+)/.exec(settings) ?? [];
  return { left: `${left}%`, top: `${top}%`, transform: `translate(${SHARES[column]}%, ${SHARES[row]}%)`, textAlign };
}

/** What differs from where a job's style begins: what is worth sending. */
export function difference(style, from) {
  const kept = Object.entries(style).filter(([name, value]) => (from[name] ?? null) !== (value ?? null));
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}
