// Carries messages in order, each until it is acknowledged: by socket.io where it can, else by REST. Every
// message keeps its id, and the server answers an id once, so sending again is harmless.
import { io } from "socket.io-client";
import { below } from "./address.js";

const CONNECTING_MILLISECONDS = 3000;
// A connection that a change of network has killed looks alive: what it leaves unanswered goes by REST.
const SOCKET_ANSWER_MILLISECONDS = 8000;
const ANSWER_MILLISECONDS = 20000;
const RETRY_MILLISECONDS = { first: 1000, last: 10000 };
const LONGEST_WISHED_PAUSE = 60000;
// From then on a person is told of another way.
const LONG_MILLISECONDS = 15000;
const POLL_MILLISECONDS = 5000;
const HIDDEN_POLLS = 3;
// Refusals that pass: the same message may be taken a little later.
const PASSING = [408, 425, 429];

/** The message itself was refused with that status: sending it again at once would not help. */
export class Refused extends Error {}

/** Too many requests for the moment; ``pause`` in milliseconds is what the server wishes, 0 where it says nothing. */
class Busy extends Error {
  constructor(status, pause) {
    super(String(status));
    this.pause = pause;
  }
}

// How often the mediator is told that somebody writes.
const WRITING_MILLISECONDS = 4000;
const isPushed = (message) => Boolean(message?.metadata?.pushed);

export class Transport {
  /**
   * ``server`` is its root, a URL; ``conversation`` holds the id, the outbox and the erasures under way. ``on``
   * are called with what happens: state(name), back(), answer(item, messages), refused(item, status),
   * pushed(messages, shown, id), erased() in another window, writing() by
   * the mediator, erasedOnServer().
   */
  constructor(server, conversation, contextPage, on) {
    Object.assign(this, { server, conversation, contextPage, on });
    this.failures = this.failingSince = this.polls = this.toldWritingAt = 0;
    this.restWorks = this.socketFails = false;
    this.wake = () => {};
    this.comeBack = () => this.wake();
    // A connection that the network has left looks alive until it times out: closed at once, it is tried anew.
    this.goAway = () => {
      this.on.state("offline");
      this.dropConnection();
    };
  }

  /** Connects, and sends what was left unacknowledged. */
  start() {
    if (this.socket) return;
    this.startedAt = Date.now();
    this.socket = io(this.server.origin, {
      path: `${this.server.pathname}socket.io`,
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnectionDelay: RETRY_MILLISECONDS.first,
      reconnectionDelayMax: RETRY_MILLISECONDS.last,
      timeout: ANSWER_MILLISECONDS,
      withCredentials: false,
    });
    this.socket.on("connect", () => {
      this.join();
      this.wake();
      this.restWorks = this.socketFails = false;
      if (this.failures) this.on.back();
      this.on.state(this.conversation.outbox.length ? "typing" : "idle");
      this.flush();
    });
    this.socket.on("connect_error", () => {
      this.socketFails = true;
    });
    this.socket.on("disconnect", () => {
      if (!this.flushing && navigator.onLine) this.on.state("connecting");
    });
    this.socket.on("bot_uttered", (message) => this.tellPushed([message]));
    this.socket.on("exchange", ({ message_id: id, messages, shown }) => this.on.pushed(messages, shown, id));
    this.socket.on("erased", () => this.on.erased());
    this.socket.on("typing", () => this.on.writing());
    addEventListener("online", this.comeBack);
    addEventListener("offline", this.goAway);
    this.poller = setInterval(() => this.poll(), POLL_MILLISECONDS);
    this.flush();
  }

  /** Closes the connection; what is not acknowledged stays in the outbox. */
  stop() {
    removeEventListener("online", this.comeBack);
    removeEventListener("offline", this.goAway);
    clearInterval(this.poller);
    this.socket?.close();
    this.socket = null;
    this.wake();
  }

  /** Tells a person who has taken over that a reply is being written, every few seconds at most. */
  tellWriting() {
    if (!this.socket?.connected || Date.now() - this.toldWritingAt < WRITING_MILLISECONDS) return;
    this.toldWritingAt = Date.now();
    this.socket.emit("typing");
  }

  /** Follows the conversation, whose id is new after an erasure, and asks for what this window has missed. */
  join() {
    const { id, heard, answered } = this.conversation;
    if (this.socket?.connected) this.socket.emit("session_request", { session_id: id, heard, answered });
  }

  /** Sends what is in the outbox and erases what waits for it, one after the other, until both are empty. */
  async flush() {
    if (this.flushing) {
      this.wake();
      return;
    }
    this.flushing = true;
    while (this.socket) {
      const item = this.conversation.outbox[0];
      const erasure = this.conversation.erasures[0];
      if (!erasure && !item) break;
      try {
        if (item) await this.deliver(item);
        else await this.erase(erasure);
        this.failures = this.failingSince = 0;
      } catch (error) {
        await this.pause(error);
      }
    }
    this.flushing = false;
    if (this.socket) this.on.state("idle");
  }

