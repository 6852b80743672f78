// The sheet and the letters: print, copy, and blanks filled on the page. Nothing is stored, nothing is sent.
// The browsers inside other applications download nothing: a person is told so, in place of a link that seems dead.
const IN_APPLICATION = /\bFB(?:AN|AV|_IAB)\b|\bInstagram\b|\bLinkedInApp\b|; wv\)/;
if (IN_APPLICATION.test(navigator.userAgent)) {
  const hint = document.querySelector("[data-in-application]");
  const files = document.querySelector(".files");
  if (hint && files) {
    files.after(hint);
    hint.hidden = false;
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const fields of document.querySelectorAll("[data-fields]")) fields.hidden = false;

const TODAY = "date du jour";

for (const field of document.querySelectorAll("[data-fills]")) {
  const blanks = [...document.querySelectorAll("[data-blank]")].filter((blank) => blank.dataset.blank === field.dataset.fills);
  field.addEventListener("input", () => {
    for (const blank of blanks) {
      blank.textContent = field.value || `[${blank.dataset.blank}]`;
      blank.classList.toggle("filled", Boolean(field.value));
    }
  });
  // The day of the device: the person changes it where the letter leaves later.
  if (field.dataset.fills === TODAY) {
    field.value = new Date().toLocaleDateString("fr-FR", { day: "numeric", month: "long", year: "numeric" });
    field.dispatchEvent(new Event("input"));
  }
}

const status = document.querySelector("[data-status]");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const letter = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(letter.innerText);
      status.textContent = button.textContent = "Texte copié";
    } catch {
      // Without the right to copy, the text is selected for the person to do it.
      getSelection().selectAllChildren(letter);
      status.textContent = "Texte sélectionné, à copier";
    }
  });
}
