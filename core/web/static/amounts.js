// Numbers get their points (commas in English) while they are typed, and under an amount stands what it is in words.
const english = document.documentElement.lang === "en";
const MARK = english ? "," : ".";
const MOST = 10 ** 15 - 1; // as core.text has it

// ---- words, as core.text says them -----------------------------------------------------------------------------------

const DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

const group = (number, hundreds) => {
  const tens = Math.floor(number % 100 / 10), ones = number % 10;
  const words = hundreds ? [`${DIGITS[Math.floor(number / 100)]} trăm`] : [];
  if (tens > 1) words.push(`${DIGITS[tens]} mươi`);
  else if (tens) words.push("mười");
  else if (ones && hundreds) words.push("linh");
  const changed = tens > 1 ? { 1: "mốt", 4: "tư", 5: "lăm" } : tens ? { 5: "lăm" } : {};
  if (ones) words.push(changed[ones] ?? DIGITS[ones]);
  return words.join(" ");
};

const vietnamese = (number) => {
  if (!number) return DIGITS[0];
  const billions = Math.floor(number / 1e9), parts = billions ? [`${vietnamese(billions)} tỷ`] : [];
  for (const [size, name] of [[1e6, " triệu"], [1e3, " nghìn"], [1, ""]]) {
    const part = Math.floor(number % 1e9 / size) % 1000;
    if (part) parts.push(group(part, parts.length > 0 || part > 99) + name);
  }
  return parts.join(" ");
};

const NAMES = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
  + "seventeen eighteen nineteen").split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const inEnglish = (number) => {
  const parts = [];
  for (const [size, name] of [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"], [1e3, " thousand"], [1, ""]]) {
    const part = Math.floor(number / size) % 1000, rest = part % 100;
    if (part > 99) parts.push(`${NAMES[Math.floor(part / 100)]} hundred${rest ? "" : name}`);
    if (rest >= 20) parts.push(TENS[Math.floor(rest / 10) - 2] + (rest % 10 ? `-${NAMES[rest % 10]}` : "") + name);
    else if (rest) parts.push(NAMES[rest] + name);
  }
  return parts.join(" ") || NAMES[0];
};

// The đồng somebody has typed, also as «40 triệu»; null while it is no amount.
const UNITS = { "": 1, nghìn: 1e3, ngàn: 1e3, triệu: 1e6, tr: 1e6, tỷ: 1e9, tỉ: 1e9 };
const read = (text) => {
  const parts = /^([\d., ]*\d) ?(nghìn|ngàn|triệu|tr|tỷ|tỉ|) ?(?:đồng|đ|vnđ|vnd)?$/u.exec(text.trim().toLowerCase());
  if (!parts) return null;
  const [, number, unit] = parts;
  if (!unit) return Number(number.replace(/\D/g, ""));
  const fraction = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(number);
  const amount = fraction ? Math.round(Number(`${fraction[1]}.${fraction[2] ?? 0}`) * UNITS[unit]) : null;
  return amount;
};

const say = (input) => {
  const line = document.getElementById(input.dataset.words);
  if (!line) return;
  const amount = read(input.value);
  if (amount === null || amount > MOST) line.textContent = "";
  else line.textContent = english ? `${inEnglish(amount)} dong` : `${vietnamese(amount)} đồng`;
};

// ---- points ----------------------------------------------------------------------------------------------------------

// The cursor stays behind the same digit. What is no plain number («40 triệu») is left as it is typed.
const part = (input) => {
  if (input.value.replace(/[\d.,\s]/g, "")) return;
  const at = input.selectionStart ?? input.value.length;
  let before = input.value.slice(0, at).replace(/\D/g, "").length;
  const digits = input.value.replace(/\D/g, "");
  const whole = digits.replace(/^0+(?=\d)/, "");
  before = Math.max(0, before - (digits.length - whole.length));
  const parted = Number(whole) >= Number(input.dataset.grouped) ? whole.replace(/\B(?=(\d{3})+$)/g, MARK) : whole;
  if (parted === input.value) return;
  input.value = parted;
  let place = 0;
  for (let seen = 0; seen < before && place < parted.length; place++) if (/\d/.test(parted[place])) seen++;
  if (document.activeElement === input) input.setSelectionRange(place, place);
};

document.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.dataset?.grouped || event.isComposing) return;
  part(input);
  if (input.dataset.words) say(input);
});