  async deliver(item) {
    if (!this.failures) this.on.state(this.socket.connected || this.restWorks ? "typing" : "connecting");
    let messages;
    try {
      messages = (await this.isConnected()) ? await this.sayBySocket(item) : await this.sayByRest(item);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.take(item);
      this.on.refused(item, Number(error.message));
      return;
    }
    if (!Array.isArray(messages)) throw new Error("no answer");
    // Erased meanwhile: the answer belongs to a conversation that is no more.
    if (!this.take(item)) return;
    this.tellPushed(messages.filter(isPushed));
    this.on.answer(item, messages.filter((message) => !isPushed(message)));
  }

  async sayBySocket(item) {
    const { id } = this.conversation;
    let told;
    try {
      told = await this.ask("user_uttered", { ...this.requestOf(item), session_id: id, shown: item.shown });
    } catch {
      this.dropConnection();
      return this.sayByRest(item);
    }
    if (told?.retry_after) throw new Busy(429, 1000 * told.retry_after);
    return told?.messages;
  }

  sayByRest(item) {
    const { id, heard } = this.conversation;
    return this.post("webhooks/rest/webhook", "POST", { ...this.requestOf(item), sender: id, heard });
  }

  requestOf(item) {
    return { message: item.message, message_id: item.id, context_page: this.contextPage };
  }

  async erase(id) {
    const done = (await this.isConnected())
      ? await this.ask("erase", { session_id: id })
      : await this.post(`conversations/${encodeURIComponent(id)}`, "DELETE");
    if (!done.erased) throw new Error("not erased");
    this.conversation.erasures = this.conversation.erasures.filter((each) => each !== id);
    this.on.erasedOnServer();
  }

  /** Asks for a person's replies where no connection brings them, while the conversation is with one or waits for one. */
  async poll() {
    this.polls += 1;
    const { id, human, heard } = this.conversation;
    if (!human || this.flushing || this.socket?.connected || (document.hidden && this.polls % HIDDEN_POLLS)) return;
    try {
      const messages = await this.post("webhooks/rest/pushed", "POST", { sender: id, heard });
      if (id === this.conversation.id) this.tellPushed(messages);
    } catch {
      // The next poll asks again.
    }
  }

  tellPushed(messages) {
    for (const message of messages) this.on.pushed([message], null, message?.metadata?.pushed ?? null);
  }

  take(item) {
    const there = this.conversation.outbox.some(({ id }) => id === item.id);
    this.conversation.outbox = this.conversation.outbox.filter(({ id }) => id !== item.id);
    return there;
  }

  ask(event, data) {
    return this.socket.timeout(SOCKET_ANSWER_MILLISECONDS).emitWithAck(event, data);
  }

  /** What the server answers, read; Refused, Busy or another error where it answers nothing of use. */
  async post(address, method, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), ANSWER_MILLISECONDS);
    try {
      const answer = await fetch(below(this.server, address), {
        method,
        credentials: "omit",
        headers: body ? { "Content-Type": "application/json" } : {},
        body: body && JSON.stringify(body),
        signal: patience.signal,
      });
      if (PASSING.includes(answer.status)) throw new Busy(answer.status, 1000 * (Number(answer.headers.get("Retry-After")) || 0));
      if (answer.status >= 400 && answer.status < 500) throw new Refused(String(answer.status));
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      this.restWorks = true;
      return told;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the socket is connected, waiting a little for it, once, where nothing is known to work. */
  async isConnected() {
    const { socket } = this;
    const left = this.startedAt + CONNECTING_MILLISECONDS - Date.now();
    if (!socket.connected && !this.failures && !this.socketFails && left > 0) {
      await new Promise((resolve) => {
        socket.once("connect", resolve);
        socket.once("connect_error", resolve);
        setTimeout(resolve, left);
      });
    }
    return socket.connected;
  }

  dropConnection() {
    this.socket?.io.engine?.close();
  }

  trouble(error) {
    if (!navigator.onLine) return "offline";
    if (error instanceof Busy && error.pause) return "busy";
    if (Date.now() - this.failingSince >= LONG_MILLISECONDS) return "stuck";
    return error instanceof Busy ? "busy" : "retrying";
  }

  /** Waits before the next try, longer each time or as long as the server wishes, or until the connection is back. */
  async pause(error) {
    if (!this.socket) return;
    this.failures += 1;
    this.failingSince ||= Date.now();
    this.on.state(this.trouble(error));
    const longest = Math.min(RETRY_MILLISECONDS.first * 2 ** (this.failures - 1), RETRY_MILLISECONDS.last);
    const wished = Math.min(error?.pause ?? 0, LONGEST_WISHED_PAUSE);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(wished, longest * (0.5 + Math.random() / 2)));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
