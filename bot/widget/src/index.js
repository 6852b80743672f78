import { AssistantCarteGrise } from "./element.js";

// Without constructable style sheets a strict content security policy would leave the widget bare: the
// element then keeps what the page put inside it, a link to the page without JavaScript.
if ("adoptedStyleSheets" in Document.prototype && !customElements.get("assistant-carte-grise"))
  customElements.define("assistant-carte-grise", AssistantCarteGrise);
