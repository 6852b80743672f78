// Keeps a part of the page fresh: fetched again every few seconds, replaced only when it changed.
"use strict";
(() => {
  const live = document.getElementById("live");
  const told = document.getElementById("told");
  const { refresh, every, what, only } = live.dataset;
  const seconds = Number(every);
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  let failures = 0;

  const update = async () => {
    try {
      const reply = await window.desk.fetch(refresh);
      if (!reply.ok) throw new Error(String(reply.status));
      show(new DOMParser().parseFromString(await reply.text(), "text/html").body);
      failures = 0;
    } catch {
      failures += 1;
    }
    setTimeout(update, 1000 * Math.min(seconds * 2 ** failures, 60));
  };

  const show = (fresh) => {
    // Whoever is on a button inside keeps it until they leave.
    const isInside = live.contains(document.activeElement) && document.activeElement !== live;
    if (isInside || words(fresh) === words(live)) return;
    const before = live.querySelectorAll(only).length;
    live.replaceChildren(...fresh.childNodes);
    if (live.querySelectorAll(only).length !== before) told.textContent = what;
  };

  setTimeout(update, 1000 * seconds);
})();
