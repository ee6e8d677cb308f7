// Small comforts; every page works without them. No inline script, no eval: the content policy forbids both.
"use strict";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

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

// Amounts get their points while they are typed, and the cursor stays behind the same digit.
document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.matches?.("[data-money]")) return;
  const before = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
  const digits = input.value.replace(/\D/g, "");
  if (input.value.replace(/[\d.\s]/g, "")) return;
  input.value = digits.replace(/\B(?=(\d{3})+$)/g, ".");
  let at = 0;
  for (let seen = 0; seen < before && at < input.value.length; at++) if (/\d/.test(input.value[at])) seen++;
  input.setSelectionRange(at, at);
});

// Drafts: a form with data-autosave sends itself there two seconds after the last key and when the page is left.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  let timer, changed = false;
  const say = (what, words) => { if (status) status.textContent = words || (status.dataset[what] ?? ""); };
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  };
  const save = async () => {
    if (!changed || form.dataset.sent) return;
    changed = false;
    say("saving");
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: body(), keepalive: true, headers: { "X-CSRFToken": token(), "X-Autosave": "1" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      say("saved", await answer.text());
    } catch {
      changed = true;
      say("failed");
      clearTimeout(timer);
      timer = setTimeout(save, 15000);
    }
  };
  const touched = () => { changed = true; clearTimeout(timer); timer = setTimeout(save, 2000); };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-drops-draft]")) return;
    changed = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
}

// After a refused form the summary is what is read first.
document.querySelector("[data-focus]")?.focus();

// One tick for all the rows of a list: <input type="checkbox" data-tick-all="name of the others">.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tickAll;
  if (!name) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`)) box.checked = event.target.checked;
});

// A question that is asked only after another's answer.
const follow = () => {
  for (const part of document.querySelectorAll("[data-shown-when]")) {
    const form = part.closest("form");
    const name = CSS.escape(part.dataset.shownWhen);
    const chosen = form.querySelector(`[name="${name}"]:checked, select[name="${name}"], input[name="${name}"]:not([type=radio])`);
    part.hidden = !part.dataset.shownValues.split("|").includes(chosen?.value ?? "");
  }
};
document.addEventListener("change", follow);
document.addEventListener("htmx:afterSwap", follow);
follow();

// Papers go up as soon as they are chosen: nobody leaves behind what was chosen for one kind while sending another.
for (const form of document.querySelectorAll("form[data-send-chosen]")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}

// A page made to be printed: its button shows where it works.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
