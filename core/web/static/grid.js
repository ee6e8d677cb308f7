// The grid of unknown values: a column of Excel is pasted downwards, arrows and Enter move. The server judges; here only
// what plainly cannot be read is marked at once, so that it is seen before it is sent.
"use strict";

(() => {
  const table = document.querySelector("[data-grid]");
  if (!table) return;
  const report = document.querySelector("[data-grid-said]");
  const place = (input) => [input.closest("tr").sectionRowIndex, input.closest("td").cellIndex];
  const at = (row, column) => table.tBodies[0].rows[row]?.cells[column];
  const field = (cell) => cell?.querySelector("input, select");
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").trim().toLowerCase();
  const real = (text) => {
    const parts = text.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/) ?? text.match(/^(\d{4})-(\d{2})-(\d{2})$/)?.map((part, i, all) => [part, all[3], all[2], all[1]][i]);
    if (!parts) return false;
    const day = new Date(Date.UTC(parts[3], parts[2] - 1, parts[1]));
    return day.getUTCDate() === Number(parts[1]) && day.getUTCMonth() === parts[2] - 1;
  };
  const readable = {
    day: real,
    birth: (text) => /^\d{4}$/.test(text) || real(text),
    number: (text) => /^\d{12}$/.test(text.replace(/[\s.'’-]/g, "")),
    phone: (text) => /^[0-9 +\-./();,]{1,32}$/.test(text),
    integer: (text) => /^\d{1,3}([.,]\d{3})*$|^\d+$/.test(text.replace(/ /g, "")),
    money: (text) => /\d/.test(text),
  };
  const yes = ["co", "x", "1", "yes", "v"], no = ["khong", "k", "0", "no", "-"];

  // Puts a text into an input or select; false when it plainly cannot be read. It stands there all the same.
  const put = (input, text) => {
    let good = true;
    if (input.tagName === "SELECT") {
      const options = [...input.options].filter((each) => each.value);
      const meant = { yes, no };
      const found = options.find((each) => plain(each.textContent) === plain(text) || plain(each.value) === plain(text) || meant[each.value]?.includes(plain(text)));
      good = Boolean(found);
      if (!found) input.add(new Option(text, text));
      input.value = found ? found.value : text;
    } else {
      input.value = text;
      good = readable[input.dataset.kind]?.(text) ?? true;
    }
    input.toggleAttribute("aria-invalid", !good);
    if (!good) input.setAttribute("aria-invalid", "true");
    return good;
  };

  const say = (name, n) => (n ? table.dataset[name].replace("{n}", n) : "");
  table.addEventListener("paste", (event) => {
    const input = event.target.closest("input, select");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input || (input.tagName === "INPUT" && !/[\t\r\n]/.test(text))) return;
    event.preventDefault();
    const [row, column] = place(input);
    const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((line) => line.split("\t").map((each) => each.trim().normalize("NFC")));
    const count = { pasted: 0, same: 0, empty: 0, beyond: 0 }, unread = [], kept = [];
    lines.forEach((values, down) => values.forEach((value, right) => {
      const cell = at(row + down, column + right), target = field(cell);
      if (!cell) { if (right === 0 || value) count.beyond++; return; }
      const where = `${table.dataset.line} ${row + down + 1} (${cell.parentElement.querySelector("th a").textContent})`;
      if (!value) count.empty++;
      else if (!target && plain(cell.dataset.known ?? "") === plain(value)) count.same++;
      else if (!target) kept.push(`${where}: «${cell.dataset.known || "–"}» ← «${value}»`);
      else if (put(target, value)) count.pasted++;
      else unread.push(`${where}: «${value}»`);
    }));
    const sentences = ["pasted", "same", "empty", "beyond"].map((name) => say(name, count[name])).filter(Boolean);
    const box = document.createElement("div");
    box.append(Object.assign(document.createElement("p"), { textContent: sentences.join(" ") }));
    for (const [name, found] of [["unread", unread], ["kept", kept]]) {
      if (!found.length) continue;
      const list = document.createElement("ul");
      for (const each of found) list.append(Object.assign(document.createElement("li"), { textContent: each }));
      box.append(Object.assign(document.createElement("p"), { textContent: `${table.dataset[name]} (${found.length}):` }), list);
    }
    report.replaceChildren(box);
    report.hidden = false;
    report.className = `notice grid-said tone-${unread.length || kept.length || count.beyond ? "warn" : "good"}`;
  });

  // Over known cells the arrows go on to the next input in their direction.
  const go = (input, down, right) => {
    let [row, column] = place(input);
    for (;;) {
      row += down;
      column += right;
      const cell = at(row, column);
      if (!cell) return;
      const next = field(cell);
      if (!next) continue;
      next.focus();
      next.select?.();
      return;
    }
  };
  table.addEventListener("keydown", (event) => {
    const input = event.target.closest("input, select");
    if (!input || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const text = input.tagName === "INPUT";
    const first = !text || (input.selectionStart === 0 && (input.selectionEnd === 0 || input.selectionEnd === input.value.length));
    const last = !text || input.selectionEnd === input.value.length;
    const way = { ArrowDown: [1, 0], ArrowUp: [-1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: first ? [0, -1] : null, ArrowRight: last ? [0, 1] : null }[event.key];
    if (!way) return;
    event.preventDefault();
    go(input, ...way);
  });
  table.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));
})();
