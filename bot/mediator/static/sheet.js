// Keeps the case sheet in step with what is ticked: the page works without it, by its button.
"use strict";
(() => {
  const form = document.getElementById("sheet");
  const answers = document.getElementById("answers");
  const told = document.getElementById("sheet-told");
  const question = document.getElementById("question");
  const phrase = document.getElementById("phrase");
  let asked = 0;

  const parameters = (withQuestion) => {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && !["csrf", "version"].includes(name) && (withQuestion || name !== "question")) given.set(name, value);
    }
    return given;
  };
  const isAsked = () => Boolean(question?.value);
  const page = () => `${form.dataset.page}?${parameters(isAsked())}`;
  const fieldOf = (root, name) => root.querySelector(`[data-field="${CSS.escape(name)}"]`);
  const controls = (field) => [...field.querySelectorAll("[name]")];
  const valueOf = (field) => {
    const [first] = controls(field);
    if (first?.type !== "radio") return first?.value ?? "";
    return controls(field).find((each) => each.checked)?.value ?? "";
  };
  const stateOf = (field) => [valueOf(field), field.querySelector(".fault")?.textContent ?? ""].join("\n");

  // Whoever is in a field stays in it: what it holds is changed, not the field itself.
  const settle = (field, fresh, sent) => {
    const value = valueOf(fresh);
    if (valueOf(field) === sent) {
      for (const each of controls(field)) {
        if (each.type === "radio") each.checked = each.value === value;
        else each.value = value;
      }
    }
    field.querySelector(".fault")?.remove();
    const fault = fresh.querySelector(".fault");
    if (fault) field.querySelector(".field, fieldset")?.append(fault);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      const [mine, other] = [controls(field)[0], controls(fresh)[0]];
      const given = other.getAttribute(name);
      if (given === null) mine.removeAttribute(name);
      else mine.setAttribute(name, given);
    }
  };

  const followFields = (fresh, given) => {
    for (const group of fresh.querySelectorAll("[data-group]")) {
      const mine = form.querySelector(`[data-group="${CSS.escape(group.dataset.group)}"]`);
      if (!mine) continue;
      mine.querySelector(".count").replaceWith(group.querySelector(".count"));
      if (group.querySelector(".fault")) mine.open = true;
      let last = mine.querySelector("summary");
      const wanted = [...group.querySelectorAll("[data-field]")];
      for (const next of wanted) {
        const current = fieldOf(mine, next.dataset.field);
        if (!current) {
          last.after(next);
          last = next;
          continue;
        }
        last = current;
        if (stateOf(current) === stateOf(next)) continue;
        if (current.contains(document.activeElement)) settle(current, next, given.get(next.dataset.field) ?? "");
        else {
          current.replaceWith(next);
          last = next;
        }
      }
      const names = new Set(wanted.map((each) => each.dataset.field));
      for (const each of mine.querySelectorAll("[data-field]")) {
        if (!names.has(each.dataset.field) && !each.contains(document.activeElement)) each.remove();
      }
    }
    showCalendars();
  };

  const update = async (withQuestion, extra = {}) => {
    const mine = (asked += 1);
    const given = parameters(withQuestion);
    for (const [name, value] of Object.entries(extra)) given.set(name, value);
    answers.setAttribute("aria-busy", "true");
    try {
      const reply = await window.desk.fetch(`${form.dataset.answers}?${given}`);
      if (!reply.ok) throw new Error(String(reply.status));
      const text = await reply.text();
      // An older answer must not replace a newer one.
      if (mine !== asked) return;
      const parsed = new DOMParser().parseFromString(text, "text/html");
      followFields(parsed.querySelector('[data-part="situation"]'), given);
      answers.replaceChildren(...parsed.querySelector('[data-part="answers"]').childNodes);
      told.textContent = withQuestion ? "Réponse reçue." : "Réponse mise à jour.";
      history.replaceState(null, "", page());
    } catch {
      if (mine === asked) told.textContent = "La mise à jour n’a pas abouti. Réessayez avec le bouton « Mettre à jour ».";
    } finally {
      if (mine === asked) answers.removeAttribute("aria-busy");
    }
  };

  const showCalendars = () => {
    if (!("showPicker" in HTMLInputElement.prototype)) return;
    for (const button of form.querySelectorAll("[data-pick]")) button.hidden = false;
  };
  showCalendars();

  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }

  form.addEventListener("change", (event) => {
    const changed = event.target;
    if (changed.matches(".picker")) {
      const [year, month, day] = changed.value.split("-");
      const field = changed.closest("[data-field]");
      const [input] = controls(field);
      input.value = day ? `${day}/${month}/${year}` : "";
      input.focus();
      update(isAsked(), { changed: input.name });
    } else if (changed !== question) update(isAsked(), { changed: changed.name });
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    button?.parentElement.querySelector(".picker").showPicker();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "post") return;
    event.preventDefault();
    update(true, form.dataset.page === "/fiche" && isAsked() ? { asked: "1" } : {});
  });
  // A sentence is read on top of what is ticked by now, not of what the page was made with.
  phrase?.addEventListener("submit", () => {
    for (const each of phrase.querySelectorAll("[data-known]")) each.remove();
    for (const [name, value] of parameters(false)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: `known.${name}`, value });
      phrase.append(field);
    }
  });
  // A question still worth asking leads to its field, whose group may be closed.
  document.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-fact]")?.dataset.fact;
    const field = fact && form.querySelector(`[name="${CSS.escape(fact)}"]`);
    if (!field) return;
    event.preventDefault();
    for (let group = field.closest("details"); group; group = group.parentElement.closest("details")) group.open = true;
    field.focus();
  });
})();
