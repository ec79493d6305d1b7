/**
 * XML as events, as far as subtitles need it: `{start, attributes, line}`, `{end}` and strings. Names
 * are without their prefixes. A document that declares entities, or is not well-formed, is none: null.
 */
const PIECE = /<!--[^]*?-->|<!\[CDATA\[([^]*?)\]\]>|<\?[^]*?\?>|<!DOCTYPE[^[\]>]*>|<(\/)?([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/)?>/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const DEPTH_MAX = 100;

const local = (name) => name.slice(name.indexOf(":") + 1);

/** A text with its references read; null where one is not XML's. */
function decoded(text) {
  let isGood = true;
  const read = text.replace(/&(?:#(\d+)|#x([\da-f]+)|([a-z]+));|&/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? parseInt(hex, 16) : null;
    const found = code === null ? NAMED[name] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    if (found === undefined) isGood = false;
    return found ?? whole;
  });
  return isGood ? read : null;
}

function attributesOf(text) {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name, one, two]) => [local(name), decoded(one ?? two) ?? ""]);
  return Object.fromEntries(pairs);
}

export function xmlEvents(text) {
  const found = [];
  const open = [];
  let [position, line, counted] = [text.search(/\S/), 1, 0];
  const number = () => {
    for (; counted < position; counted += 1) if (text[counted] === "\n") line += 1;
    return line;
  };
  while (position >= 0 && position < text.length) {
    if (text[position] !== "<") {
      const end = text.indexOf("<", position);
      const said = decoded(text.slice(position, end < 0 ? text.length : end));
      if (said === null) return null;
      found.push(said);
      position = end < 0 ? text.length : end;
      continue;
    }
    PIECE.lastIndex = position;
    const piece = PIECE.exec(text);
    if (!piece) return null;
    const [whole, data, isEnd, name, attributes, isSingle] = piece;
    if (data !== undefined) found.push(data);
    if (name && isEnd && open.pop() !== name) return null;
    if (name && !isEnd) found.push({ start: local(name), attributes: attributesOf(attributes), line: number() });
    if (name && (isEnd || isSingle)) found.push({ end: local(name) });
    else if (name) open.push(name);
    if (open.length > DEPTH_MAX) return null;
    position += whole.length;
  }
  return open.length ? null : found;
}
