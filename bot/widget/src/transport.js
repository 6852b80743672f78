// Carries messages in order, each until it is acknowledged: by socket.io where it can, else by REST. Every
// message keeps its id, and the server answers an id once, so sending again is harmless.
import { io } from "socket.io-client";

const CONNECTING_MILLISECONDS = 3000;
const ANSWER_MILLISECONDS = 20000;
const RETRY_MILLISECONDS = { first: 1000, last: 10000 };

/** The server refused the message itself: sending it again would not help. */
export class Refused extends Error {}

export class Transport {
  /**
   * ``conversation`` holds the id, the outbox and the erasures under way. ``on`` are called with what
   * happens: state(name), back(), answer(item, messages), refused(item), pushed(messages, shown, id),
   * erased() in another window, erasedOnServer().
   */
  constructor(server, conversation, contextPage, on) {
    Object.assign(this, { server, conversation, contextPage, on });
    this.failures = 0;
    this.restWorks = this.socketFails = false;
    this.wake = () => {};
    this.comeBack = () => this.wake();
    // A connection that the network has left looks alive until it times out: closed at once, it is tried anew.
    this.goAway = () => {
      this.on.state("offline");
      this.socket?.io.engine?.close();
    };
  }

  /** Connects, and sends what was left unacknowledged. */
  start() {
    if (this.socket) return;
    this.socket = io(this.server, {
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
    this.socket.on("bot_uttered", (message) => this.on.pushed([message], null, message.metadata?.pushed ?? null));
    this.socket.on("exchange", ({ message_id: id, messages, shown }) => this.on.pushed(messages, shown, id));
    this.socket.on("erased", () => this.on.erased());
    addEventListener("online", this.comeBack);
    addEventListener("offline", this.goAway);
    this.flush();
  }

  /** Closes the connection; what is not acknowledged stays in the outbox. */
  stop() {
    removeEventListener("online", this.comeBack);
    removeEventListener("offline", this.goAway);
    this.socket?.close();
    this.socket = null;
    this.wake();
  }

  /** Follows the conversation, whose id is new after an erasure, and asks for what was pushed meanwhile. */
  join() {
    const { id, heard } = this.conversation;
    if (this.socket?.connected) this.socket.emit("session_request", { session_id: id, heard });
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
        this.failures = 0;
      } catch {
        await this.pause();
      }
    }
    this.flushing = false;
    if (this.socket) this.on.state("idle");
  }

  async deliver(item) {
    const { id } = this.conversation;
    if (!this.failures) this.on.state(this.socket.connected || this.restWorks ? "typing" : "connecting");
    const request = { message: item.message, message_id: item.id, context_page: this.contextPage };
    let messages;
    try {
      messages = (await this.isConnected())
        ? (await this.ask("user_uttered", { ...request, session_id: id, shown: item.shown })).messages
        : await this.post("/webhooks/rest/webhook", "POST", { ...request, sender: id });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.take(item);
      this.on.refused(item);
      return;
    }
    if (!Array.isArray(messages)) throw new Error("no answer");
    // Erased meanwhile: the answer belongs to a conversation that is no more.
    if (this.take(item)) this.on.answer(item, messages);
  }

  async erase(id) {
    const done = (await this.isConnected())
      ? await this.ask("erase", { session_id: id })
      : await this.post(`/conversations/${encodeURIComponent(id)}`, "DELETE");
    if (!done.erased) throw new Error("not erased");
    this.conversation.erasures = this.conversation.erasures.filter((each) => each !== id);
    this.on.erasedOnServer();
  }

  take(item) {
    const there = this.conversation.outbox.some(({ id }) => id === item.id);
    this.conversation.outbox = this.conversation.outbox.filter(({ id }) => id !== item.id);
    return there;
  }

  ask(event, data) {
    return this.socket.timeout(ANSWER_MILLISECONDS).emitWithAck(event, data);
  }

  async post(address, method, body) {
    const answer = await fetch(new URL(address, this.server), {
      method,
      credentials: "omit",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    });
    if (answer.status >= 400 && answer.status < 500) throw new Refused(String(answer.status));
    if (!answer.ok) throw new Error(String(answer.status));
    this.restWorks = true;
    return answer.json();
  }

  /** Whether the socket is connected, waiting a little for it where nothing is known to work. */
  async isConnected() {
    const { socket } = this;
    if (!socket.connected && !this.failures && !this.socketFails) {
      await new Promise((resolve) => {
        socket.once("connect", resolve);
        socket.once("connect_error", resolve);
        setTimeout(resolve, CONNECTING_MILLISECONDS);
      });
    }
    return socket.connected;
  }

  trouble() {
    return navigator.onLine ? "retrying" : "offline";
  }

  /** Waits before the next try, longer each time, or until the connection is back. */
  async pause() {
    if (!this.socket) return;
    this.failures += 1;
    this.on.state(this.trouble());
    const longest = Math.min(RETRY_MILLISECONDS.first * 2 ** (this.failures - 1), RETRY_MILLISECONDS.last);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wake = () => {};
  }
}
