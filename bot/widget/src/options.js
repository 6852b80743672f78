// What a person may do about the conversation: print, save, see what is kept, erase.
import { below } from "./address.js";
import { h } from "./dom.js";
import { text } from "./strings.js";

// Browsers inside another application, which have no place to download to.
const IN_APPLICATION = /\bFB(?:AN|AV|_IAB)\b|\bInstagram\b|\bLinkedInApp\b|; wv\)/;
const KEPT_MILLISECONDS = 400;

export const isInApplication = () => IN_APPLICATION.test(navigator.userAgent);

export class Options {
  /** ``on`` = {print(), save(), exported(), erase()}. */
  constructor(server, on) {
    const item = (title, action) => h("button", { type: "button", onclick: action }, title);
    const link = (title, address) => h("p", {}, h("a", { href: below(server, address).href, target: "_blank", rel: "noopener" },
      title, h("span", { class: "unseen" }, ` ${text.newWindow}`)));
    this.eraseButton = item(text.erase, () => this.confirm(true));
    this.yesButton = item(text.eraseYes, on.erase);
    this.confirmation = h("div", { class: "confirmation", role: "group", "aria-label": text.eraseQuestion, hidden: true },
      h("p", {}, text.eraseQuestion), this.yesButton, item(text.eraseNo, () => this.confirm(false)));
    this.element = h("div", { id: "options", class: "options", hidden: true },
      item(text.print, on.print), item(text.save, on.save), item(text.exported, on.exported), this.eraseButton, this.confirmation,
      h("p", {}, text.privacy), link(text.dataPage, "donnees-personnelles"), link(text.plainPage, "sans-javascript"));
    this.button = h("button", { type: "button", class: "plain", "aria-expanded": "false", "aria-controls": "options", onclick: () => this.toggle() }, text.options);
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle() {
    this.element.hidden = this.isOpen;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    this.confirmation.hidden = true;
  }

  confirm(asked) {
    this.confirmation.hidden = !asked;
    (asked ? this.yesButton : this.eraseButton).focus();
  }
}

/** Gives the person a text as a file. */
export function give(content, name, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MILLISECONDS);
}
