// An answer's text cut into blocks: paragraphs, lists, steps, price tables; and a line into runs.
// The same rules as bot/nlg/formatting.py; a test holds both to the same examples.
const PIECE = /\*\*(.+?)\*\*|(https?:\/\/[^\s<>«»"]+[^\s<>«»".,;:!?)])/g;
const BULLET = /^[-•]\s+(.*)$/;
const STEP = /^\d{1,2}\.\s+(.*)$/;
const PRICE = /^(.+?)\s:\s(-?\d[\d\s]*(?:,\d{2})?\s€)$/;

/** [{kind: "paragraph" | "list" | "steps" | "prices", rows}], rows being lists of pieces or [label, amount]; prices have a title. */
export function blocks(text) {
  const found = [];
  for (const line of text.split("\n").map((each) => each.trim()).filter(Boolean)) {
    const [kind, content] = kindOf(line);
    const last = found[found.length - 1];
    if (kind !== "paragraph" && last?.kind === kind) last.lines.push(content);
    else found.push({ kind, lines: [content] });
  }
  const shown = [];
  for (const { kind, lines } of found) {
    const prices = kind === "list" ? lines.map((line) => line.match(PRICE)) : [];
    if (prices.length && prices.every(Boolean))
      shown.push({ kind: "prices", title: announced(shown), rows: prices.map((match) => [match[1], match[2]]) });
    else shown.push({ kind, rows: lines.map(pieces) });
  }
  return shown;
}

// The paragraph that announces the prices becomes the table's title.
function announced(shown) {
  const last = shown[shown.length - 1];
  const runs = last?.kind === "paragraph" ? last.rows[0] : [];
  if (runs.length !== 1 || runs[0].kind !== "text" || !runs[0].text.endsWith(":")) return "";
  shown.pop();
  return runs[0].text.slice(0, -1).trimEnd();
}

/** [{kind: "text" | "bold" | "link", text}] */
export function pieces(line) {
  const found = [];
  let position = 0;
  for (const match of line.matchAll(PIECE)) {
    if (match.index > position) found.push({ kind: "text", text: line.slice(position, match.index) });
    found.push(match[1] ? { kind: "bold", text: match[1] } : { kind: "link", text: match[2] });
    position = match.index + match[0].length;
  }
  if (position < line.length) found.push({ kind: "text", text: line.slice(position) });
  return found;
}

function kindOf(line) {
  for (const [kind, pattern] of [["list", BULLET], ["steps", STEP]]) {
    const match = line.match(pattern);
    if (match) return [kind, match[1]];
  }
  return ["paragraph", line];
}
