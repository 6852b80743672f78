// Personal data in what a person types: masked where the pattern is certain, pointed at where it is likely.
import { text } from "./strings.js";

const APART = "(?<![\\p{L}\\p{N}-])";
const END = "(?![\\p{L}\\p{N}]|-[\\p{L}\\p{N}])";
const SIV = "[A-HJ-NP-TV-Z]{2}";
const MONTHS_AND_UNITS = /^(?:JAN|FEV|MAR|AVR|MAI|JUI|AOU|SEP|OCT|NOV|DEC|EUR|KM|CV|CH|KG|CM|MM|ML|HT|TTC|DE|DU|LE|LA|ET|OU|AU|EN)$/i;

// What is sent instead of a plate: the format stays, since the answer may depend on it, the number goes.
const PLATES = [
  [`WW-?\\d{3}-?${SIV}`, "giu", "WW-123-AB"],
  [`(?!WW)${SIV}-\\d{3}-${SIV}`, "giu", "AA-123-BB"],
  [`(?!WW)${SIV}\\d{3}${SIV}`, "giu", "AA-123-BB"],
  [`(?!WW)${SIV} \\d{3} ${SIV}`, "gu", "AA-123-BB"],
  [`\\d{3,4}-[A-Z]{2,3}-(?:\\d{2}|2[AB]|97\\d)`, "giu", "1234 AB 75"],
  [`\\d{3,4} ?(?<letters>[A-Z]{2,3}) ?(?:\\d{2}|2[AB]|97\\d)`, "gu", "1234 AB 75"],
].map(([pattern, flags, stand]) => [new RegExp(APART + pattern + END, flags), stand]);

const CERTAIN = [
  ["iban", "number", new RegExp(`${APART}[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?${END}`, "giu"), validIban],
  ["formula", "number", new RegExp(`${APART}(?:19|20)\\d{2}[ -]?[A-Z]{2}[ -]?\\d{5}${END}`, "giu"), () => true],
  ["social", "number", new RegExp(`${APART}[12](?:[ .-]?[0-9AB]){14}${END}`, "giu"), validSocial],
  ["card", "number", new RegExp(`${APART}\\d(?:[ -]?\\d){12,18}${END}`, "gu"), validCard],
  ["vin", "number", new RegExp(`${APART}[A-HJ-NPR-Z0-9]{17}${END}`, "giu"), (found) => /\d{3}/.test(found) && /[A-Z]{2}/i.test(found)],
  ["email", "email", /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/giu, () => true],
];

const LIKELY = [
  ["plate", new RegExp(`${APART}${SIV} \\d{3} ${SIV}${END}`, "iu"), (found) => found.split(" ").every((part) => !MONTHS_AND_UNITS.test(part))],
  ["phone", /(?<!\d)(?:\+33|0033|0)[ .]?[1-9](?:[ .-]?\d{2}){4}(?!\d)/u],
  ["name", /(?:je m[’' ]appelle|mon nom (?:est|c[’' ]est)|je suis (?:m\.|mr|mme|monsieur|madame))\s+\p{L}/iu],
  ["address", /(?<!\d)\d{1,4}\s?(?:bis|ter)?,?\s(?:rue|avenue|av|boulevard|bd|place|chemin|impasse|allée|route|quai)\s\p{L}/iu],
  ["birth", /(?<!\p{L})née? le \d/iu],
];

/** {sent, shown, masked: [kinds], likely: [kinds]}: what goes to the server and what the bubble shows. */
export function inspect(message) {
  let sent = message;
  let shown = message;
  const masked = new Set();
  for (const [kind, mask, pattern, valid] of CERTAIN) {
    const replace = (found) => {
      if (!valid(found)) return found;
      masked.add(kind);
      return text.masked[mask];
    };
    sent = sent.replace(pattern, replace);
    shown = shown.replace(pattern, replace);
  }
  for (const [pattern, stand] of PLATES) {
    const replace = (by) => (found, ...groups) => {
      if (MONTHS_AND_UNITS.test(groups.at(-1)?.letters ?? "")) return found;
      masked.add("plate");
      return by;
    };
    shown = shown.replace(pattern, replace(text.masked.plate));
    sent = sent.replace(pattern, replace(stand));
  }
  const likely = LIKELY.filter(([, pattern, valid]) => {
    const match = shown.match(pattern);
    return match && (!valid || valid(match[0]));
  }).map(([kind]) => kind);
  return { sent, shown, masked: [...masked], likely };
}

/** What to say of a message that holds personal data, "" if it holds none. */
export function warning({ masked, likely }) {
  const named = (kinds) => kinds.map((kind) => text.personal[kind]).join(text.and);
  return [masked.length && text.willMask(named(masked)), likely.length && text.considerRemoving(named(likely))].filter(Boolean).join(" ");
}

function validCard(found) {
  const digits = found.replace(/\D/g, "");
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    let digit = Number(digits.at(-1 - index));
    if (index % 2) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum > 0 && sum % 10 === 0;
}

// Article R. 161-1 of the Code de la sécurité sociale: the key is 97 less the number modulo 97.
function validSocial(found) {
  const compact = found.replace(/[ .-]/g, "").toUpperCase();
  const number = compact.slice(0, 13).replace("2A", "19").replace("2B", "18");
  if (!/^\d{13}$/.test(number) || !/^\d{2}$/.test(compact.slice(13))) return false;
  return 97n - (BigInt(number) % 97n) === BigInt(compact.slice(13));
}

function validIban(found) {
  const compact = found.replace(/ /g, "").toUpperCase();
  const digits = [...compact.slice(4), ...compact.slice(0, 4)].map((each) => parseInt(each, 36)).join("");
  return compact.length >= 15 && BigInt(digits) % 97n === 1n;
}
