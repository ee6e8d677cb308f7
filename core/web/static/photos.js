// Photographs of a visit: made smaller on the telephone, gathered over several clicks, taken off again. Without this
// script, or where a browser cannot do it, the pictures are sent as they were taken.
"use strict";

const MOST_BYTES = 300 * 1024;
const SIDES = [1600, 1280, 1024, 800]; // pixels of the longer side, tried until the file is small enough

// A smaller JPEG of a picture; the file itself when it is small already or the browser cannot read it.
const shrunk = async (file) => {
  if (file.size <= MOST_BYTES) return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  let best = file;
  for (const side of SIDES) {
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.75));
    if (blob && blob.size < best.size) best = new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
    if (best.size <= MOST_BYTES) break;
  }
  picture.close();
  return best;
};

for (const box of document.querySelectorAll("[data-photos]")) {
  const inputs = [...box.querySelectorAll("input[type=file]")];
  const list = box.parentElement.querySelector("[data-photo-list]");
  const words = box.dataset;
  let kept = [];
  box.classList.add("gathering"); // the list below says what was chosen, so the browser's own words for it can go

  // All pictures are sent by the first input; the others only bring them.
  const put = () => {
    const bag = new DataTransfer();
    for (const file of kept) bag.items.add(file);
    inputs[0].files = bag.files;
    for (const other of inputs.slice(1)) other.value = "";
    list.replaceChildren(...kept.map((file) => {
      const line = document.createElement("li");
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-light", textContent: words.remove });
      remove.addEventListener("click", () => { kept = kept.filter((each) => each !== file); put(); });
      const thumb = Object.assign(document.createElement("canvas"), { width: 72, height: 54 });
      createImageBitmap(file).then((picture) => {
        const scale = Math.max(72 / picture.width, 54 / picture.height);
        const wide = picture.width * scale, high = picture.height * scale;
        thumb.getContext("2d").drawImage(picture, (72 - wide) / 2, (54 - high) / 2, wide, high);
      }).catch(() => {});
      line.append(thumb, `${file.name} (${Math.ceil(file.size / 1024)} ${words.sizeWord})`, remove);
      return line;
    }));
  };

  for (const input of inputs) {
    input.addEventListener("change", async () => {
      const fresh = [...input.files];
      if (!fresh.length) return put(); // the camera was closed without a picture: what was gathered stays
      const button = box.closest("form").querySelector(".sticky-actions button");
      button.disabled = true;
      list.append(Object.assign(document.createElement("li"), { textContent: words.working }));
      for (const file of fresh) kept.push(await shrunk(file));
      button.disabled = false;
      put();
    });
  }
}
