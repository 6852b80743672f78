// <assistant-carte-grise>: the element itself, its panel and what a person does with it.
import { Conversation, newId } from "./conversation.js";
import { h, icon } from "./dom.js";
import { feedback } from "./feedback.js";
import { canBeJudged, messageParts, plainText, spoken } from "./message.js";
import { inspect, warning } from "./personal_data.js";
import { suggestions, text } from "./strings.js";
import css from "./style.css";
import { Transport } from "./transport.js";

const SCRIPT_ORIGIN = document.currentScript?.src ? new URL(document.currentScript.src).origin : location.origin;
const MAX_CHARACTERS = 4000;
const STATE_DELAY = 400;
const WARNING_DELAY = 700;
const SPOKEN_FOR = 20000;
const NEAR_END = 120;
const CONTEXT_PAGE = /^[a-z0-9_-]{1,64}$/;

// Alone on the page when printing: everything that neither is nor holds the widget is left out.
const PRINT_ALONE = "@media print { body *:not(assistant-carte-grise):not(:has(assistant-carte-grise)) { display: none !important; } }";

export class AssistantCarteGrise extends HTMLElement {
  static observedAttributes = ["open", "theme", "position"];

  connectedCallback() {
    if (this.shadowRoot) {
      this.listen();
      this.paint();
      if (this.panel.open) this.connect();
      return;
    }
    this.server = new URL(this.getAttribute("server") || SCRIPT_ORIGIN, location.href).origin;
    this.conversation = new Conversation(this.server);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.narrow = matchMedia("(max-width: 36em), (max-height: 26em)");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.build(root);
    this.listen();
    this.paint();
    // On a small screen the panel covers the page: it opens there only when asked.
    const wanted = this.isInline || ((this.hasAttribute("open") || this.conversation.opened) && !this.narrow.matches);
    if (wanted) this.reveal();
    else this.removeAttribute("open");
  }

  disconnectedCallback() {
    this.transport?.stop();
    this.transport = null;
    this.narrow.removeEventListener("change", this.refit);
    this.dark.removeEventListener("change", this.refit);
  }

  attributeChangedCallback(name) {
    if (!this.panel) return;
    if (name !== "open") this.paint();
    else if (this.hasAttribute("open")) this.reveal();
    else if (!this.isInline) this.conceal();
  }

  get isInline() {
    return this.getAttribute("position") === "inline";
  }

  listen() {
    this.refit = () => this.paint();
    this.narrow.addEventListener("change", this.refit);
    this.dark.addEventListener("change", this.refit);
  }

  // --- building

