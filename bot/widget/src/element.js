// <assistant-carte-grise>: the element itself, its panel and what a person does with it.
import { serverRoot } from "./address.js";
import { Composer, isComposing, isTouch } from "./composer.js";
import { Conversation, newId } from "./conversation.js";
import { Cover } from "./cover.js";
import { h, icon } from "./dom.js";
import { Launcher, markTitle } from "./launcher.js";
import { Log, writtenTime } from "./log.js";
import { attendance, plainText, speakerOf, spoken } from "./message.js";
import { Options, give, isInApplication } from "./options.js";
import { printAlone, unfold } from "./printing.js";
import { UNKNOWN, text } from "./strings.js";
import css from "./style.css";
import { Transport } from "./transport.js";

const STATE_DELAY = 400;
// How long a sign that the mediator writes holds, in milliseconds.
const WRITING_SHOWN = 10000;
const SPOKEN_FOR = 20000;
const DOUBLE_CLICK = 1000;
const CONTEXT_PAGE = /^[a-z0-9_-]{1,64}$/;

export class AssistantCarteGrise extends HTMLElement {
  static observedAttributes = ["open", "theme", "position"];

  connectedCallback() {
    if (this.shadowRoot) {
      this.listen();
      this.paint();
      if (this.panel.open) this.connect();
      return;
    }
    this.server = serverRoot(this.getAttribute("server"));
    if (!this.server) {
      console.error("assistant-carte-grise: the script does not know where its server is; set the attribute server.");
      return;
    }
    this.conversation = new Conversation(this.server.href.replace(/\/$/, ""));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.narrow = matchMedia("(max-width: 36em), (max-height: 26em)");
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.build(root);
    this.listen();
    this.paint();
    this.settle();
  }

