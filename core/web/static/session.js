// Who works here: signing in again over the page when the session has ended, leaving nothing behind when signing out.
import { FORM, PERSON, refusal, renew, send, silence, tell, token, told } from "./line.js";

const SILENT = 5; // minutes after which a form asks first whether the session still holds
const SIGNED_IN = "tiepsuc-person"; // in localStorage while somebody is signed in: says to a page shown by Back who it is

const leave = () => {
  document.documentElement.hidden = true;
  location.replace("/login");
};

// ---- one person in one browser ---------------------------------------------------------------------------------------

if (PERSON) {
  localStorage.setItem(SIGNED_IN, PERSON);
  tell(PERSON);
  told((person) => { if (person !== PERSON) leave(); });
  // A page that Back shows as it was left is shown only to the one it was made for.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && localStorage.getItem(SIGNED_IN) !== PERSON) leave();
  });
}

// ---- signing in again ------------------------------------------------------------------------------------------------

// Whether this person's session holds; undefined without a line. Brings a fresh token either way.
const holds = async () => {
  const answer = await send("GET", "/session");
  if (!answer?.ok) return undefined;
  const { person, csrf } = await answer.json();
  if (person && person !== PERSON) {
    leave();
    return undefined;
  }
  renew(csrf);
  return person === PERSON;
};

let asking = null;

// Ask for name and password over the page; true once the same person is in again.
export const signInAgain = () => asking ??= new Promise((resolve) => {
  const dialog = document.getElementById("sign-in-again").content.cloneNode(true).querySelector("dialog");
  const form = dialog.querySelector("form"), error = dialog.querySelector("[data-error]");
  const done = (inside) => {
    document.removeEventListener("visibilitychange", look);
    dialog.remove();
    asking = null;
    resolve(inside);
  };
  const look = async () => { if (!document.hidden && await holds()) done(true); }; // signed in on another page
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const button = form.querySelector("button");
    button.disabled = true;
    const data = new URLSearchParams(new FormData(form));
    let answer = await send("POST", form.action, `${data}&csrf_token=${encodeURIComponent(token())}`, FORM);
    if (answer?.status === 400) { // the token was forgotten with the session: once more with a fresh one
      await holds();
      answer = await send("POST", form.action, `${data}&csrf_token=${encodeURIComponent(token())}`, FORM);
    }
    button.disabled = false;
    form.elements.password.value = "";
    if (answer?.ok) {
      const { person, csrf } = await answer.json();
      if (person !== PERSON) return leave(); // somebody else: nothing of this page is theirs
      renew(csrf);
      return done(true);
    }
    error.textContent = answer ? await refusal(answer) || dialog.dataset.elsewhere : dialog.dataset.offline;
    form.elements.password.focus();
  });
  dialog.querySelector("[data-later]").addEventListener("click", () => done(false));
  dialog.addEventListener("cancel", () => done(false));
  document.addEventListener("visibilitychange", look);
  document.body.append(dialog);
  dialog.showModal();
  form.elements.password.focus();
});

// A form on a page that was left alone asks first whether its session holds, so that nothing typed or chosen is lost.
const asked = new WeakSet();
window.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter;
  const method = button?.getAttribute("formmethod") || form.method;
  if (!PERSON || method !== "post" || form.matches("[data-sign-out], dialog form") || asked.has(form)) return;
  if (navigator.onLine && silence() < SILENT) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const inside = await holds();
  if (inside === undefined) return report(form);
  if (!inside && !await signInAgain()) return;
  asked.add(form);
  form.requestSubmit(button);
  asked.delete(form);
}, true);

// Without a line the form stays where it is and says so.
const report = (form) => {
  form.querySelector(".no-line")?.remove();
  const line = Object.assign(document.createElement("p"), { className: "no-line error", textContent: words().dataset.offline });
  line.setAttribute("role", "alert");
  (form.querySelector(".sticky-actions") ?? form).append(line);
};
const words = () => document.getElementById("sign-in-again").content.querySelector("dialog");

// ---- signing out -----------------------------------------------------------------------------------------------------

const touched = new Set(); // forms without drafts in which something was typed
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.method === "post" && !form.matches("[data-autosave], dialog form")) touched.add(form);
});

// What would be lost: every part of the page that holds something unsent adds its sentence.
const unsent = async () => {
  const found = [];
  document.dispatchEvent(new CustomEvent("leaving", { detail: { found } }));
  const lines = (await Promise.all(found)).filter(Boolean);
  if ([...touched].some((form) => form.isConnected && !form.dataset.sent)) lines.push(parting().dataset.typed);
  return lines;
};
const parting = () => document.getElementById("leaving").content.querySelector("dialog");

const stays = (lines) => new Promise((resolve) => {
  const dialog = document.getElementById("leaving").content.cloneNode(true).querySelector("dialog");
  dialog.querySelector("ul").append(...lines.map(
    (line) => Object.assign(document.createElement("li"), { textContent: line })));
  const answer = (value) => () => { dialog.remove(); resolve(value); };
  dialog.querySelector("[data-stay]").addEventListener("click", answer(true));
  dialog.querySelector("[data-go]").addEventListener("click", answer(false));
  dialog.addEventListener("cancel", answer(true));
  document.body.append(dialog);
  dialog.showModal();
});

// Everything this program keeps in the browser. The server asks for the same by Clear-Site-Data, where that is heard.
const empty = async () => {
  document.dispatchEvent(new CustomEvent("emptying"));
  localStorage.clear();
  sessionStorage.clear();
  await new Promise((done) => {
    const ask = indexedDB.deleteDatabase("tiepsuc");
    ask.onsuccess = ask.onerror = ask.onblocked = done;
  });
};

window.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-sign-out]")) return;
  event.preventDefault();
  const lines = await unsent();
  if (lines.length && await stays(lines)) return;
  const answer = await send("POST", form.action, "", FORM);
  if (!answer) return report(form);
  await empty();
  if (!answer.ok) return form.submit(); // an older page: its token is another session's
  tell(""); // only now that the session is over: other pages would come in again
  leave();
}, true);
