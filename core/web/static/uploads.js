// Files that are sent in the background, one by one and in pieces. They wait in this browser (IndexedDB, by person) until
// the server has them whole: a lost line, a reload or a restart of the server costs one piece at most.
import { FORM, PERSON, refusal, send } from "./line.js";
import { signInAgain } from "./session.js";

const PIECE = 64 * 1024; // bytes; a second and a half on a weak line
const bar = document.querySelector("[data-sending]");

// Without these (an old browser, plain http) files go with their form, as without scripts.
export const able = Boolean(PERSON && bar && window.indexedDB && window.crypto?.subtle);

// ---- what waits ------------------------------------------------------------------------------------------------------

const base = () => new Promise((resolve, reject) => {
  const ask = indexedDB.open("tiepsuc", 1);
  ask.onupgradeneeded = () => ask.result.createObjectStore("files", { keyPath: "key" });
  ask.onsuccess = () => resolve(ask.result);
  ask.onerror = () => reject(ask.error);
});

const within = async (mode, act) => {
  const opened = await base();
  try {
    return await new Promise((resolve, reject) => {
      const work = opened.transaction("files", mode), ask = act(work.objectStore("files"));
      work.oncomplete = () => resolve(ask.result);
      work.onerror = work.onabort = () => reject(work.error);
    });
  } finally {
    opened.close();
  }
};

const everybodys = () => within("readonly", (files) => files.getAll());
const mine = async () => (await everybodys()).filter((item) => item.person === PERSON);
const keep = (item) => within("readwrite", (files) => files.put(item));
const drop = (key) => within("readwrite", (files) => files.delete(key));

export const hash = async (file) => {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Put a file in the queue: {case, kind} for a paper, {case, step} for a photograph of a visit.
export const enqueue = async (file, about) => {
  const sha256 = await hash(file);
  const key = [PERSON, about.case, about.kind ?? "", about.step ?? "", sha256].join("/");
  await keep({ key, person: PERSON, ...about, name: file.name, sha256, size: file.size, file, at: Date.now() });
  run();
  return { sha256, name: file.name, size: file.size };
};

// What still waits for a visit, as after a reload.
export const waitingFor = async (about) => able
  ? (await mine()).filter((item) => item.case === about.case && item.step === about.step) : [];

export const takeBack = async (sha256) => {
  for (const item of await mine()) if (item.sha256 === sha256) await forget(item);
  show();
};

const forget = async (item) => {
  await drop(item.key);
  if (item.id) await send("DELETE", `/uploads/${item.id}`);
};

// ---- sending ---------------------------------------------------------------------------------------------------------

class Refused extends Error {}
class Ended extends Error {}

const ask = async (method, address, body, headers) => {
  const answer = await send(method, address, body, headers);
  if (!answer) throw new Error("no line");
  if (answer.ok) return answer.json();
  if (answer.status === 401 || answer.status === 400) throw new Ended();
  if (answer.status === 409) {
    const [reason] = (await answer.clone().json()).reasons ?? [];
    if (reason?.code === "offset") return { offset: reason.needed };
  }
  if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
  throw new Refused(await refusal(answer));
};

let percent = 0;

const deliver = async (item) => {
  const about = new URLSearchParams({ case: item.case, kind: item.kind ?? "", step: item.step ?? "", attempt: item.attempt ?? "",
    name: item.name, size: item.size, sha256: item.sha256 });
  const { id, offset } = await ask("POST", "/uploads", about.toString(), FORM);
  if (item.id !== id) await keep(Object.assign(item, { id }));
  let place = offset, words = "";
  while (place < item.size) {
    percent = Math.floor(100 * place / item.size);
    show();
    const piece = item.file.slice(place, place + PIECE);
    const taken = await ask("PATCH", `/uploads/${id}`, piece, { "Upload-Offset": String(place) });
    place = taken.offset;
    words = taken.said ?? "";
  }
  await drop(item.key);
  document.dispatchEvent(new CustomEvent("delivered", { detail: { ...item, said: words } }));
};

let running = false, again;

// One page of the browser sends at a time.
const alone = (act) => navigator.locks ? navigator.locks.request("tiepsuc-uploads", { ifAvailable: true }, (lock) => lock && act()) : act();

export const run = async () => {
  if (!able || running) return;
  running = true;
  clearTimeout(again);
  let wait = 0;
  await alone(async () => {
    for (let item; (item = (await mine()).find((each) => !each.refused)); ) {
      try {
        await deliver(item);
      } catch (error) {
        if (error instanceof Refused) await keep({ ...item, refused: error.message });
        else if (error instanceof Ended && !document.hidden && await signInAgain()) continue;
        else {
          wait = 5000;
          break;
        }
      }
    }
  });
  running = false;
  const left = await show();
  if (left) again = setTimeout(run, wait || 10000);
};

// ---- saying so -------------------------------------------------------------------------------------------------------

const line = (text) => Object.assign(document.createElement("p"), { textContent: text });

// The bar at the lower edge of every page; gives how many files are still to be sent.
const show = async () => {
  const items = await mine(), waiting = items.filter((item) => !item.refused);
  bar.hidden = !items.length;
  const words = waiting.length && bar.dataset[navigator.onLine ? "left" : "offline"]
    .replace("{n}", waiting.length).replace("{percent}", percent);
  bar.replaceChildren(...(waiting.length ? [line(words)] : []), ...items.filter((item) => item.refused).map((item) => {
    const told = line(`${item.name}: ${item.refused}`);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-light", textContent: bar.dataset.drop });
    button.addEventListener("click", async () => {
      await forget(item);
      show();
    });
    told.append(" ", button);
    return told;
  }));
  return waiting.length;
};

if (able) {
  run();
  window.addEventListener("online", run);
  window.addEventListener("offline", show);
  document.addEventListener("leaving", (event) => {
    event.detail.found.push((async () => {
      const items = await everybodys(), own = items.filter((item) => item.person === PERSON);
      const cases = [...new Set(own.map((item) => item.case))].join(", ");
      const sentences = [];
      if (own.length) sentences.push(bar.dataset.unsent.replace("{n}", own.length).replace("{cases}", cases));
      if (items.length > own.length) sentences.push(bar.dataset.others.replace("{n}", items.length - own.length));
      return sentences.join(" ");
    })());
  });
}
