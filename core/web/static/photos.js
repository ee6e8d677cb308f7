// Pictures are made smaller on the telephone before they are sent, which also takes off where and when they were taken.
// They go in the background (uploads.js); where a browser cannot do that, with their form, gathered over several clicks.
import { able, enqueue, takeBack, waitingFor } from "./uploads.js";

const MOST_BYTES = 300 * 1024;
const TRIES = [[2000, .8], [1600, .75], [1600, .6], [1280, .6], [1024, .6], [800, .6]]; // longer side in pixels, quality

// A smaller JPEG of a picture, upright as it was held; the file itself where a browser cannot read it or it is no picture.
const shrunk = async (file) => {
  if (!file.type.startsWith("image/") || (file.type === "image/png" && file.size <= MOST_BYTES)) return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  let best = null;
  for (const [side, quality] of TRIES) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    const ink = canvas.getContext("2d");
    ink.fillStyle = "#fff"; // behind what is transparent
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && (!best || blob.size < best.size)) best = blob;
    if (best && best.size <= MOST_BYTES) break;
  }
  picture.close();
  return best ? new File([best], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
};

const thumbnail = (file) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 72, height: 54 });
  createImageBitmap(file).then((picture) => {
    const scale = Math.max(72 / picture.width, 54 / picture.height);
    const wide = picture.width * scale, high = picture.height * scale;
    canvas.getContext("2d").drawImage(picture, (72 - wide) / 2, (54 - high) / 2, wide, high);
  }).catch(() => {});
  return canvas;
};

const remover = (words, act) => {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-light", textContent: words });
  button.addEventListener("click", act);
  return button;
};

// ---- photographs of a visit ------------------------------------------------------------------------------------------

// Each goes up at once; the form only carries their hashes and never waits for them.
const inBackground = async (box, inputs, list) => {
  const form = box.closest("form"), about = { case: box.dataset.case, step: box.dataset.step, attempt: box.dataset.attempt };
  const entry = (sha256) => list.querySelector(`[data-sha="${sha256}"]`);
  const add = ({ sha256, name, size }, file) => {
    if (entry(sha256)) return;
    const item = document.createElement("li");
    item.dataset.sha = sha256;
    item.append(
      Object.assign(document.createElement("input"), { type: "hidden", name: "sent", value: sha256 }),
      file ? thumbnail(file) : "", `${name} (${Math.ceil(size / 1024)} ${box.dataset.sizeWord})`,
      Object.assign(document.createElement("small"), { textContent: box.dataset.coming }));
    list.append(item);
    removable(item);
  };
  const removable = (item) => item.append(remover(box.dataset.remove, () => {
    takeBack(item.dataset.sha, item.dataset.upload);
    item.remove();
    form.dispatchEvent(new Event("change"));
  }));
  for (const item of list.querySelectorAll("[data-sha]")) removable(item);
  document.addEventListener("delivered", (event) => {
    const item = entry(event.detail.sha256);
    if (item) item.querySelector("small").textContent = box.dataset.arrived;
    if (event.detail.said && event.detail.case === about.case) location.reload(); // the visit that waited is recorded
  });
  for (const input of inputs) {
    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = "";
      const working = Object.assign(document.createElement("li"), { textContent: box.dataset.working });
      if (files.length) list.append(working);
      for (const file of files) {
        const small = await shrunk(file);
        add(await enqueue(small, about), small);
      }
      working.remove();
      form.dispatchEvent(new Event("change")); // the draft knows them too
    });
  }
  // last, because it takes a while: what is chosen meanwhile must not be missed
  for (const item of await waitingFor(about)) add(item, item.file);
};

// All pictures are sent by the first input; the others only bring them.
const withTheForm = (box, inputs, list) => {
  let kept = [];
  const put = () => {
    const bag = new DataTransfer();
    for (const file of kept) bag.items.add(file);
    inputs[0].files = bag.files;
    for (const other of inputs.slice(1)) other.value = "";
    list.replaceChildren(...kept.map((file) => {
      const item = document.createElement("li");
      item.append(thumbnail(file), `${file.name} (${Math.ceil(file.size / 1024)} ${box.dataset.sizeWord})`,
        remover(box.dataset.remove, () => {
          kept = kept.filter((each) => each !== file);
          put();
        }));
      return item;
    }));
  };
  for (const input of inputs) {
    input.addEventListener("change", async () => {
      const fresh = [...input.files];
      if (!fresh.length) return put(); // the camera was closed without a picture: what was gathered stays
      const button = box.closest("form").querySelector(".sticky-actions button");
      button.disabled = true;
      list.append(Object.assign(document.createElement("li"), { textContent: box.dataset.working }));
      for (const file of fresh) kept.push(await shrunk(file));
      button.disabled = false;
      put();
    });
  }
};

for (const box of document.querySelectorAll("[data-photos]")) {
  const inputs = [...box.querySelectorAll("input[type=file]")];
  const list = box.parentElement.querySelector("[data-photo-list]");
  box.classList.add("gathering"); // the list below says what was chosen, so the browser's own words for it can go
  (able ? inBackground : withTheForm)(box, inputs, list);
}

// ---- papers of a case ------------------------------------------------------------------------------------------------

// Papers go up as soon as they are chosen: nobody leaves behind what was chosen for one kind while sending another.
for (const form of document.querySelectorAll("form[data-send-chosen]")) {
  form.querySelector("button").hidden = true;
  const input = form.querySelector("input[type=file]");
  form.addEventListener("change", async () => {
    if (!able || !form.dataset.case) return form.requestSubmit();
    for (const file of [...input.files]) {
      await enqueue(await shrunk(file), { case: form.dataset.case, kind: form.elements.kind.value });
    }
    input.value = "";
  });
  form.addEventListener("input", (event) => event.stopPropagation()); // a chosen file is not something typed
}

// The page of the case shows what has come in, once all of it has and unless somebody is writing on the page.
document.addEventListener("delivered", async (event) => {
  const papers = document.querySelector("form[data-send-chosen][data-case]");
  if (!papers || papers.dataset.case !== event.detail.case || event.detail.step) return;
  const writing = [...document.querySelectorAll("main textarea, main input:not([type=hidden], [type=file])")].some(
    (each) => each.value !== each.defaultValue || each.checked !== each.defaultChecked);
  if (!writing && !(await waitingFor({ case: event.detail.case })).length) location.reload();
});
