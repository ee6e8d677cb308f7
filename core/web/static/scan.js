// Identity cards: a scanner types into the box and ends with Enter; the camera reads the QR where there is one. What is
// scanned goes into the body of a form, never into an address.

const CARD = /^\d{12}\|/;
const boxOf = (target) => target.closest?.("[data-scan]");

// Enter in the box reads the card; without this it would press the first button of the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !boxOf(event.target)) return;
  event.preventDefault();
  if (event.target.value.trim()) boxOf(event.target).querySelector("[name=scan]").click();
});

// Somebody scans into a search box: its form would put the card into an address. It is posted instead.
const finder = document.querySelector("form[data-finds-cards]");
if (finder) {
  const scanned = (event) => event.target.type === "search" && event.target.value.includes("|");
  document.addEventListener("input", (event) => { if (scanned(event)) event.stopPropagation(); }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !scanned(event) || !CARD.test(event.target.value.trim())) return;
    event.preventDefault();
    event.stopPropagation();
    finder.elements.card.value = event.target.value;
    event.target.value = "";
    finder.requestSubmit();
  }, true);
}

const library = (address) => new Promise((done, failed) => {
  if (window.jsQR) return done(window.jsQR);
  const script = Object.assign(document.createElement("script"), { src: address, onload: () => done(window.jsQR), onerror: failed });
  document.head.append(script);
});

// Something that gives the text of the QR in a picture, or nothing: the browser's own where it has one.
const decoder = async (address) => {
  const formats = await window.BarcodeDetector?.getSupportedFormats?.().catch(() => []);
  if (formats?.includes("qr_code")) {
    const own = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await own.detect(canvas))[0]?.rawValue;
  }
  const read = await library(address);
  return async (canvas) => {
    const { width, height } = canvas;
    return read(canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, width, height).data, width, height)?.data;
  };
};

const film = async (box) => {
  const { denied, close, aim, decoder: address } = box.dataset;
  const dialog = Object.assign(document.createElement("dialog"), { className: "scan-film", ariaLabel: aim });
  const words = Object.assign(document.createElement("p"), { textContent: aim });
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-light", textContent: close });
  dialog.append(words, video, button);
  document.body.append(dialog);
  let stream;
  const end = () => { stream?.getTracks().forEach((track) => track.stop()); dialog.remove(); };
  dialog.addEventListener("close", end);
  button.addEventListener("click", () => dialog.close());
  dialog.showModal();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    video.srcObject = stream;
    await video.play();
    const [read, canvas] = [await decoder(address), document.createElement("canvas")];
    while (dialog.open) {
      const scale = Math.min(1, 1000 / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await read(canvas);
      if (text) {
        dialog.close();
        box.querySelector("input").value = text;
        box.querySelector("[name=scan]").click();
        return;
      }
      await new Promise((next) => setTimeout(next, 150));
    }
  } catch {
    words.textContent = denied;
  }
};

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-camera]")) film(boxOf(event.target));
});
const offer = () => {
  if (!navigator.mediaDevices?.getUserMedia) return;
  for (const button of document.querySelectorAll("[data-camera]")) button.hidden = false;
};
document.addEventListener("htmx:afterSwap", (event) => {
  offer();
  const asked = event.detail.requestConfig?.elt;  // after one card the next: the box keeps the cursor
  if (asked?.name === "scan") document.querySelector("[data-scan] input")?.focus();
});
offer();
