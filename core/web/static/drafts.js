// Drafts: a form with data-autosave sends itself there two seconds after the last key and when the page is left.
import { FORM, send } from "./line.js";
import { signInAgain } from "./session.js";

const keepDraft = (form) => {
  const status = form.querySelector("[data-autosave-status]");
  let timer, kept, changed = false, sending = false;
  const show = (what, words) => { if (status) status.textContent = words || (status.dataset[what] ?? ""); };
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File || name === "csrf_token") data.delete(name);
    return new URLSearchParams(data).toString();
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  const save = async () => {
    if (!changed || sending || form.dataset.sent) return;
    const written = body();
    changed = false;
    if (written === kept) return; // typed and taken back
    show("saving");
    sending = true;
    const answer = await send("POST", form.dataset.autosave, written, FORM);
    sending = false;
    if (answer?.ok) {
      kept = written;
      show("saved", await answer.text());
      if (changed) later(2000);
      return;
    }
    changed = true;
    if (answer?.status === 401 || answer?.status === 400) { // the session, or its token, is another one
      show("ended");
      if (!document.hidden && await signInAgain()) save();
      return;
    }
    show(answer ? "failed" : "offline");
    later(15000);
  };
  const touch = () => {
    changed = true;
    later(2000);
  };
  kept = body();
  form.addEventListener("input", touch);
  form.addEventListener("change", touch);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-drops-draft]")) return;
    changed = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("online", save);
  // Before signing out: what is not kept yet is sent, or named.
  document.addEventListener("leaving", (event) => {
    event.detail.found.push((async () => {
      await save();
      return changed ? status?.dataset.unsaved ?? "" : "";
    })());
  });
};

for (const form of document.querySelectorAll("form[data-autosave]")) keepDraft(form);