  build(root) {
    this.log = h("div", { role: "log", "aria-live": "off", "aria-label": text.conversation, tabindex: "0", class: "log" }, (this.list = h("ol")));
    this.live = h("div", { "aria-live": "polite", class: "unseen" });
    this.newAnswer = h("button", { type: "button", class: "new", hidden: true, onclick: () => this.scrollToLatest() }, text.newAnswer);
    this.stateLine = h("p", { role: "status", class: "state" });
    this.optionsButton = h("button", { type: "button", class: "plain", "aria-expanded": "false", "aria-controls": "options",
      onclick: () => this.toggleOptions() }, text.options);
    this.closeButton = h("button", { type: "button", class: "plain", "aria-label": text.closeLabel, onclick: () => this.close() }, icon("close"), text.close);
    const header = h("header", {}, h("h2", { id: "title" }, text.name),
      h("div", { class: "tools" }, this.optionsButton, this.closeButton), h("p", {}, text.nature));
    this.panel = h("dialog", { "aria-labelledby": "title", class: "panel", id: "panel", oncancel: (event) => this.cancel(event), onkeydown: (event) => this.escape(event) },
      header, this.buildOptions(), this.log, this.newAnswer, this.stateLine, this.buildForm(), this.live);
    this.launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => this.ask() }, icon("chat"), text.open);
    this.frame = h("section", { class: "frame", lang: "fr", "aria-label": text.name }, this.launcher, this.panel);
    root.append(this.frame);
    this.renderAll();
  }

  buildOptions() {
    const item = (title, action) => h("button", { type: "button", onclick: action }, title);
    this.eraseButton = item(text.erase, () => this.confirmErasure(true));
    this.yesButton = item(text.eraseYes, () => this.erase());
    this.confirmation = h("div", { class: "confirmation", role: "group", "aria-label": text.eraseQuestion, hidden: true },
      h("p", {}, text.eraseQuestion), this.yesButton, item(text.eraseNo, () => this.confirmErasure(false)));
    this.options = h("div", { id: "options", class: "options", hidden: true },
      item(text.print, () => this.print()), item(text.save, () => this.download()), this.eraseButton, this.confirmation, h("p", {}, text.privacy));
    return this.options;
  }

  buildForm() {
    this.field = h("textarea", { id: "question", rows: "2", "aria-describedby": "hint warning", autocomplete: "off",
      onkeydown: (event) => this.enter(event), oninput: () => this.watchInput() });
    this.warning = h("p", { id: "warning", role: "status", class: "warning" });
    this.sendButton = h("button", { class: "send" }, icon("send"), text.send);
    return h("form", { onsubmit: (event) => this.submit(event), novalidate: true },
      h("label", { for: "question" }, text.label), h("p", { id: "hint", class: "unseen" }, text.hint),
      h("div", { class: "row" }, this.field, this.sendButton), this.warning);
  }

  /** Applies the attributes and the size of the window. */
  paint() {
    const theme = this.getAttribute("theme");
    this.frame.dataset.scheme = theme === "dark" || (theme !== "light" && this.dark.matches) ? "dark" : "light";
    this.frame.dataset.position = this.isInline ? "inline" : this.getAttribute("position") === "bottom-left" ? "bottom-left" : "bottom-right";
    this.closeButton.hidden = this.isInline;
    const modal = this.narrow.matches && !this.isInline;
    if (this.panel.open && modal !== this.panel.matches(":modal")) this.show();
    this.launcher.setAttribute("aria-label", this.conversation.entries.length ? text.openAgainLabel : text.openLabel);
  }

  // --- opening and closing

  /** The person asked for the panel: the focus goes to the field. */
  ask() {
    if (this.panel.open) {
      this.close();
      return;
    }
    this.setAttribute("open", "");
    this.field.focus();
  }

  close() {
    this.removeAttribute("open");
    this.launcher.focus();
  }

  reveal() {
    if (this.panel.open) return;
    this.show();
    this.launcher.setAttribute("aria-expanded", "true");
    this.keepOpened(true);
    this.scrollToLatest();
    this.connect();
  }

  connect() {
    this.transport ??= new Transport(this.server, this.conversation, this.contextPage, this.hearing());
    this.transport.start();
  }

  conceal() {
    this.panel.close();
    this.launcher.setAttribute("aria-expanded", "false");
    this.keepOpened(false);
    this.paint();
  }

  keepOpened(opened) {
    this.conversation.opened = opened;
    this.conversation.save();
  }

  /** Opens the panel, over the page on a small screen and beside it otherwise. */
  show() {
    const focused = this.shadowRoot.activeElement;
    if (this.panel.open) this.panel.close();
    if (this.narrow.matches && !this.isInline) this.panel.showModal();
    // The dialog's own show() would take the focus: a page that opens the panel by itself must not move it.
    else this.panel.setAttribute("open", "");
    focused?.focus();
  }

  cancel(event) {
    event.preventDefault();
    this.close();
  }

  escape(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    if (!this.options.hidden) {
      this.toggleOptions();
      this.optionsButton.focus();
    } else if (!this.isInline) this.close();
  }

  toggleOptions() {
    this.options.hidden = !this.options.hidden;
    this.optionsButton.setAttribute("aria-expanded", String(!this.options.hidden));
    this.confirmation.hidden = true;
  }

  // --- talking

  submit(event) {
    event.preventDefault();
    const typed = this.field.value.trim();
    if (!typed) {
      this.warn(text.empty);
      this.field.focus();
    } else if (typed.length > MAX_CHARACTERS) {
      this.warn(text.tooLong(typed.length - MAX_CHARACTERS));
      this.field.focus();
    } else {
      const { sent, shown } = inspect(typed);
      this.field.value = "";
      this.warn("");
      this.say(sent, shown);
    }
  }

  enter(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.sendButton.click();
  }

  watchInput() {
    clearTimeout(this.inputTimer);
    this.inputTimer = setTimeout(() => this.warn(warning(inspect(this.field.value))), WARNING_DELAY);
  }

  warn(words) {
    clearTimeout(this.inputTimer);
    if (this.warning.textContent !== words) this.warning.textContent = words;
  }

  /** Adds a message of the person's and sends it; it stays in the outbox until it is acknowledged. */
  say(message, shown) {
    const item = { id: newId(), message, shown };
    this.conversation.outbox.push(item);
    this.add({ key: item.id, from: "user", shown });
    this.scrollToLatest();
    this.transport.flush();
  }

  hearing() {
    return {
      state: (name) => this.showState(name),
      back: () => this.announce(text.back),
      answer: (item, messages) => this.hear(messages, item.id),
      refused: (item) => this.refuse(item),
      pushed: (messages, shown, id) => {
        if (this.conversation.entries.some(({ key }) => key === id || key === `${id}-0`)) return;
        if (shown) this.add({ key: id, from: "user", shown });
        this.hear(messages, id ?? newId());
      },
      erased: () => this.forget(text.erased),
      erasedOnServer: () => {
        this.conversation.save();
        if (!this.conversation.erasures.length) this.announceErasure(text.erased);
      },
    };
  }

  hear(messages, id) {
    const isNearEnd = this.isNearEnd();
    const added = messages.map((message, index) => this.add({ key: `${id}-${index}`, from: "bot", message, ticks: [] }));
    messages.forEach((message) => this.announce(`${speakerOf(message)}\u00a0: ${spoken(message)}`));
    if (isNearEnd && added.length) this.scrollTo(questionOf(added[0]));
    else this.newAnswer.hidden = !added.length;
  }

  refuse(item) {
    const again = h("button", { type: "button", class: "choice", onclick: () => this.say(item.message, item.shown) }, text.retry);
    const entry = h("li", { class: "bot failure" }, h("p", { class: "speaker" }, text.assistant), h("p", {}, text.refused), again);
    this.list.append(entry);
    this.announce(text.refused);
    this.conversation.save();
  }

  /** Shows a state in words; a passing one is not shown, so that nothing flickers and nobody is interrupted. */
  showState(name) {
    if (name === this.state) return;
    this.state = name;
    clearTimeout(this.stateTimer);
    const write = () => {
      this.stateLine.textContent = text.state[name];
      this.stateLine.dataset.state = name;
    };
    if (name === "connecting" || name === "typing") this.stateTimer = setTimeout(write, STATE_DELAY);
    else write();
  }

  /** Tells assistive technologies what is new, once, apart from the log. */
  announce(words) {
    const line = h("p", {}, words);
    this.live.append(line);
    setTimeout(() => line.remove(), SPOKEN_FOR);
  }

  // --- the log

  add(entry) {
    this.conversation.entries.push(entry);
    this.conversation.save();
    return this.render(entry);
  }

  render(entry) {
    const speaker = h("p", { class: "speaker" }, entry.from === "user" ? text.you : speakerOf(entry.message));
    const content = entry.from === "user" ? [h("p", {}, entry.shown)] : this.answerParts(entry);
    const element = h("li", { class: entry.from }, speaker, content);
    this.list.append(element);
    return element;
  }

  answerParts(entry) {
    const on = {
      base: this.server,
      choose: (payload, title) => this.say(payload, title),
      tick: (name, ticked) => {
        entry.ticks = ticked ? [...entry.ticks, name] : entry.ticks.filter((each) => each !== name);
        this.conversation.save();
      },
    };
    const parts = messageParts(entry.message, entry.ticks, on);
    return canBeJudged(entry.message) ? [...parts, feedback(entry.opinion, (opinion) => this.judge(entry, opinion))] : parts;
  }

  renderAll() {
    const greeting = { text: this.getAttribute("greeting") || text.greeting };
    this.list.replaceChildren();
    this.list.append(h("li", { class: "bot" }, h("p", { class: "speaker" }, text.assistant), messageParts(greeting, [], { base: this.server }), this.suggestions()));
    this.conversation.entries.forEach((entry) => this.render(entry));
  }

  suggestions() {
    const questions = suggestions[this.contextPage] ?? suggestions.default;
    return h("ul", { class: "choices", "aria-label": text.suggestions },
      questions.map((question) => h("li", {}, h("button", { type: "button", class: "choice", onclick: () => this.say(question, question) }, question))));
  }

  get contextPage() {
    const page = this.getAttribute("context-page");
    return page && CONTEXT_PAGE.test(page) ? page : undefined;
  }

  /** What scrolls: the log, or on a very low screen the whole panel. */
  get scroller() {
    return getComputedStyle(this.log).overflowY === "visible" ? this.panel : this.log;
  }

  isNearEnd() {
    const { scroller } = this;
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
  }

  scrollTo(element) {
    const { scroller } = this;
    scroller.scrollTop += element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 8;
  }

  scrollToLatest() {
    this.newAnswer.hidden = true;
    if (this.conversation.entries.length) this.scrollTo(questionOf(this.list.lastElementChild));
  }

  // --- what a person may do about the conversation

  async judge(entry, opinion) {
    entry.opinion = opinion;
    entry.reference ??= newId();
    this.conversation.save();
    const body = { reference: entry.reference, response: entry.message.metadata.response, ...opinion };
    try {
      await this.transport.post("/feedback", "POST", body);
      return true;
    } catch {
      return false;
    }
  }

  confirmErasure(asked) {
    this.confirmation.hidden = !asked;
    (asked ? this.yesButton : this.eraseButton).focus();
  }

  erase() {
    this.toggleOptions();
    this.forget(text.erasedHere, true);
    this.transport.flush();
    this.field.focus();
  }

  forget(words, waits = false) {
    this.conversation.restart();
    if (!waits) this.conversation.erasures = [];
    this.conversation.save();
    this.transport.join();
    this.renderAll();
    this.scroller.scrollTop = 0;
    this.announceErasure(words);
  }

  announceErasure(words) {
    clearTimeout(this.erasureTimer);
    this.erasureTimer = setTimeout(() => {
      this.warn(words);
    }, STATE_DELAY);
  }

  print() {
    const alone = new CSSStyleSheet();
    alone.replaceSync(PRINT_ALONE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, alone];
    addEventListener("afterprint", () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== alone);
    }, { once: true });
    print();
  }

  download() {
    const lines = this.conversation.entries.map((entry) =>
      entry.from === "user" ? `${text.you}\u00a0: ${entry.shown}` : `${speakerOf(entry.message)}\u00a0: ${plainText(entry.message)}`,
    );
    const address = URL.createObjectURL(new Blob([lines.join("\n\n")], { type: "text/plain;charset=utf-8" }));
    h("a", { href: address, download: text.savedName }).click();
    setTimeout(() => URL.revokeObjectURL(address), STATE_DELAY);
  }
}

/** Who says a message: the assistant, or a person of the desk who has taken over. */
function speakerOf(message) {
  return message?.metadata?.speaker === "mediator" ? text.mediator : text.assistant;
}

/** The person's message that an answer follows, so that both are in view; else the answer itself. */
function questionOf(answer) {
  const before = answer.previousElementSibling;
  return before?.classList.contains("user") ? before : answer;
}
