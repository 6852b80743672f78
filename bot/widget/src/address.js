// Where the assistant's server is: its root, below a path of another site where a proxy puts it there.
const SCRIPT_NAME = /assistant-carte-grise(?:\.[0-9a-f]+)?\.js$/;
const IN_ITS_FOLDER = /^(.*\/)widget\/[^/]*$/;

// Only while the script runs for the first time is it known for sure which one it is.
const OWN_ADDRESS = addressOfScript();

/** The root of the server as a URL that ends with a slash; null where neither the page nor the script tells it. */
export function serverRoot(given) {
  if (given) return asFolder(new URL(given, document.baseURI));
  if (!OWN_ADDRESS) return null;
  const url = new URL(OWN_ADDRESS);
  return new URL(IN_ITS_FOLDER.exec(url.pathname)?.[1] ?? "/", url.origin);
}

/** An address of the server below its root: "webhooks/…", or as the server writes it, "/fiche/…". */
export function below(root, address) {
  return new URL(address.replace(/^\/(?!\/)/, ""), root);
}

function asFolder(url) {
  return new URL(url.pathname.replace(/\/*$/, "/"), url.origin);
}

/** A module and a script put in by a tag manager have no "current script": then the page or the call stack names it. */
function addressOfScript() {
  const isOurs = (address) => {
    try {
      return SCRIPT_NAME.test(new URL(address).pathname);
    } catch {
      return false;
    }
  };
  if (document.currentScript?.src) return document.currentScript.src;
  const called = String(new Error().stack).match(/https?:\/\/[^\s)]+?\.js(?=[?:#\s)])/g) ?? [];
  const loaded = [...document.querySelectorAll("script[src]")].map(({ src }) => src);
  return [...called, ...loaded].find(isOurs) ?? "";
}
