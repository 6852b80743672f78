// The conversation on paper: whole, with every source, whatever is folded, scrolled or above the page on the screen.

// Alone on the page when asked for by our own button: everything that neither is nor holds the widget is left out.
const ALONE = "@media print { body *:not(assistant-carte-grise):not(:has(assistant-carte-grise)) { display: none !important; } }";

/** Prints the widget alone. */
export function printAlone() {
  const alone = new CSSStyleSheet();
  alone.replaceSync(ALONE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, alone];
  addEventListener("afterprint", () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== alone);
  }, { once: true });
  print();
}

/** Unfolds what is folded; gives what folds it again. */
export function unfold(root) {
  const folded = [...root.querySelectorAll("details:not([open])")];
  folded.forEach((each) => each.setAttribute("open", ""));
  return () => folded.forEach((each) => each.removeAttribute("open"));
}
