// One message of the assistant as elements. Whatever a server sends ends up as text, or as an http(s) link.
import { h, icon, safeAddress } from "./dom.js";
import { blocks } from "./format.js";
import { text } from "./strings.js";

// The server puts the best ones first.
const SOURCES_SHOWN = 3;

/** The parts of a message: text, choices, downloads, sources. ``on`` = {choose, tick, address}. */
export function messageParts(message, ticks, on) {
  const metadata = objectOr(message.metadata);
  const body = stringOr(metadata.body) || stringOr(message.text);
  return [
    ...body && blocks(body).map((block, index) => blockElement(block, index, ticks, on)),
    downloads(listOr(metadata.downloads), on.base),
    sources(listOr(metadata.sources), on.base),
    caution(stringOr(metadata.caution), on.base),
    choices(listOr(message.buttons), on.choose),
  ].filter(Boolean);
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
  if (kind === "list") return h("ul", {}, rows.map((row) => h("li", {}, runs(row, on.base))));
  if (kind === "steps") return steps(rows, index, ticks, on);
  return h("p", {}, runs(rows[0], on.base));
}

function runs(pieces, base) {
  return pieces.map(({ kind, text: content }) => {
    if (kind === "bold") return h("strong", {}, content);
    if (kind === "link") return link(content.replace(/^https?:\/\/(?:www\.)?/, "").replace(/\/$/, ""), content, base);
    return content;
  });
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
    return h("li", {}, h("label", {}, box, h("span", {}, runs(row, on.base))));
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
      icon("download"), title, h("span", { class: "unseen" }, ` ${text.newWindow}`)))];
  });
  return items.length ? h("ul", { class: "downloads", "aria-label": text.downloads }, items) : null;
}

const caution = (words, base) => words && h("p", { class: "caution" }, blocks(words).flatMap(({ rows }) => runs(rows[0], base)));

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
