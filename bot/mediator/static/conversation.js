// A conversation without reloading: new messages appear, a reply is sent from where it is written, and whatever
// happens (an ended session, a bot that is away, a person who left), the text stays in its field.
"use strict";
(() => {
  const { desk, drafts } = window;
  const live = document.getElementById("live");
  const told = document.getElementById("told");
  const signs = document.getElementById("signs");
  const form = document.getElementById("repondre");
  const { text, message_id: id, ready } = form.elements;
  const notSent = document.getElementById("not-sent");
  const ended = document.getElementById("ended");
  const SECONDS = 3;
  let failures = 0;
  let isOver = false;

  // --- what is said
  const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
  const toEnd = () => {
    live.scrollTop = live.scrollHeight;
  };

  const read = async () => {
    const reply = await desk.fetch(live.dataset.refresh);
    if (reply.status === 409) {
      end(await reply.text());
      return;
    }
    if (!reply.ok) throw new Error(String(reply.status));
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector("ol");
    if (words(fresh) !== words(live)) {
      const before = live.querySelectorAll("li.person").length;
      const followed = live.scrollHeight - live.scrollTop - live.clientHeight < 60;
      live.replaceChildren(...fresh.childNodes);
      if (followed) toEnd();
      if (live.querySelectorAll("li.person").length > before) told.textContent = "Nouveau message de la personne.";
    }
    const sign = page.querySelector("[data-signs]");
    if (words(sign) !== words(signs)) signs.replaceChildren(...sign.childNodes);
  };

  const follow = async () => {
    try {
      await read();
      failures = 0;
    } catch {
      failures += 1;
    }
    if (!isOver) setTimeout(follow, 1000 * Math.min(SECONDS * 2 ** failures, 30));
  };

  const end = (html) => {
    if (isOver) return;
    isOver = true;
    ended.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    for (const button of document.querySelectorAll(".thread form button")) button.disabled = true;
  };

  // --- what is answered
  const isPlain = (submitter) => !submitter?.hasAttribute("formaction");

  const send = async () => {
    notSent.hidden = true;
    try {
      const reply = await desk.fetch(form.getAttribute("action"), {
        method: "POST",
        body: desk.form(form),
        redirect: "manual",
      });
      if (reply.type === "opaqueredirect") {
        text.value = "";
        drafts.keep(text);
        id.value = crypto.randomUUID().replaceAll("-", "");
        await read();
        toEnd();
        return;
      }
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      complain(words(page.querySelector("main .fault:not([data-journal]), main h1 + p")));
    } catch {
      complain("Ce message n’est pas parti. Il reste ici : renvoyez-le dans un instant, il ne partira qu’une fois.");
    } finally {
      text.focus();
    }
  };

  const complain = (what) => {
    notSent.textContent = what;
    notSent.hidden = false;
  };

  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-insert")) {
      event.preventDefault();
      insert();
    } else if (isPlain(event.submitter)) {
      event.preventDefault();
      if (!isOver) send();
    }
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
  document.querySelector("[data-keys]").hidden = false;

  const insert = () => {
    const chosen = ready.selectedOptions[0].dataset.text;
    text.setRangeText(chosen, text.selectionStart, text.selectionEnd, "end");
    drafts.keep(text);
    text.focus();
  };

  // --- « écrit… » in the person's window
  let typedAt = 0;
  text.addEventListener("input", () => {
    if (isOver || !text.value || Date.now() - typedAt < 4000) return;
    typedAt = Date.now();
    const body = new URLSearchParams({ csrf: form.elements.csrf.value });
    desk.fetch(form.dataset.typing, { method: "POST", body }).catch(() => {});
  });

  // A suggestion is the answer to a form: reloading it would ask for another one.
  const own = `/conversations/${live.dataset.number}`;
  if (location.pathname !== own) history.replaceState(null, "", own);
  toEnd();
  if (location.hash === "#repondre") text.focus();
  setTimeout(follow, 1000 * SECONDS);
})();
