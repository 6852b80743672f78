// The question "did this answer help?" below an answer. Focus stays on the button pressed.
import { h } from "./dom.js";
import { text } from "./strings.js";

/** The question; ``opinion`` is what was said before, ``give`` stores {helpful, reason} and may fail. */
export function feedback(opinion, give) {
  const status = h("p", { role: "status", class: "thanks" }, opinion ? text.feedback.thanks : "");
  const reasons = reasonList(opinion, async (reason) => say({ helpful: false, reason }));
  const vote = (helpful) => async () => {
    reasons.hidden = helpful;
    if (!helpful) reasons.scrollIntoView({ block: "nearest" });
    await say({ helpful, reason: null });
  };
  const yes = h("button", { type: "button", onclick: vote(true) }, text.feedback.yes);
  const no = h("button", { type: "button", onclick: vote(false) }, text.feedback.no);
  const group = h("div", { role: "group", "aria-label": text.feedback.question, class: "votes" },
    h("span", { "aria-hidden": "true" }, text.feedback.question), yes, no);

  function show(given) {
    yes.setAttribute("aria-pressed", given?.helpful === true);
    no.setAttribute("aria-pressed", given?.helpful === false);
    for (const button of reasons.querySelectorAll("button"))
      button.setAttribute("aria-pressed", given?.reason === button.dataset.reason);
  }

  async function say(given) {
    show(given);
    status.textContent = (await give(given)) ? text.feedback.thanks : text.feedback.failed;
  }

  reasons.hidden = opinion?.helpful !== false;
  show(opinion);
  return h("div", { class: "feedback" }, group, reasons, status);
}

function reasonList(opinion, choose) {
  const buttons = Object.entries(text.feedback.reasons).map(([reason, title]) =>
    h("button", { type: "button", "data-reason": reason, onclick: () => choose(reason) }, title),
  );
  return h("div", { role: "group", "aria-label": text.feedback.why, class: "reasons" }, h("span", { "aria-hidden": "true" }, text.feedback.why), buttons);
}
