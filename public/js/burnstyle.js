/**
 * About how the burner will draw a cue, as CSS figures for a picture shown at some size: what is seen until
 * the burner's own drawing is there. Pure.
 *
 * The figures are those of containers/burner (styles.py, safe_area.py), which a test compares: sizes are pixels at 1080 lines, measured on the
 * picture's short side; distances are to the edge of what is seen; upright pictures are kept free where apps
 * have their controls.
 */

import PRESETS from "./burnpresets.js";

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

export { PRESETS };

/** The two styles that a preset begins with. */
export const presetStyles = (name) => PRESETS[name] ?? PRESETS.default;

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

/** One cue's lines by the style that they have: `[{style, lines}]`, the upper ones first. */
export function blocksOf(lines, { style, secondaryStyle, bilingual }) {
  const count = bilingual ? 1 : lines.length;
  const blocks = [
    { style, lines: lines.slice(0, count) },
    { style: secondaryStyle, lines: lines.slice(count) },
  ];
  return blocks.filter((block) => block.lines.length);
}

/** What differs from where a job's style begins: what is worth sending. */
export function difference(style, from) {
  const kept = Object.entries(style).filter(([name, value]) => (from[name] ?? null) !== (value ?? null));
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}
