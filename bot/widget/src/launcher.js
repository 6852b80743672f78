// The button in the corner, and what it says of messages that came while the panel was closed.
import { h, icon } from "./dom.js";
import { text } from "./strings.js";

export class Launcher {
  /** ``press`` is called when the button is pressed. */
  constructor(press) {
    this.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.button = h("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: press },
      icon("chat"), text.open, this.badge);
    // Beside the panel: what stands in a closed one is said by nobody.
    this.live = h("div", { "aria-live": "polite", class: "unseen" });
  }

  /** Shows and says how many messages are new; ``isUnderWay`` where there is a conversation already. */
  paint(unread, isUnderWay) {
    this.badge.hidden = !unread;
    this.badge.textContent = unread ? String(unread) : "";
    const label = isUnderWay ? text.openAgainLabel : text.openLabel;
    this.button.setAttribute("aria-label", unread ? `${label}, ${text.unread(unread)}` : label);
  }
}

let mark = "";

/** Counts new messages in the page's title while nobody looks at it; 0 gives the title back. */
export function markTitle(count) {
  const bare = mark && document.title.startsWith(mark) ? document.title.slice(mark.length) : document.title;
  mark = count ? `(${count}) ` : "";
  const wanted = mark + bare;
  if (document.title !== wanted) document.title = wanted;
}
