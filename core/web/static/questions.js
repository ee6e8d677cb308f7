// A question that is asked only after another's answer, and how many answers are still needed. The server judges both.
// What is chosen or typed for a question of this form; nothing when the question itself is not asked.
const answer = (form, name) => {
  const quoted = CSS.escape(name);
  const input = form.querySelector(
    `[name="${quoted}"]:checked, select[name="${quoted}"], textarea[name="${quoted}"], input[name="${quoted}"]:not([type=radio], [type=checkbox])`);
  return input && !input.closest("[data-shown-when][hidden]") ? input.value.trim() : "";
};

const follow = (form) => {
  for (const part of form.querySelectorAll("[data-shown-when]")) { // in order, so that a chain is followed to its end
    part.hidden = !part.dataset.shownValues.split("|").includes(answer(form, part.dataset.shownWhen));
    delete part.dataset.notAsked;
  }
  const word = form.querySelector("[data-remaining]");
  if (!word) return;
  const lacking = [...form.querySelectorAll("[data-needed]")].filter(
    (part) => !part.hidden && !answer(form, part.dataset.needed));
  word.textContent = lacking.length ? word.dataset.some.replace("{n}", lacking.length) : word.dataset.none;
  word.classList.toggle("is-complete", !lacking.length);
  if (lacking.length) word.href = `#${lacking[0].dataset.needed}`;
  else word.removeAttribute("href");
};

const forms = () => {
  for (const form of document.forms) if (form.querySelector("[data-shown-when], [data-remaining]")) follow(form);
};

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => { if (event.target.form) follow(event.target.form); });
}
document.addEventListener("htmx:afterSwap", forms);
window.addEventListener("pageshow", forms); // also after Back, when a browser puts answers back
forms();

// From the word about what is lacking straight into the field, a choice as well as a line.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-remaining][href]");
  if (!link) return;
  event.preventDefault();
  const place = document.getElementById(link.hash.slice(1));
  const input = place?.matches("input, select, textarea") ? place : place?.querySelector("input");
  place?.scrollIntoView({ block: "center" });
  input?.focus({ preventScroll: true });
});
