// The line to the server: what a script of a page sends behind the person's back.
const said = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const PERSON = said("person"); // who this page was made for; nothing before signing in
export const token = () => said("csrf-token");

// A fresh token of the session, for every form of the page.
export const renew = (csrf) => {
  document.querySelector('meta[name="csrf-token"]').content = csrf;
  for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = csrf;
};

let heard = Date.now();

// Minutes since the server last answered this page.
export const silence = () => (Date.now() - heard) / 60000;

// Send something; the answer is a Response, or nothing when there is no line.
export const send = async (method, address, body, headers = {}) => {
  try {
    const answer = await fetch(address, {
      method, body, redirect: "error", keepalive: typeof body === "string" && body.length < 60000,
      headers: { "X-CSRFToken": token(), "X-Background": "1", "Accept-Language": document.documentElement.lang, ...headers } });
    heard = Date.now();
    return answer;
  } catch {
    return undefined;
  }
};

export const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

// The sentence of a refusal.
export const refusal = async (answer) => {
  try {
    const problem = await answer.json();
    return problem.detail || problem.title;
  } catch {
    return "";
  }
};

// One word of the page to all pages of this browser: who works here now, or that nobody does.
const pages = "BroadcastChannel" in window ? new BroadcastChannel("tiepsuc") : null;
export const tell = (person) => pages?.postMessage(person);
export const told = (act) => pages?.addEventListener("message", (event) => act(event.data));