  disconnectedCallback() {
    if (!this.panel) return;
    this.transport?.stop();
    this.transport = null;
    this.cover.set(false);
    this.quiet.abort();
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

  get isCovering() {
    return this.narrow.matches && !this.isInline;
  }

  listen() {
    this.quiet = new AbortController();
    const on = (target, name, listener) => target.addEventListener(name, listener, { signal: this.quiet.signal });
    on(this.narrow, "change", () => this.refit());
    on(this.dark, "change", () => this.paint());
    on(window, "pageshow", (event) => event.persisted && this.comeBack());
    on(window, "pagehide", (event) => this.leave(event.persisted));
    on(window, "beforeprint", () => this.layOut());
    on(window, "afterprint", () => this.layBack());
    on(document, "visibilitychange", () => this.paintNews());
  }

  // --- building

  build(root) {
    this.log = new Log(this.acts());
    this.composer = new Composer(this.conversation, (sent, shown) => this.say(sent, shown));
    this.composer.field.addEventListener("input", () => {
      if (this.conversation.human === "talking") this.transport?.tellWriting();
    });
    this.options = new Options(this.server, { print: () => printAlone(), save: () => this.save(), exported: () => this.giveExport(), erase: () => this.erase() });
    this.launcher = new Launcher(() => this.ask());
    this.live = h("div", { "aria-live": "polite", class: "unseen" });
    this.stateLine = h("p", { role: "status", class: "state" });
    this.closeButton = h("button", { type: "button", class: "plain", "aria-label": text.closeLabel, onclick: () => this.close() }, icon("close"), h("span", {}, text.close));
    this.heading = h("h2", { id: "title", tabindex: "-1" }, text.name);
    this.nature = h("p", { class: "nature" });
    const header = h("header", {}, this.heading, h("div", { class: "tools" }, this.options.button, this.closeButton), this.nature);
    this.panel = h("dialog", { "aria-labelledby": "title", class: "panel", id: "panel", oncancel: (event) => this.cancel(event), onkeydown: (event) => this.escape(event) },
      header, this.options.element, this.log.element, this.log.newAnswer, this.stateLine, this.composer.form, this.live);
    this.frame = h("section", { class: "frame", lang: "fr", dir: "ltr", "aria-label": text.name }, this.launcher.button, this.launcher.live, this.panel);
    this.cover = new Cover(this.frame);
    this.composer.field.addEventListener("blur", () => this.refit());
    root.append(this.frame);
    this.renderAll();
  }

  /** What the log's buttons do. */
  acts() {
    return {
      base: this.server,
      choose: (payload, title) => this.say(payload, title),
      tick: (entry, name, ticked) => {
        entry.ticks = ticked ? [...(entry.ticks ?? []), name] : entry.ticks.filter((each) => each !== name);
        this.conversation.save();
      },
      judge: (entry, opinion) => this.judge(entry, opinion),
      again: (entry) => this.sendAgain(entry),
      edit: (entry) => this.edit(entry),
    };
  }

  renderAll() {
    this.log.renderAll(this.getAttribute("greeting") || text.greeting, this.contextPage, this.conversation.entries);
  }

  /** Applies the attributes, the size of the window and who attends. */
  paint() {
    const theme = this.getAttribute("theme");
    const scheme = theme === "dark" || (theme !== "light" && this.dark.matches) ? "dark" : "light";
    this.frame.dataset.scheme = scheme;
    // For the themes, which are styles of the page.
    if (this.dataset.scheme !== scheme) this.dataset.scheme = scheme;
    this.frame.dataset.position = this.isInline ? "inline" : this.getAttribute("position") === "bottom-left" ? "bottom-left" : "bottom-right";
    this.closeButton.hidden = this.isInline;
    this.lift();
    if (this.panel.open && this.isCovering !== this.isModal) this.show();
    this.paintHuman();
    this.paintNews();
  }

  /** Follows the size of the window, but not while a screen keyboard that makes it smaller is in use. */
  refit() {
    if (isTouch() && this.shadowRoot.activeElement === this.composer.field) return;
    this.paint();
  }

  /** Puts the widget above the page, out of reach of what clips or moves the elements around it. */
  lift() {
    if (!this.frame.showPopover || !this.isConnected) return;
    if (this.isInline) this.frame.removeAttribute("popover");
    else {
      this.frame.setAttribute("popover", "manual");
      if (!this.frame.matches(":popover-open")) this.frame.showPopover();
    }
  }

  get isModal() {
    return this.panel.matches(":modal");
  }

  // --- opening and closing

  /** Opens or closes as the person left it in this tab; as the page wishes where they did neither. */
  settle() {
    // On a small screen the panel covers the page: it opens there only when asked.
    const isWanted = !this.narrow.matches && (this.conversation.opened ?? this.hasAttribute("open"));
    if (this.isInline) this.reveal();
    else if (isWanted) {
      this.setAttribute("open", "");
      this.reveal();
    } else {
      this.removeAttribute("open");
      this.conceal(false);
      // Somebody of the desk may answer while the panel stays closed.
      if (this.conversation.human) this.connect();
    }
  }

  /** The person asked for the panel: the focus goes to the field, or where a screen keyboard would rise, to the title. */
  ask() {
    if (this.panel.open) {
      this.close();
      return;
    }
    this.setAttribute("open", "");
    (isTouch() ? this.heading : this.composer.field).focus();
  }

  close() {
    this.removeAttribute("open");
    this.conceal();
    this.launcher.button.focus();
  }

  reveal() {
    if (this.panel.open) return;
    this.show();
    this.frame.dataset.open = "";
    this.launcher.button.setAttribute("aria-expanded", "true");
    this.conversation.unread = 0;
    if (!this.isInline) this.conversation.opened = true;
    this.conversation.save();
    this.paintNews();
    this.log.scrollToLatest();
    this.connect();
  }

  /** ``isAsked`` where the person or the page closes it, which the tab remembers. */
  conceal(isAsked = true) {
    this.panel.close();
    this.cover.set(false);
    delete this.frame.dataset.open;
    this.launcher.button.setAttribute("aria-expanded", "false");
    if (isAsked && this.conversation.opened !== false) {
      this.conversation.opened = false;
      this.conversation.save();
    }
    this.paint();
  }

  connect() {
    this.transport ??= new Transport(this.server, this.conversation, this.contextPage, this.hearing());
    this.transport.start();
  }

  /** Opens the panel, over the page on a small screen and beside it otherwise. */
  show() {
    const focused = this.shadowRoot.activeElement;
    if (this.panel.open) this.panel.close();
    if (this.isCovering) this.panel.showModal();
    // The dialog's own show() would take the focus: a page that opens the panel by itself must not move it.
    else this.panel.setAttribute("open", "");
    this.cover.set(this.isCovering);
    focused?.focus();
  }

  cancel(event) {
    event.preventDefault();
    this.close();
  }

  escape(event) {
    if (event.key !== "Escape" || isComposing(event)) return;
    event.stopPropagation();
    event.preventDefault();
    if (this.options.isOpen) {
      this.options.toggle();
      this.options.button.focus();
    } else if (!this.isInline) this.close();
  }

  /** The page is left, for good or into the browser's memory (``isKept``), where nothing may hold a connection. */
  leave(isKept) {
    this.composer.keep();
    if (!isKept) return;
    this.transport?.stop();
    this.transport = null;
  }

  /** The page is back from the browser's memory: the tab may have gone on elsewhere. */
  comeBack() {
    this.conversation.reload();
    this.composer.restore();
    this.renderAll();
    if (!this.isInline && this.panel.open !== Boolean(this.conversation.opened)) this.settle();
    else if (this.panel.open || this.conversation.human) this.connect();
    this.paint();
  }

  // --- talking

  /** Adds a message of the person's and sends it; it stays in the outbox until it is acknowledged. */
  say(message, shown) {
    const now = Date.now();
    // A double click on a choice says it once.
    if (this.lastSaid?.message === message && now - this.lastSaid.at < DOUBLE_CLICK) return;
    this.lastSaid = { message, at: now };
    const item = { id: newId(), message, shown };
    this.conversation.outbox.push(item);
    this.composer.warn("");
    this.add({ key: item.id, from: "user", shown });
    this.log.scrollToLatest();
    this.transport.flush();
  }

  sendAgain(entry) {
    this.conversation.outbox.push({ id: entry.key, message: entry.message, shown: entry.shown });
    delete entry.failed;
    this.conversation.save();
    this.log.update(entry);
    this.composer.field.focus();
    this.transport.flush();
  }

  edit(entry) {
    this.conversation.entries = this.conversation.entries.filter((each) => each !== entry);
    this.renderAll();
    this.composer.write(entry.message);
    this.composer.field.focus();
    this.log.scrollToLatest();
  }

  hearing() {
    return {
      state: (name) => this.showState(name),
      back: () => this.announce(text.back),
      answer: (item, messages) => this.hear(messages, item.id, item.id),
      refused: (item, status) => this.refuse(item, status),
      pushed: (messages, shown, id) => {
        if (id && (this.conversation.has(id) || this.conversation.has(`${id}-0`))) return;
        if (shown) this.add({ key: id, from: "user", shown });
        this.hear(messages, id ?? newId(), shown ? id : undefined);
      },
      erased: () => this.forget(text.erased),
      writing: () => this.showWriting(),
      erasedOnServer: () => {
        this.conversation.save();
        if (!this.conversation.erasures.length) this.announceErasure(text.erased);
      },
    };
  }

  hear(messages, id, answers) {
    const wasNearEnd = this.log.isNearEnd();
    const added = messages.map((message, index) => this.add({ key: `${id}-${index}`, from: "bot", answers, message, ticks: [] }));
    for (const message of messages) {
      this.announce(`${speakerOf(message)}\u00a0: ${spoken(message)}`);
      this.conversation.human = attendance(message, this.conversation.human);
    }
    if (added.length) {
      this.log.show(added[0], wasNearEnd);
      if (!this.panel.open) this.conversation.unread += added.length;
      if (document.hidden) this.unseen = (this.unseen ?? 0) + added.length;
    }
    this.conversation.save();
    if (this.state === "writing") this.showState("idle");
    this.paintHuman();
    this.paintNews();
  }

  refuse(item, status) {
    const entry = this.conversation.entries.find(({ key }) => key === item.id);
    if (!entry) return;
    Object.assign(entry, { failed: status, message: item.message });
    this.conversation.save();
    const wasNearEnd = this.log.isNearEnd();
    this.log.update(entry);
    if (wasNearEnd) this.log.scrollToLatest();
    this.announce(text.refused(status));
  }

  /** The message that cannot leave is given back to the person, so that others may. */
  takeBack() {
    const item = this.conversation.outbox.shift();
    if (item) this.refuse(item, UNKNOWN);
    this.conversation.save();
    this.composer.field.focus();
    this.transport.failures = this.transport.failingSince = 0;
    this.transport.flush();
  }

  /** Shows a state in words; a passing one is not shown, so that nothing flickers and nobody is interrupted. */
  showState(name) {
    if (name === this.state) return;
    this.state = name;
    clearTimeout(this.stateTimer);
    const write = () => {
      const words = name === "typing" && this.conversation.human === "talking" ? "handing" : name;
      this.stateLine.replaceChildren(text.state[words], ...(name === "stuck" ? this.otherWays() : []));
      this.stateLine.dataset.state = name;
    };
    if (name === "connecting" || name === "typing") this.stateTimer = setTimeout(write, STATE_DELAY);
    else write();
  }

  /** The mediator writes: shown until the reply comes, or nothing more was heard of it. */
  showWriting() {
    clearTimeout(this.writingTimer);
    this.showState("writing");
    this.writingTimer = setTimeout(() => this.state === "writing" && this.showState("idle"), WRITING_SHOWN);
  }

  otherWays() {
    const address = new URL("sans-javascript", this.server).href;
    const link = h("a", { href: address, target: "_blank", rel: "noopener" }, text.otherWay, h("span", { class: "unseen" }, ` ${text.newWindow}`));
    return [" ", link, ". ", h("button", { type: "button", class: "choice", onclick: () => this.takeBack() }, text.takeBack)];
  }

  /** Says in the header who speaks. */
  paintHuman() {
    const { human } = this.conversation;
    this.nature.textContent = text.nature[human] ?? text.nature[""];
    this.nature.dataset.human = human;
  }

  /** Marks what came unseen: on the launcher, and in the page's title while the page is hidden. */
  paintNews() {
    if (!document.hidden) this.unseen = 0;
    this.launcher.paint(this.conversation.unread, this.conversation.entries.length > 0);
    markTitle(this.unseen ?? 0);
  }

  /** Tells assistive technologies what is new, once, apart from the log. */
  announce(words) {
    const line = h("p", {}, this.panel.open ? words : `${text.name}, ${words}`);
    (this.panel.open ? this.live : this.launcher.live).append(line);
    setTimeout(() => line.remove(), SPOKEN_FOR);
  }

  add(entry) {
    const stamped = { ...entry, at: Date.now() };
    return this.log.insert(stamped, this.conversation.add(stamped));
  }

  get contextPage() {
    const page = this.getAttribute("context-page");
    return page && CONTEXT_PAGE.test(page) ? page : undefined;
  }

  // --- what a person may do about the conversation

  async judge(entry, opinion) {
    entry.opinion = opinion;
    entry.reference ??= newId();
    this.conversation.save();
    const body = { reference: entry.reference, response: entry.message.metadata.response, ...opinion };
    try {
      await this.transport.post("feedback", "POST", body);
      return true;
    } catch {
      return false;
    }
  }

  erase() {
    this.options.toggle();
    this.forget(text.erasedHere, true);
    this.transport.flush();
    this.composer.field.focus();
  }

  forget(words, waits = false) {
    this.conversation.restart();
    if (!waits) this.conversation.erasures = [];
    this.conversation.save();
    this.transport.join();
    this.composer.write("");
    this.renderAll();
    this.paint();
    this.log.element.scrollTop = 0;
    this.announceErasure(words);
  }

  announceErasure(words) {
    clearTimeout(this.erasureTimer);
    this.erasureTimer = setTimeout(() => this.composer.warn(words, true), STATE_DELAY);
  }

  /** Before printing: out of the layers above the page, which are cut at the first sheet, and unfolded. */
  layOut() {
    if (!this.panel.open || this.foldAgain) return;
    const focused = this.shadowRoot.activeElement;
    const foldAgain = unfold(this.shadowRoot);
    this.foldAgain = () => {
      foldAgain();
      this.paint();
      focused?.focus();
    };
    this.frame.removeAttribute("popover");
    this.panel.close();
    this.panel.setAttribute("open", "");
  }

  layBack() {
    if (!this.foldAgain) return;
    this.foldAgain();
    this.foldAgain = null;
  }

  async save() {
    const lines = this.conversation.entries.map((entry) =>
      writtenTime(entry) + (entry.from === "user" ? `${text.you}\u00a0: ${entry.shown}` : `${speakerOf(entry.message)}\u00a0: ${plainText(entry.message)}`),
    );
    await this.handOver(lines.join("\n\n"), text.savedName, "text/plain;charset=utf-8");
  }

  async giveExport() {
    try {
      const held = await this.transport.post(`conversations/${encodeURIComponent(this.conversation.id)}`, "GET");
      await this.handOver(JSON.stringify(held, null, 2), text.exportedName, "application/json");
    } catch {
      this.composer.warn(text.exportFailed);
    }
  }

  async handOver(content, name, type) {
    if (!isInApplication()) {
      give(content, name, type);
      return;
    }
    try {
      await navigator.clipboard.writeText(content);
      this.composer.warn(text.copied, true);
    } catch {
      this.composer.warn(text.notSaved);
    }
  }
}
