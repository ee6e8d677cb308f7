// Small comforts; every page works without them. No inline script, no eval: the content policy forbids both.
import { token } from "./line.js";

// htmx sends the same token as the forms.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});

const free = (form) => {
  delete form.dataset.sent;
  for (const each of form.querySelectorAll("button")) each.removeAttribute("aria-busy");
};

// A second click on a slow line must not send a form twice. The button's own value is kept by sending it hidden.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => free(form), 20000);  // an answer that is a download leaves this page standing
  const button = event.submitter;
  if (button?.name) {
    const kept = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    form.append(kept);
  }
  for (const each of form.querySelectorAll("button")) each.setAttribute("aria-busy", "true");
});

// Back from the next page the form is shown as it was left: let it be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) free(form);
});

// A part that htmx put in says what it is (data-announce), and takes the focus of the button that went with the old one.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt.closest?.("[data-announce]") ?? event.detail.elt.querySelector?.("[data-announce]");
  if (!part) return;
  document.getElementById("said").textContent = part.dataset.announce;
  if (part.dataset.thenFocus && !document.activeElement?.matches("input, select, textarea")) {
    part.querySelector(`[name="${CSS.escape(part.dataset.thenFocus)}"]`)?.focus();
  }
});

// After a refused form the summary is what is read first.
document.querySelector("[data-focus]")?.focus();

// One tick for all the rows of a list: <input type="checkbox" data-tick-all="name of the others">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tickAll;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`)) box.checked = event.target.checked;
});

// A page made to be printed: its button shows where it works.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
