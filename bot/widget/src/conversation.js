// The conversation as this tab knows it, kept through reload and page change. No cookie: session storage,
// or memory alone where the browser refuses it.
const KEPT_ENTRIES = 200;

/** An id that cannot be guessed: 128 random bits. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Conversation {
  /** The conversation with the assistant of that server that this tab holds, or a new one. */
  constructor(server) {
    this.key = `assistant-carte-grise ${server}`;
    Object.assign(this, fresh(), this.read());
  }

  /** The id of the last message that answered none (a person's reply), "" before any. */
  get heard() {
    return this.entries.map(({ message }) => message?.metadata?.pushed ?? "").filter(Boolean).pop() ?? "";
  }

  /** Keeps what changed. */
  save() {
    const { id, entries, outbox, erasures, opened } = this;
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ id, entries: entries.slice(-KEPT_ENTRIES), outbox, erasures, opened }));
    } catch {
      // Storage refused or full: the conversation lives as long as the page.
    }
  }

  /** Forgets everything here; the old id waits in ``erasures`` until the server has forgotten it too. */
  restart() {
    const erasures = [...this.erasures, this.id];
    Object.assign(this, fresh(), { erasures, opened: this.opened });
    this.save();
  }

  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key));
      return kept && typeof kept.id === "string" && Array.isArray(kept.entries) && Array.isArray(kept.outbox) ? kept : {};
    } catch {
      return {};
    }
  }
}

// entries: [{key, from: "user", shown, waiting} | {key, from: "bot", message, ticks, opinion}]
// outbox: [{id, message, shown}], sent in order, the first leaving only when it is acknowledged
function fresh() {
  return { id: newId(), entries: [], outbox: [], erasures: [], opened: false };
}
