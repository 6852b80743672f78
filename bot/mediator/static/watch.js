// On every page: who waits and what is new (title, count, sound, notification), the sign of life that counts
// somebody as there, and signing in again in place when the session is over.
"use strict";
(() => {
  const { ticks } = document.currentScript.dataset;
  const login = document.body.dataset.login;
  const title = document.title;
  const news = document.getElementById("news");
  const number = Number(document.getElementById("live")?.dataset.number ?? 0);
  const stored = (name, otherwise) => JSON.parse(localStorage.getItem(`desk-${name}`) ?? "null") ?? otherwise;
  const store = (name, value) => localStorage.setItem(`desk-${name}`, JSON.stringify(value));
  const desk = (window.desk = {});
  let acted = true;

  // --- requests that know an ended session
  desk.fetch = async (address, options = {}) => {
    const headers = { "X-Requested-By": "script", ...options.headers };
    const reply = await fetch(address, { credentials: "same-origin", ...options, headers });
    if (reply.status === 401) {
      desk.signIn();
      throw new Error("signed out");
    }
    return reply;
  };

  desk.form = (form) => new URLSearchParams(new FormData(form));

  // --- signing in again, on top of what is being written
  const dialog = document.getElementById("sign-in-again");
  const place = dialog.querySelector("[data-form]");

  desk.signIn = async () => {
    if (dialog.open) return;
    dialog.showModal();
    try {
      await offer(await fetch("/connexion", { credentials: "same-origin" }));
    } catch {
      place.textContent = "Le guichet ne répond pas. Réessayez dans une minute.";
    }
  };

  const offer = async (reply) => {
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const form = page.querySelector('main form[action^="/connexion"]:not([action$="/fournisseur"])');
    if (!form) {
      dialog.close();
      await look();
      return;
    }
    const fault = page.querySelector("main .fault");
    place.replaceChildren(...(fault ? [fault] : []), form);
    form.querySelector("input:not([type=hidden])")?.focus();
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = desk.form(form);
      await offer(await fetch(form.getAttribute("action"), { method: "POST", credentials: "same-origin", body }));
    });
  };

  // --- what the server tells
  const look = async () => {
    const asked = new URLSearchParams();
    if (acted) {
      asked.set("geste", "1");
      if (number) asked.set("conversation", String(number));
    }
    acted = false;
    let told;
    try {
      const reply = await desk.fetch(`/etat?${asked}`);
      if (!reply.ok) return;
      told = await reply.json();
    } catch {
      acted ||= asked.has("geste");
      return;
    }
    if (dialog.open) dialog.close();
    if (told.login !== login) {
      // Somebody else has signed in, in this or another tab: nothing of this page is theirs.
      location.assign("/");
      return;
    }
    for (const field of document.querySelectorAll('[name="csrf"]')) field.value = told.csrf;
    show(told);
  };

  const show = (told) => {
    for (const element of document.querySelectorAll("[data-waiting]")) {
      element.hidden = !told.waiting;
      const words = told.waiting > 1 ? " personnes attendent" : " personne attend";
      const unseen = Object.assign(document.createElement("span"), { className: "unseen", textContent: words });
      if (element.firstChild?.data !== String(told.waiting)) element.replaceChildren(String(told.waiting), unseen);
    }
    const seen = stored("seen", {});
    if (number && document.visibilityState === "visible") {
      const here = told.mine.find(({ id }) => id === number);
      if (here) seen[number] = Math.max(seen[number] ?? 0, here.said_at);
    }
    const kept = {};
    for (const { id, said_at: said } of told.mine) kept[id] = seen[id] ?? said;
    store("seen", kept);
    const unread = told.mine.filter(({ id, said_at: said }) => said > kept[id]);
    const passed = told.mine.filter(({ passed_by: by }) => by);
    const count = told.waiting + unread.length + passed.length;
    document.title = count ? `(${count}) ${title}` : title;
    for (const button of document.querySelectorAll(".switch")) {
      button.setAttribute("aria-checked", String(told.available));
      button.value = told.available ? "no" : "yes";
    }
    for (const element of document.querySelectorAll("[data-counted]")) {
      const words = told.counted
        ? "Les usagers peuvent vous joindre."
        : told.available
          ? "Sans geste depuis 30 min : les usagers ne peuvent plus vous joindre."
          : "Les usagers ne peuvent pas vous joindre.";
      if (element.textContent !== words) element.textContent = words;
    }
    tell(told, unread, passed);
  };

  // --- alerts: once for all tabs of this browser
  const tell = (told, unread, passed) => {
    const before = stored("alerted", { latest: 0, said: {}, passed: [] });
    const words = [];
    if (told.available && told.latest > before.latest) words.push("Une personne attend au guichet en ligne.");
    for (const { id, said_at: said } of unread) {
      if (said > (before.said[id] ?? 0)) words.push(`Nouveau message dans la conversation n° ${id}.`);
    }
    for (const { id, passed_by: by } of passed) {
      if (!before.passed.includes(id)) words.push(`${by} vous transmet la conversation n° ${id}.`);
    }
    store("alerted", {
      latest: Math.max(told.latest, before.latest),
      said: Object.fromEntries(told.mine.map(({ id, said_at: said }) => [id, said])),
      passed: passed.map(({ id }) => id),
    });
    if (!words.length) return;
    news.textContent = words.join(" ");
    const wanted = stored("alerts", {});
    if (wanted.sound) ring();
    if (wanted.notice && document.visibilityState !== "visible" && Notification.permission === "granted") {
      const notice = new Notification("Guichet carte grise", { body: words.join(" "), tag: "guichet" });
      notice.addEventListener("click", () => window.focus());
    }
  };

  let audio;
  const ring = async () => {
    audio ??= new AudioContext();
    await audio.resume();
    for (const [rank, pitch] of [660, 880].entries()) {
      const tone = new OscillatorNode(audio, { frequency: pitch });
      const volume = new GainNode(audio, { gain: 0.15 });
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + rank * 0.18);
      tone.stop(audio.currentTime + rank * 0.18 + 0.15);
    }
  };

  const alerts = document.querySelector("[data-alerts]");
  alerts.hidden = false;
  for (const box of alerts.querySelectorAll("[data-alert]")) {
    box.checked = Boolean(stored("alerts", {})[box.dataset.alert]);
    box.addEventListener("change", async () => {
      const toldHere = document.getElementById("alert-told");
      if (box.checked && box.dataset.alert === "notice" && (await Notification.requestPermission()) !== "granted") {
        box.checked = false;
        toldHere.textContent = "Votre navigateur refuse les notifications de ce site : autorisez-les dans ses réglages.";
        return;
      }
      if (box.checked && box.dataset.alert === "sound") ring();
      store("alerts", { ...stored("alerts", {}), [box.dataset.alert]: box.checked });
    });
  }

  // --- there or away, without leaving what is being written
  for (const form of document.querySelectorAll("[data-presence]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = desk.form(form);
      body.set("available", event.submitter.value);
      try {
        await desk.fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" });
        await look();
      } catch {
        // The dialog asks to sign in, or the next look says that the desk is away.
      }
    });
  }

  for (const kind of ["pointerdown", "keydown", "input"]) {
    addEventListener(kind, () => (acted = true), { passive: true, capture: true });
  }
  new Worker(ticks).addEventListener("message", look);
  look();
})();
