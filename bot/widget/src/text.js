// Small helpers on texts, with the meaning that Python gives them.

/** Lower case, without accents. */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const isUpper = (text) => /\p{Lu}/u.test(text) && !/\p{Ll}/u.test(text);

export const isLower = (text) => /\p{Ll}/u.test(text) && !/\p{Lu}/u.test(text);

/** The text without the given characters at both ends. */
export function strip(text, characters) {
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text[start])) start += 1;
  while (end > start && characters.includes(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

/** Every match of a pattern, with the places of its groups. */
export const all = (pattern, text) => [...text.matchAll(new RegExp(pattern.source, `${pattern.flags}dg`))];

/** The same pattern for the whole of a text. */
export const whole = (pattern) => new RegExp(`^(?:${pattern.source})$`, pattern.flags);

/** Composed, without invisible characters, full-width letters and unusual spaces made plain. */
export function plain(text) {
  let result = "";
  for (const character of text.normalize("NFC")) {
    if (/\p{Cf}/u.test(character)) continue;
    const folded = character.normalize("NFKC");
    result += [...folded].length === 1 ? folded : character;
  }
  return result;
}
