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
    this.reload();
  }

  /** Takes what the tab keeps now: another page of the tab may have gone on since this one read it. */
  reload() {
    Object.assign(this, fresh(), this.read());
  }

  /** The id of the last message that answered none (a person's reply), "" before any. */
  get heard() {
    return last(this.entries.map(({ message }) => message?.metadata?.pushed ?? "").filter(Boolean)) ?? "";
  }

  /** The id of the last message of the person's that was answered, "" before any. */
  get answered() {
    const asked = this.entries.filter(({ key, from }) => from === "user" && this.has(`${key}-0`));
    return last(asked)?.key ?? "";
  }

  has(key) {
    return this.entries.some((entry) => entry.key === key);
  }

  /**
   * Adds an entry: an answer below its question and what answered it before, everything else at the end.
   * Gives its place.
   */
  add(entry) {
    const asked = entry.answers ? this.entries.findIndex(({ key }) => key === entry.answers) : -1;
    let place = asked < 0 ? this.entries.length : asked + 1;
    if (asked >= 0) while (this.entries[place]?.answers === entry.answers) place += 1;
    this.entries.splice(place, 0, entry);
    this.save();
    return place;
  }

  /** Keeps what changed. */
  save() {
    const { id, entries, outbox, erasures, opened, draft, unread, human } = this;
    const kept = { id, entries: entries.slice(-KEPT_ENTRIES), outbox, erasures, opened, draft, unread, human };
    try {
      sessionStorage.setItem(this.key, JSON.stringify(kept));
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

const last = (list) => list[list.length - 1];

// entries: [{key, from: "user", at, shown, message, failed} | {key, from: "bot", at, answers, message, ticks, opinion}],
//   ``at`` in milliseconds, ``answers`` the key of the question, ``failed`` the status that refused the message
// outbox: [{id, message, shown}], sent in order, the first leaving only when it is acknowledged
// opened: whether the person left the panel open, undefined before they did either
// human: "waiting" in the queue, "talking" with a person, "" otherwise
function fresh() {
  return { id: newId(), entries: [], outbox: [], erasures: [], opened: undefined, draft: "", unread: 0, human: "" };
}
