// Registration numbers in a text: bot/law/plates.py and bot/privacy/registrations.py in JavaScript.
import * as p from "./patterns.js";
import { all, fold, isLower, isUpper, strip, whole } from "./text.js";

const WORDS = new Set([...p.units, ...p.ordinary]);
const NOT_LETTERS = new Set([...p.months, ...WORDS, ...p.trims, ...p.motorcycles]);
const FORMATS = p.plateFormats.map((reading) => reading.map(([format, pattern]) => [format, whole(pattern)]));
const SOLID = /^[A-Z0-9]+(?:-[A-Z0-9]+){0,3}/iu;
const PRODUCT = /^\p{Nd}{1,2} x \p{Nd}{2}$/iu;
const digitsIn = (text) => text.match(/\p{Nd}/gu)?.length ?? 0;
const solid = (text) => text.replace(/[^A-Za-z0-9]/g, "");

/** The numbers in a text, each {start, end, kind, keeps: its format, "" where it is none of France's}. */
export function findPlates(text) {
  const inside = insideOf(text);
  const found = [...inside];
  const add = (start, end, keeps) => found.push({ start, end, kind: "plate", keeps });
  const bare = strip(text, p.bareEdges);
  if (!inside.length && bare.length >= 5 && bare.length <= 16 && !hasOrdinaryWord(bare)) {
    const format = recognise(bare);
    const start = text.indexOf(bare);
    if (format && !isDoubtful(bare, format)) add(start, start + bare.length, format);
  }
  if (!isUpper(text)) {
    for (const match of p.inCapitals.flatMap((pattern) => all(pattern, text))) {
      const { first, last } = match.groups;
      if (!p.unitsAfter.has(last) && !p.articles.has(first)) add(match.index, match.index + match[0].length, recognise(match[0]));
    }
  }
  for (const match of all(p.spelt, text)) {
    const format = recognise(solid(match[0]));
    if (format) add(match.index, match.index + match[0].length, format);
  }
  for (const match of all(p.numberAnnounced, text)) {
    const [length, format] = announcedLength(match.groups.number);
    const start = match.indices.groups.number[0];
    if (length) add(start, start + length, format);
  }
  for (const match of all(p.loose, text)) {
    const end = match.index + match[0].length;
    const around = `${text.slice(Math.max(0, match.index - p.near), match.index)} ${text.slice(end, end + p.near)}`;
    if (p.named.test(around) && !p.unitsAfter.has(match.groups.last.toUpperCase())) add(match.index, end, "siv");
  }
  for (const match of all(p.belgian, text)) add(match.index, match.index + match[0].length, "");
  return found;
}

/** The format of the number typed, or of the only number in the sentence typed; "" otherwise. */
function recognise(text) {
  const compact = text.normalize("NFKC").replace(new RegExp(p.plateGaps, "gu"), "").toUpperCase();
  for (const reading of FORMATS) {
    for (const [format, pattern] of reading) {
      const match = compact.match(pattern);
      if (match && isCredible(match)) return format;
    }
  }
  const found = insideOf(text);
  return found.length === 1 ? found[0].keeps : "";
}

function insideOf(text) {
  const found = [];
  for (const [format, pattern] of p.plateInside) {
    for (const match of all(pattern, text)) {
      const start = match.index;
      const end = start + match[0].length;
      if (found.every((other) => end <= other.start || other.end <= start) && isCredible(match) && isMeant(format, match, text, end)) {
        found.push({ start, end, kind: "plate", keeps: format });
      }
    }
  }
  return found;
}

function isCredible({ groups = {} }) {
  const { digits, letters, last } = groups;
  if (digits !== undefined && 2 * digitsIn(digits) <= digits.length) return false;
  return [letters, last].every((group) => !group || /\p{L}/u.test(group));
}

function isMeant(format, match, text, end) {
  const before = text.slice(0, match.index);
  const nearBefore = text.slice(Math.max(0, match.index - p.plateNear), match.index);
  const context = {
    nearBefore,
    announced: p.plateAnnounced.test(nearBefore),
    alone: !strip(before, p.plateEdges) && !strip(text.slice(end), p.plateEdges),
    dashed: p.plateDash.test(match.groups.gap) && p.plateDash.test(match.groups.gap2),
  };
  if (format === "fni") return isMeantOld(match.groups, text.slice(end), context);
  if (format === "moped") return isMeantMoped(match.groups, text, context);
  if (context.dashed) return true;
  return !endsAPhrase(match.groups) && !(format === "siv" && startsAPhraseOrAModel(match.groups));
}

function isMeantOld({ word: typed, digits, gap }, after, { announced, alone, dashed }) {
  const word = typed.toUpperCase();
  if (p.months.has(word) || (word === "X" && digits.length < 3 && gap.includes(" ")) || new RegExp(`^(?:${p.unitAfter.source})`, "iu").test(after)) return false;
  const isTrim = p.trims.has(word) && (digits.length < 4 || digits.endsWith("00") || p.longNames.has(digits));
  const named = WORDS.has(word) || isTrim;
  if (digits.length < 3 || word.length === 1) return announced || (word.length > 1 && (dashed || (alone && !named)));
  return dashed || announced || !named;
}

function isMeantMoped(groups, text, { nearBefore, announced, alone, dashed }) {
  const { letters: first, digits, last } = groups;
  if (p.partOfABuilding.test(nearBefore)) return false;
  if (dashed) return true;
  const hinted = p.mopedWord.test(text);
  if (first.length + digits.length === 5) return (announced || alone || hinted) && !startsAPhraseOrAModel(groups);
  const capitals = isUpper(first + last);
  if (announced) return capitals || !startsAPhraseOrAModel(groups);
  if (startsAPhraseOrAModel(groups) || p.sizes.has(digits) || (first.length === 1 && !capitals)) return false;
  if (alone) return first.length === 2 || (digits.length === 3 && !digits.endsWith("0"));
  return hinted && !(first.length === 1 && (isUpper(text) || p.sizeUnits.has(last)));
}

function startsAPhraseOrAModel({ letters, last, digits, gap, gap2 }) {
  const first = letters.toUpperCase();
  if (/[IOU]/u.test(first + last.toUpperCase()) || ((gap || gap2) && WORDS.has(first))) return true;
  return p.motorcycles.has(first) && (digits.endsWith("0") || digits === "125");
}

function endsAPhrase({ last = "" }) {
  return isLower(last) && p.units.has(last.toUpperCase());
}

/** How much of what follows "plaque" reads as a number, from its beginning, and in which format. */
function announcedLength(number) {
  const ends = [number.length, ...all(p.separators, number).map((gap) => gap.index).reverse()];
  for (const end of ends) {
    const format = hasOrdinaryWord(number.slice(0, end)) ? "" : recognise(solid(number.slice(0, end)));
    if (format) return [end, format];
  }
  const beginning = number.match(SOLID)?.[0] ?? "";
  const compact = beginning.replaceAll("-", "");
  const isMixed = compact.length >= 5 && compact.length <= 9 && digitsIn(compact) >= 2 && digitsIn(compact) < compact.length;
  return [isMixed ? beginning.length : 0, ""];
}

function isDoubtful(bare, format) {
  return format === "moped" ? bare.replace(/[^\p{L}\p{N}_]/gu, "").length < 6 : PRODUCT.test(bare);
}

function hasOrdinaryWord(text) {
  return (text.match(/\p{L}+/gu) ?? []).some((word) => NOT_LETTERS.has(word.toUpperCase()) || (word.length > 2 && p.longerWords.has(fold(word))));
}
