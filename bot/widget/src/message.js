// One message of the assistant as elements. Whatever a server sends ends up as text, or as an http(s) link.
import { h, icon, safeAddress } from "./dom.js";
import { blocks } from "./format.js";
import { text, translatable } from "./strings.js";

// The server puts the best ones first.
const SOURCES_SHOWN = 3;

const LANGUAGE = /^[a-z]{2,3}$/;
// What the server says while it hands a conversation over, by the beginning of the response's name.
const HANDOVER = /^utter_handoff_([a-z]+)/;
const ATTENDANCE = { taken: "talking", passed: "talking", first: "waiting", queued: "waiting", moved: "waiting", message: "", left: "", closed: "", returned: "", nobody: "" };

/** The parts of a message: text, choices, downloads, sources. ``on`` = {base, choose, tick}. */
export function messageParts(message, ticks, on) {
  const metadata = objectOr(message.metadata);
  const body = stringOr(metadata.body) || stringOr(message.text);
  const language = LANGUAGE.test(metadata.language) ? metadata.language : null;
  const here = { ...on, titles: linkTitles(metadata) };
  const said = body ? blocks(body).map((block, index) => blockElement(block, index, ticks, here)) : [];
  for (const block of said) {
    block.setAttribute("dir", "auto");
    if (language) block.setAttribute("lang", language);
  }
  return [
    ...said,
    language && translatablePage(language, on.base),
    downloads(listOr(metadata.downloads), on.base),
    sources(listOr(metadata.sources), on.base),
    caution(stringOr(metadata.caution), here),
    choices(listOr(message.buttons), on.choose),
  ].filter(Boolean);
}

/** Who says a message: the assistant, or a person of the desk who has taken over. */
export const speakerOf = (message) => (message?.metadata?.speaker === "mediator" ? text.mediator : text.assistant);

/** Whether a person attends to the conversation after that message: "waiting", "talking" or "". */
export function attendance(message, before) {
  const metadata = objectOr(message.metadata);
  if (metadata.speaker === "mediator") return "talking";
  const response = stringOr(metadata.response);
  const [, step] = HANDOVER.exec(response) ?? [];
  if (step) return ATTENDANCE[step] ?? before;
  // The assistant is silent as long as a person speaks.
  return before === "talking" && response && !response.startsWith("utter_notice") ? "" : before;
}

/** What a screen reader is told of a message when it arrives. */
export function spoken(message) {
  const metadata = objectOr(message.metadata);
  const body = (stringOr(metadata.body) || stringOr(message.text)).replaceAll("**", "").replace(/^- /gm, "");
  const titles = listOr(message.buttons).map(({ title }) => stringOr(title)).filter(Boolean);
  const after = titles.length ? `${text.choices}\u00a0: ${titles.join(", ")}.` : "";
  return [body, after].filter(Boolean).join("\n");
}

/** The message for a text file: as in the conversation, with the addresses of its sources. */
export function plainText(message) {
  const addresses = listOr(objectOr(message.metadata).sources).map(({ url }) => stringOr(url)).filter(Boolean);
  return [stringOr(message.text), ...addresses].join("\n");
}

/** A message that holds a source can be judged: greetings and questions of the assistant cannot. */
export const canBeJudged = (message) => {
  const metadata = objectOr(message.metadata);
  return stringOr(metadata.response).startsWith("utter_") && listOr(metadata.sources).length > 0;
};

function blockElement({ kind, rows, title }, index, ticks, on) {
  if (kind === "prices") return priceTable(rows, title);
  if (kind === "list") return h("ul", {}, rows.map((row) => h("li", {}, runs(row, on))));
  if (kind === "steps") return steps(rows, index, ticks, on);
  return h("p", {}, runs(rows[0], on));
}

function runs(pieces, { base, titles }) {
  let before = "";
  return pieces.map(({ kind, text: content }) => {
    const shown = kind === "bold" ? h("strong", {}, content) : kind === "link" ? link(nameOf(content, before, titles), content, base) : content;
    before += content;
    return shown;
  });
}

