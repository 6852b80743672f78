// Personal data in what a person types: numbers, plates and e-mail addresses are masked before they are sent, as
// the server would mask them (bot/privacy); what only a list of names could tell is pointed at.
import * as p from "./patterns.js";
import { findPlates } from "./plates.js";
import { text } from "./strings.js";
import { all, plain, whole } from "./text.js";

const SHOWN = { plate: text.masked.plate, email: text.masked.email };
const WHOLE_DATE = whole(p.date);
const WHOLE_FORM = whole(p.form);
// Numbers of other countries; the server knows the plan of each.
const ABROAD = /(?<![\p{L}\p{N}_+])(?:\+|00)\s?[1-9](?:[ ./()\-\u2010-\u2015]{0,3}\p{Nd}){7,13}(?![\p{L}\p{N}_@])/u;

const LIKELY = [
  ["name", /(?:je m[’' ]appelle|mon nom (?:est|c[’' ]est)|je suis (?:m\.|mr|mme|monsieur|madame))\s+\p{L}/iu],
  ["address", /(?<!\d)\d{1,4}\s?(?:bis|ter)?,?\s(?:rue|avenue|av|boulevard|bd|place|chemin|impasse|allée|route|quai)\s\p{L}/iu],
  ["birth", /(?<!\p{L})née? le \d/iu],
];

/** {sent, shown, masked: [kinds], likely: [kinds]}: what goes to the server and what the bubble shows. */
export function inspect(message) {
  const typed = plain(message);
  const found = find(typed);
  const replaced = (words) => {
    const ends = [0, ...found.map(({ end }) => end)];
    return found.map((each, index) => typed.slice(ends[index], each.start) + words(each)).join("") + typed.slice(ends[ends.length - 1]);
  };
  const shown = found.length ? replaced(({ kind }) => SHOWN[kind] ?? text.masked.number) : message;
  return {
    sent: found.length ? replaced(({ kind, keeps }) => `[${kind === "plate" ? p.plateMasks[keeps] : p.masks[kind]}]`) : message,
    shown,
    masked: [...new Set(found.map(({ kind }) => kind))],
    likely: LIKELY.filter(([, pattern]) => pattern.test(shown)).map(([kind]) => kind),
  };
}

/** What to say of a message that holds personal data, "" if it holds none. */
export function warning({ masked, likely }) {
  const named = (kinds) => kinds.map((kind) => text.personal[kind]).join(text.and);
  return [masked.length && text.willMask(named(masked)), likely.length && text.considerRemoving(named(likely))].filter(Boolean).join(" ");
}

/** The pieces to mask, in order and apart from each other: where two overlap, the surer kind wins, then the longer. */
function find(typed) {
  const left = p.left.flatMap((pattern) => all(pattern, typed)).map((match) => spanOf(match, ""));
  const kept = [];
  const surest = (one, other) => p.kinds.indexOf(one.kind) - p.kinds.indexOf(other.kind) || one.start - one.end - other.start + other.end;
  for (const each of [...numbers(typed), ...findPlates(typed)].sort(surest)) {
    if ([...kept, ...left].every((other) => each.end <= other.start || other.end <= each.start)) kept.push(each);
  }
  return kept.sort((one, other) => one.start - other.start);
}

/** bot/privacy/mail.py and numbers.py in JavaScript. */
function* numbers(typed) {
  const matches = (kind, patterns, isValid) =>
    [patterns].flat().flatMap((pattern) => all(pattern, typed)).filter((match) => isValid(match[0], match)).map((match) => spanOf(match, kind));
  const near = (match, before, after = -match[0].length) => typed.slice(Math.max(0, match.index - before), match.index + match[0].length + after);
  const always = () => true;
  yield* matches("email", p.email, always);
  yield* matches("iban", p.iban, validIban);
  yield* matches("social", p.social, (found, match) => validSocial(found) || p.socialWord.test(near(match, 60, 20)));
  yield* matches("card", p.card, validCard);
  yield* matches("card", p.cardGrouped, always);
  yield* matches("formula", p.formula, always);
  yield* matches("vin", p.vin, validVin);
  yield* matches("phone", p.phone, (found) => !p.date.test(found));
  yield* matches("phone", p.nineDigits, (_, match) => p.phoneWord.test(near(match, 40)));
  yield* matches("phone", [p.spokenPhone, ABROAD], always);
  for (const [kind, pattern] of p.announced) {
    for (const match of all(pattern, typed)) {
      const [start, end] = match.indices.groups.number;
      if (isReference(match.groups.number)) yield { start, end, kind };
    }
  }
}

const spanOf = (match, kind) => ({ start: match.index, end: match.index + match[0].length, kind });

/** Whether what follows an announcing word is a number, not a date, a form or a word. */
function isReference(number) {
  if (WHOLE_DATE.test(number) || p.phrase.test(number) || WHOLE_FORM.test(number)) return false;
  return number.replace(/\P{Nd}/gu, "").length >= p.fewestDigits;
}

function validVin(found) {
  const compact = found.replace(/[ -]/g, "");
  const digits = compact.replace(/\D/g, "").length;
  return compact.length === 17 && digits >= 4 && digits <= 14 && /\d{4}$/.test(compact);
}

function validCard(found) {
  const digits = found.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = Number(digits[digits.length - 1 - index]);
    if (index % 2) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return [15, 16, 19].includes(digits.length) && sum % 10 === 0;
}

// Article R. 161-1 of the Code de la sécurité sociale: the key is 97 less the number modulo 97.
function validSocial(found) {
  const compact = found.toUpperCase().replace(/[^0-9AB]/g, "");
  const number = compact.slice(0, 13).replace("2A", "19").replace("2B", "18");
  if (!/^\d{13}$/.test(number) || !/^\d{2}$/.test(compact.slice(13))) return false;
  return 97n - (BigInt(number) % 97n) === BigInt(compact.slice(13));
}

function validIban(found) {
  const compact = found.toUpperCase().replace(/[^A-Z0-9]/g, "");
  const digits = [...compact.slice(4), ...compact.slice(0, 4)].map((each) => parseInt(each, 36)).join("");
  return compact.length >= 15 && BigInt(digits) % 97n === 1n;
}
