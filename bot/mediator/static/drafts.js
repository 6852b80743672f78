// Keeps what is being written for as long as the tab is open: through a reload, an ended session, a refused form.
// The server names what it has taken in the address (?envoye=…); only then is a draft forgotten.
"use strict";
(() => {
  const keyOf = (field) => `draft:${document.body.dataset.login}:${field.dataset.draft}`;
  const fields = document.querySelectorAll("[data-draft]");
  const sent = new URLSearchParams(location.search).get("envoye");

  const keep = (field) => {
    const id = field.form.elements.message_id?.value ?? "";
    if (field.value) sessionStorage.setItem(keyOf(field), JSON.stringify({ text: field.value, id }));
    else sessionStorage.removeItem(keyOf(field));
  };

  for (const field of fields) {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(field)) ?? "null");
    if (kept && sent && kept.id === sent) sessionStorage.removeItem(keyOf(field));
    else if (kept && !field.value) {
      field.value = kept.text;
      // Sent once, though the answer to it was lost: the same number is not sent twice.
      if (kept.id && field.form.elements.message_id) field.form.elements.message_id.value = kept.id;
    }
    keep(field);
    field.addEventListener("input", () => keep(field));
  }
  // The next message has another number, so reloading this address must not clear what is typed next.
  if (sent) history.replaceState(null, "", location.pathname + location.hash);

  // Elsewhere a form that goes through leads to another page: its text is forgotten once it is sent.
  document.addEventListener("submit", (event) => {
    for (const field of event.target.querySelectorAll("[data-draft]")) {
      if (!event.defaultPrevented && !event.target.elements.message_id) sessionStorage.removeItem(keyOf(field));
    }
  });
  // On a shared computer nothing stays for the next person.
  document.querySelector("[data-sign-out]")?.addEventListener("submit", () => sessionStorage.clear());

  window.drafts = { keep };
})();
