// Sends messages through the REST channel so that the page does not reload; without this file the
// forms do the same.
(() => {
  const list = document.getElementById("conversation");
  const news = document.getElementById("news");
  const form = document.getElementById("question");
  const field = document.getElementById("message");
  const sender = form.elements.conversation.value;

  const add = (speaker, text, buttons = []) => {
    const item = document.createElement("li");
    item.className = speaker;
    const name = document.createElement("p");
    name.className = "speaker";
    name.textContent = speaker === "user" ? "Vous" : "Assistant";
    const body = document.createElement("p");
    body.className = "text";
    body.textContent = text;
    item.append(name, body);
    for (const { title, payload } of buttons) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => send(payload, title));
      item.append(button);
    }
    list.append(item);
    item.scrollIntoView({ block: "nearest" });
  };

  const send = async (message, shown = message) => {
    add("user", shown);
    news.textContent = "L’assistant écrit…";
    try {
      const answer = await fetch("/webhooks/rest/webhook", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ sender, message }),
      });
      const messages = await answer.json();
      news.textContent = messages.map((each) => each.text).join("\n");
      messages.forEach((each) => add("bot", each.text, each.buttons));
    } catch {
      news.textContent = "";
      add("bot", "La connexion est interrompue. Votre message n’est pas parti : renvoyez-le dans un instant.");
    }
  };

  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    if (pressed?.name === "payload") {
      send(pressed.value, pressed.textContent);
    } else if (field.value.trim()) {
      send(field.value);
      field.value = "";
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
})();
