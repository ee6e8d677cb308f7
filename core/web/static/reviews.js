// An approver's keys: each is written on its button. They work while nobody is typing; a confirmation is one more key.
const bar = document.querySelector("[data-review]");
const panels = bar ? [...bar.querySelectorAll("details[data-act]")] : [];
const typing = (node) => node.matches("textarea, select, input:not([type=checkbox])");
const opened = () => panels.find((panel) => panel.open);

const close = (panel) => {
  panel.open = false;
  panel.querySelector("summary").focus();
};

const shown = (panel) => {
  for (const other of panels) if (other !== panel) other.open = false;
  const wanted = panel.querySelector("[data-first]") ?? panel.querySelector("[data-confirm]");
  if (!panel.contains(document.activeElement) || document.activeElement.matches("summary")) wanted.focus();
};

// One panel at a time; the keyboard goes to where the confirmation is one key away.
for (const panel of panels) {
  for (const button of panel.querySelectorAll("[data-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => close(panel));
  }
  panel.addEventListener("toggle", () => { if (panel.open) shown(panel); });
}

const confirm = (panel) => panel.querySelector("[data-confirm]").click();

const inPanel = (event, panel) => {
  if (event.key === "Escape") return close(panel), true;
  if (event.key === "Enter" && event.ctrlKey) return confirm(panel), true;
  if (typing(event.target)) return false;
  if (event.key === "Enter" && !event.target.matches("a, button, summary")) return confirm(panel), true;
  const digit = panel.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
  if (digit) return digit.click(), true;
  return false;
};

document.addEventListener("keydown", (event) => {
  if (!bar || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  const panel = opened();
  if (panel && inPanel(event, panel)) return event.preventDefault();
  if (event.ctrlKey || event.shiftKey || typing(event.target)) return;
  // by the place of the key, so that it is the same while a Vietnamese input method is on
  const named = document.querySelector(`[data-key="${CSS.escape(event.code)}"]`);
  if (!named) return;
  event.preventDefault();
  named.click();
  const chosen = named.closest("details[data-act]");
  if (chosen?.open) shown(chosen);  // at once: its own event comes after the next key
});

if (opened()) shown(opened());
if (bar) bar.dataset.ready = "";  // keys work from here on
