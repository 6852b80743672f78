// Keeps a part of the page fresh: fetched again every few seconds, replaced only when it changed.
"use strict";
(() => {
  const live = document.getElementById("live");
  const told = document.getElementById("told");
  const { refresh, every, what, only } = live.dataset;
  const seconds = Number(every);
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  let failures = 0;

  const count = () => (only ? live.querySelectorAll(only).length : 0);
  const atEnd = () => live.scrollHeight - live.scrollTop - live.clientHeight < 60;
  const toEnd = () => {
    live.scrollTop = live.scrollHeight;
  };

  const update = async () => {
    try {
      const reply = await fetch(refresh, { credentials: "same-origin" });
      // Signed out, or no longer mine: the page itself says so.
      if (reply.status === 401 || reply.status === 409) {
        location.reload();
        return;
      }
      if (!reply.ok) throw new Error(String(reply.status));
      const text = await reply.text();
      failures = 0;
      show(new DOMParser().parseFromString(text, "text/html").body);
    } catch {
      failures += 1;
    }
    setTimeout(update, 1000 * Math.min(seconds * 2 ** failures, 60));
  };

  const show = (fresh) => {
    // Whoever is on a button inside keeps it until they leave.
    const isInside = live.contains(document.activeElement) && document.activeElement !== live;
    if (isInside || words(fresh) === words(live)) return;
    const before = count();
    const followed = atEnd();
    live.replaceChildren(...fresh.childNodes);
    if (followed) toEnd();
    if (!only || count() > before) told.textContent = what;
  };

  toEnd();
  setTimeout(update, 1000 * seconds);
})();
