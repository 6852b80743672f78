// The field where a person writes: sending, drafts, input methods, warnings on personal data.
import { h, icon } from "./dom.js";
import { inspect, warning } from "./personal_data.js";
import { text } from "./strings.js";

const MAX_CHARACTERS = 4000;
const WARNING_DELAY = 700;
const DOUBLE_CLICK = 1000;
// What a browser says of a key that an input method takes (Safari tells it in no other way).
const TAKEN_KEY_CODE = 229;
const TOUCH = "(hover: none) and (pointer: coarse)";

/** Whether the person writes on a screen keyboard, which has no Shift and Enter. */
export const isTouch = () => matchMedia(TOUCH).matches;

/** Whether a key belongs to an input method that composes a word. */
export const isComposing = (event) => event.isComposing || event.keyCode === TAKEN_KEY_CODE;

export class Composer {
  /** ``say(sent, shown)`` sends a message; ``conversation`` keeps the draft, masked as it would be sent. */
  constructor(conversation, say) {
    Object.assign(this, { conversation, say });
    this.sentAt = 0;
    this.field = h("textarea", { id: "question", rows: "2", dir: "auto", "aria-describedby": "hint", autocomplete: "off",
      enterkeyhint: isTouch() ? "enter" : "send", onkeydown: (event) => this.press(event), oninput: () => this.watch() });
    this.warning = h("p", { role: "status", class: "warning" });
    this.sendButton = h("button", { class: "send" }, icon("send"), h("span", {}, text.send));
    this.form = h("form", { onsubmit: (event) => this.submit(event), novalidate: true },
      h("label", { for: "question" }, text.label), h("p", { id: "hint", class: "unseen" }, isTouch() ? text.touchHint : text.hint),
      h("div", { class: "row" }, this.field, this.sendButton), this.warning);
    this.restore();
  }

  submit(event) {
    event.preventDefault();
    const typed = this.field.value.trim();
    if (!typed) {
      // The second half of a double click on the button finds an empty field.
      if (Date.now() - this.sentAt < DOUBLE_CLICK) return;
      this.warn(text.empty);
      this.field.focus();
    } else if (typed.length > MAX_CHARACTERS) {
      this.warn(text.tooLong(typed.length - MAX_CHARACTERS));
      this.field.focus();
    } else {
      const { sent, shown } = inspect(typed);
      this.sentAt = Date.now();
      this.write("");
      this.say(sent, shown);
    }
  }

  press(event) {
    if (event.key !== "Enter" || isComposing(event) || event.shiftKey) return;
    if (isTouch() && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) this.sendButton.click();
  }

  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.warn(warning(inspect(this.field.value)));
      this.keep();
    }, WARNING_DELAY);
  }

  /** Keeps what is in the field for the next page of the tab. */
  keep() {
    const draft = inspect(this.field.value).sent;
    if (draft === this.conversation.draft) return;
    this.conversation.draft = draft;
    this.conversation.save();
  }

  /** Puts into the field what the tab has kept. */
  restore() {
    if (inspect(this.field.value).sent !== this.conversation.draft) this.field.value = this.conversation.draft;
  }

  write(words) {
    this.field.value = words;
    this.warn("");
    this.keep();
  }

  /** Says something below the field; ``isGood`` where it is no warning. */
  warn(words, isGood = false) {
    clearTimeout(this.timer);
    this.warning.dataset.kind = isGood ? "good" : "alert";
    if (this.warning.textContent !== words) this.warning.textContent = words;
    // In a low window it scrolls: the keyboard must reach it to read the rest.
    if (words) this.warning.tabIndex = 0;
    else this.warning.removeAttribute("tabindex");
  }
}
