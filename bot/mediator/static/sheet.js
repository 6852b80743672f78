// Keeps the right half of the case sheet in step with the left: the page works without it, by its button.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  const answers = document.getElementById("answers");
  const told = document.getElementById("sheet-told");
  const question = document.getElementById("question");
  let asked = 0;

  const parameters = (withQuestion) => {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && name !== "csrf" && (withQuestion || name !== "question")) given.set(name, value);
    }
    return given;
  };

  const update = async (withQuestion) => {
    const mine = (asked += 1);
    const given = parameters(withQuestion);
    answers.setAttribute("aria-busy", "true");
    try {
      const reply = await window.desk.fetch(`${form.dataset.answers}?${given}`);
      if (!reply.ok) throw new Error(String(reply.status));
      const text = await reply.text();
      // An older answer must not replace a newer one.
      if (mine !== asked) return;
      const parsed = new DOMParser().parseFromString(text, "text/html");
      answers.replaceChildren(...parsed.body.childNodes);
      told.textContent = withQuestion ? "Réponse reçue." : "Réponse mise à jour.";
      history.replaceState(null, "", `${form.dataset.page}?${given}`);
    } catch {
      if (mine === asked) told.textContent = "La mise à jour n’a pas abouti. Réessayez avec le bouton « Mettre à jour ».";
    } finally {
      if (mine === asked) answers.removeAttribute("aria-busy");
    }
  };

  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  form.addEventListener("change", (event) => {
    if (event.target !== question) update(Boolean(question.value));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "post") return;
    event.preventDefault();
    update(true);
  });
  // A question still worth asking leads to its field, whose group may be closed.
  answers.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-fact]")?.dataset.fact;
    if (!fact) return;
    event.preventDefault();
    const field = form.querySelector(`[name="${CSS.escape(fact)}"]`);
    field?.closest("details")?.setAttribute("open", "");
    field?.focus();
  });
})();