/** The names that a message gives to addresses. */
function linkTitles(metadata) {
  const named = [...listOr(metadata.sources), ...listOr(metadata.links), ...listOr(metadata.downloads)];
  return new Map(named.filter((each) => stringOr(each?.url) && stringOr(each.title)).map(({ url, title }) => [url, title]));
}

/** An address by its name; one that has none, or whose line says it already, by its site alone. */
function nameOf(address, before, titles) {
  const title = titles.get(address);
  if (title && !before.includes(title)) return title;
  const [, host, rest] = /^https?:\/\/(?:www\.)?([^/?#]+)\/?(.*)$/.exec(address) ?? [null, address, ""];
  return rest ? `${host}/…` : host;
}

function translatablePage(language, base) {
  const words = translatable[language] ?? translatable.en;
  return h("p", { dir: "auto", lang: translatable[language] ? language : "en" }, link(words, new URL("sans-javascript", base).href, base));
}

function link(title, address, base) {
  const href = safeAddress(address, base);
  if (!href) return document.createTextNode(title);
  const attributes = { href, target: "_blank", rel: "noopener noreferrer" };
  return h("a", attributes, title, icon("external"), h("span", { class: "unseen" }, ` ${text.newWindow}`));
}

function priceTable(rows, title) {
  const head = h("tr", {}, h("th", { scope: "col" }, text.price.label), h("th", { scope: "col", class: "amount" }, text.price.amount));
  const body = rows.map(([label, amount]) => h("tr", {}, h("th", { scope: "row" }, label), h("td", { class: "amount" }, amount)));
  return h("table", {}, h("caption", {}, title || text.price.caption), h("thead", {}, head), h("tbody", {}, body));
}

function steps(rows, block, ticks, on) {
  const items = rows.map((row, index) => {
    const name = `${block}.${index}`;
    const box = h("input", { type: "checkbox", checked: ticks.includes(name), onchange: () => on.tick(name, box.checked) });
    return h("li", {}, h("label", {}, box, h("span", {}, runs(row, on))));
  });
  // Browsers that drop the role of a list without markers are told of it.
  return h("ol", { class: "steps", role: "list", "aria-label": text.steps }, items);
}

function choices(buttons, choose) {
  const shown = buttons.filter((button) => stringOr(button?.title) && stringOr(button?.payload));
  if (!shown.length) return null;
  const items = shown.map(({ title, payload }) =>
    h("li", {}, h("button", { type: "button", class: "choice", onclick: () => choose(payload, title) }, title)),
  );
  return h("ul", { class: "choices", "aria-label": text.choices }, items);
}

function downloads(files, base) {
  const items = files.flatMap((file) => {
    const href = safeAddress(stringOr(file?.url), base);
    if (!href || !stringOr(file.title)) return [];
    const detail = stringOr(file.detail);
    const title = detail ? `${file.title} (${detail})` : file.title;
    return [h("li", {}, h("a", { href, class: "download", target: "_blank", rel: "noopener noreferrer" },
      icon(detail ? "download" : "external"), title, h("span", { class: "unseen" }, ` ${text.newWindow}`)))];
  });
  return items.length ? h("ul", { class: "downloads", "aria-label": text.downloads }, items) : null;
}

const caution = (words, on) => words && h("p", { class: "caution" }, blocks(words).flatMap(({ rows }) => runs(rows[0], on)));

function sources(list, base) {
  const cited = list.filter((source) => stringOr(source?.title)).map((source) => {
    const dated = stringOr(source.dated);
    return [link(source.title, stringOr(source.url), base), dated && `, ${dated}`];
  });
  if (!cited.length) return null;
  if (cited.length === 1) return h("div", { class: "sources" }, h("p", {}, `${text.source}\u00a0: `, cited[0], "."));
  const items = (each) => h("ul", {}, each.map((source) => h("li", {}, source)));
  const others = cited.slice(SOURCES_SHOWN);
  return h("div", { class: "sources" },
    h("p", {}, `${text.sources}\u00a0:`), items(cited.slice(0, SOURCES_SHOWN)),
    others.length > 0 && h("details", {}, h("summary", {}, text.allSources(cited.length)), items(others)),
  );
}

const stringOr = (value) => (typeof value === "string" ? value : "");
const listOr = (value) => (Array.isArray(value) ? value : []);
const objectOr = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});
