// Drafts: a form with data-autosave sends itself there two seconds after the last key and when the page is left.
"use strict";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosave-status]");
  let timer, kept = "", changed = false, sending = false;
  const say = (what, words) => { if (status) status.textContent = words || (status.dataset[what] ?? ""); };
  const body = () => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File || name === "csrf_token") data.delete(name);
    return new URLSearchParams(data).toString();
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const save = async () => {
    if (!changed || sending || form.dataset.sent) return;
    const written = body();
    if (written === kept) { // typed and taken back: nothing to send
      changed = false;
      return;
    }
    if (!navigator.onLine) return say("offline");
    say("saving");
    sending = true;
    changed = false;
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, {
        method: "POST", body: written, keepalive: written.length < 60000, redirect: "error",
        headers: { "X-CSRFToken": token(), "X-Background": "1", "Content-Type": "application/x-www-form-urlencoded" } });
    } catch { /* no line */ }
    sending = false;
    if (answer?.ok) {
      kept = written;
      say("saved", await answer.text());
      if (changed) later(2000);
      return;
    }
    changed = true;
    if (answer?.status === 401) {
      say("ended");
      document.dispatchEvent(new CustomEvent("session:ended", { detail: { again: save } }));
    } else {
      say(navigator.onLine ? "failed" : "offline");
      later(15000);
    }
  };
  const touched = () => { changed = true; later(2000); };
  kept = body();
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-drops-draft]")) return;
    changed = false;
    clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("online", save);
  window.addEventListener("offline", () => { if (changed) say("offline"); });
  // Asked before signing out: is anything typed here and not kept by the server?
  document.addEventListener("session:leaving", (event) => { if (changed || sending) event.detail.unsent.push("draft"); });
}
