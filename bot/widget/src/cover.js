// The panel over the whole window: within what a screen keyboard leaves of it, with the page behind standing still.
const SAME_SCALE = 0.01;

export class Cover {
  /** ``frame`` holds the panel. */
  constructor(frame) {
    this.frame = frame;
    this.covers = false;
    this.still = new CSSStyleSheet();
    // On paper the page is whole.
    this.still.replaceSync("@media screen { html { overflow: hidden !important; } }");
    this.fit = () => this.measure();
  }

  /** Whether the panel covers the window from now on. */
  set(covers) {
    if (covers === this.covers) return;
    this.covers = covers;
    const others = document.adoptedStyleSheets.filter((sheet) => sheet !== this.still);
    document.adoptedStyleSheets = covers ? [...others, this.still] : others;
    for (const event of ["resize", "scroll"]) {
      if (covers) window.visualViewport?.addEventListener(event, this.fit);
      else window.visualViewport?.removeEventListener(event, this.fit);
    }
    this.measure();
  }

  measure() {
    const view = window.visualViewport;
    // A page that is zoomed by two fingers is looked at in part, which is meant.
    const isCut = this.covers && view && Math.abs(view.scale - 1) < SAME_SCALE && view.height < innerHeight - 1;
    for (const [name, value] of [["--visible-height", view?.height], ["--visible-top", view?.offsetTop]]) {
      if (isCut) this.frame.style.setProperty(name, `${value}px`);
      else this.frame.style.removeProperty(name);
    }
  }
}
