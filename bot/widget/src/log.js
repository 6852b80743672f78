// The conversation as a list: who says what and when, each answer below its question.
import { h } from "./dom.js";
import { feedback } from "./feedback.js";
import { canBeJudged, messageParts, speakerOf } from "./message.js";
import { suggestions, text } from "./strings.js";

const NEAR_END = 120;
const CLOCK = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("fr-FR", { day: "numeric", month: "long" });

export class Log {
  /** ``on`` = {base, choose(payload, title), tick(entry, name, ticked), judge(entry, opinion), again(entry), edit(entry)}. */
  constructor(on) {
    this.on = on;
    this.list = h("ol");
    this.element = h("div", { role: "region", "aria-label": text.conversation, tabindex: "0", class: "log" }, this.list);
    this.newAnswer = h("button", { type: "button", class: "new", hidden: true, onclick: () => this.scrollToLatest() }, text.newAnswer);
  }

  /** The greeting, the first questions of that page, and every entry. */
  renderAll(greeting, page, entries) {
    const questions = (suggestions[page] ?? suggestions.default).map((question) =>
      h("li", {}, h("button", { type: "button", class: "choice", onclick: () => this.on.choose(question, question) }, question)));
    this.first = h("li", { class: "bot" }, h("p", { class: "speaker" }, text.assistant), messageParts({ text: greeting }, [], this.on),
      h("ul", { class: "choices", "aria-label": text.suggestions }, questions));
    this.list.replaceChildren(this.first, ...entries.map((entry) => this.render(entry)));
  }

  /** Shows a new entry at its place among the entries; gives its element. */
  insert(entry, place) {
    const element = this.render(entry);
    this.list.insertBefore(element, this.list.children[place + 1] ?? null);
    return element;
  }

  /** Shows again an entry that has changed. */
  update(entry) {
    [...this.list.children].find(({ dataset }) => dataset.key === entry.key)?.replaceWith(this.render(entry));
  }

  render(entry) {
    const name = entry.from === "user" ? text.you : speakerOf(entry.message);
    const content = entry.from === "user" ? this.question(entry) : this.answer(entry);
    return h("li", { class: entry.from, "data-key": entry.key }, h("p", { class: "speaker" }, name, timeOf(entry)), content);
  }

  question(entry) {
    const said = h("p", { dir: "auto" }, entry.shown);
    if (!entry.failed) return [said];
    const button = (title, action) => h("button", { type: "button", class: "choice", onclick: () => action(entry) }, title);
    return [said, h("div", { class: "failure" }, h("p", {}, text.refused(entry.failed)),
      button(text.retry, this.on.again), button(text.edit, this.on.edit))];
  }

  answer(entry) {
    const on = { ...this.on, tick: (name, ticked) => this.on.tick(entry, name, ticked) };
    const parts = messageParts(entry.message, entry.ticks ?? [], on);
    return canBeJudged(entry.message) ? [...parts, feedback(entry.opinion, (opinion) => this.on.judge(entry, opinion))] : parts;
  }

  isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  /** Brings a new answer into view with its question, or says that there is one where the person reads elsewhere. */
  show(answer, wasNearEnd) {
    if (wasNearEnd) this.scrollTo(questionOf(answer));
    else this.newAnswer.hidden = false;
  }

  scrollTo(element) {
    this.element.scrollTop += element.getBoundingClientRect().top - this.element.getBoundingClientRect().top - 8;
  }

  scrollToLatest() {
    this.newAnswer.hidden = true;
    if (this.list.children.length > 1) this.scrollTo(questionOf(this.list.lastElementChild));
  }
}

/** When an entry was said, as the text file writes it; "" where that is not known. */
export const writtenTime = ({ at }) => (at ? `[${new Date(at).toLocaleDateString("fr-FR")} ${CLOCK.format(at)}] ` : "");

function timeOf({ at }) {
  if (!at) return null;
  const when = new Date(at);
  const isToday = when.toDateString() === new Date().toDateString();
  return h("time", { datetime: when.toISOString() }, isToday ? CLOCK.format(when) : `${DAY.format(when)}, ${CLOCK.format(when)}`);
}

/** The person's message that an answer follows, so that both are in view; else the answer itself. */
function questionOf(answer) {
  const before = answer.previousElementSibling;
  return before?.classList.contains("user") ? before : answer;
}
