/**
 * How the burner will draw a cue, as CSS figures for a picture shown at some size. Pure.
 *
 * The rules are those of containers/burner/styles.py and ass.py: sizes are pixels at 1080 lines,
 * measured on the picture's short side; a box adds 0.28 em around the text; distances are to the
 * edge of what is seen; two languages share one box when they have one place and one background.
 */

export const REFERENCE_LINES = 1080;
export const BOX_PADDING_EM = 0.28;
export const SIDE_MARGIN_SHARE = 0.05;
/** Line height over em of Noto Sans, as libass measures it: (winAscent + winDescent) / unitsPerEm. */
export const LINE_PER_EM = 1.362;

export const STYLE = {
  fontSize: 48,
  textColor: "#FFFFFF",
  backgroundColor: "#000000",
  backgroundOpacity: 0.6,
  outlineColor: "#000000",
  outlineWidth: 0,
  bold: false,
  italic: false,
  position: "bottom",
  marginV: 60,
};
export const SECONDARY_STYLE = { ...STYLE, fontSize: 36, textColor: "#FFE08A" };

/** What the presets of src/media_jobs/engines/burner/options.py say; a test holds both together. */
export const PRESETS = {
  default: {},
  contrast: {
    style: { fontSize: 52, textColor: "#FFFF00", backgroundOpacity: 1, bold: true },
    secondaryStyle: { fontSize: 40, textColor: "#FFFFFF", backgroundOpacity: 1 },
  },
  minimal: {
    style: { fontSize: 40, backgroundOpacity: 0, outlineWidth: 2, marginV: 48 },
    secondaryStyle: { fontSize: 32, textColor: "#E6E6E6", backgroundOpacity: 0, outlineWidth: 2, marginV: 48 },
  },
  bold: {
    style: { fontSize: 64, backgroundOpacity: 0, outlineWidth: 6, bold: true },
    secondaryStyle: { fontSize: 48, textColor: "#FFE08A", backgroundOpacity: 0, outlineWidth: 5, bold: true },
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
export const scaleOf = ({ width, height }) => Math.min(width, height) / REFERENCE_LINES;

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
  return {
    fontSize,
    lineHeight: fontSize * LINE_PER_EM,
    outline,
    padding: box ? Math.max(fontSize * BOX_PADDING_EM, outline) : 0,
    marginV: style.marginV * scale,
    marginH: style.marginH == null ? picture.width * SIDE_MARGIN_SHARE : style.marginH * scale,
  };
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

/** CSS of the box behind a cue. */
export function boxCss(style, picture) {
  const { padding } = lookOf(style, picture);
  const side = lookOf(style, picture).marginH;
  return {
    background: style.backgroundOpacity > 0 ? rgba(style.backgroundColor, style.backgroundOpacity) : "none",
    padding: `${padding}px`,
    maxWidth: `${Math.max(0, picture.width - 2 * side) + 2 * padding}px`,
  };
}

/** Whether both languages can stand in one box. */
export const sharesBox = (one, two) =>
  ["position", "marginV", "marginH", "backgroundColor", "backgroundOpacity"].every(
    (name) => (one[name] ?? null) === (two[name] ?? null),
  );

/**
 * The boxes of one cue's lines: `[{style, lines: [{text, style}]}]`, the upper one first.
 */
export function boxesOf(lines, { style, secondaryStyle, bilingual }) {
  if (!bilingual || lines.length < 2) return [{ style, lines: lines.map((text) => ({ text, style })) }];
  const first = { text: lines[0], style };
  const rest = lines.slice(1).map((text) => ({ text, style: secondaryStyle }));
  if (sharesBox(style, secondaryStyle)) return [{ style, lines: [first, ...rest] }];
  return [
    { style, lines: [first] },
    { style: secondaryStyle, lines: rest },
  ];
}

/**
 * All boxes at one time by where they stand: `{top, center, bottom}`, each from top to bottom.
 *
 * libass stacks: an earlier cue keeps its place at the edge, a later one makes room.
 */
export function placed(cueLines, options) {
  const places = { top: [], center: [], bottom: [] };
  for (const lines of cueLines) {
    const boxes = boxesOf(lines, options);
    for (const place of Object.keys(places)) {
      const here = boxes.filter((box) => box.style.position === place);
      places[place] = place === "bottom" ? [...here, ...places[place]] : [...places[place], ...here];
    }
  }
  return places;
}

/** What differs from where a job's style begins: what is worth sending. */
export function difference(style, from) {
  const kept = Object.entries(style).filter(([name, value]) => (from[name] ?? null) !== (value ?? null));
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}
