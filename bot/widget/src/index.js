import { AssistantCarteGrise } from "./element.js";

// Without constructable style sheets a strict content security policy would leave the widget bare, and without
// <dialog> there is no panel: the element then keeps what the page put inside it, a link to the page without JavaScript.
const isAble = "adoptedStyleSheets" in Document.prototype && typeof HTMLDialogElement === "function";
if (isAble && !customElements.get("assistant-carte-grise")) customElements.define("assistant-carte-grise", AssistantCarteGrise);
