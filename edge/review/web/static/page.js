// Keys and shift-select. Everything also works without this file.
"use strict";

const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea") !== null;

// One key per class: what carries data-key is pressed by it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if ((event.key === "Enter" || event.key === " ") && document.activeElement.matches("button, summary, input")) return;
  if (event.key === "Enter" && document.activeElement.matches("a")) return;
  if (moved(event) || chosenByKey(event)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(option)`);
  if (wanted) {
    event.preventDefault();
    wanted.click();
  }
});

// A photo whose file is gone says so in words.
const gone = document.querySelector("main").dataset.gone;
document.querySelectorAll("img:not([data-live])").forEach((image) => {
  const say = () => {
    const text = document.createElement("span");
    text.className = "no-photo";
    text.textContent = gone;
    image.replaceWith(text);
  };
  image.addEventListener("error", say);
  if (image.complete && image.getAttribute("src") && image.naturalWidth === 0) say();
});

const grid = document.querySelector("[data-grid]");
const boxes = grid ? [...grid.querySelectorAll("input[type=checkbox]")] : [];
const links = grid ? [...grid.querySelectorAll("a")] : [];
let last = null;

// Arrows walk over the photos, space chooses.
function moved(event) {
  const at = links.indexOf(document.activeElement);
  if (at < 0) {
    if (grid && links.length && (event.key === "ArrowDown" || event.key === "j")) {
      event.preventDefault();
      links[0].focus();
      return true;
    }
    return false;
  }
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
  if (step) {
    event.preventDefault();
    const next = links[at + step];
    if (next) next.focus();
    return true;
  }
  if (event.key === " " && boxes[at]) {
    event.preventDefault();
    pick(at, !boxes[at].checked, event.shiftKey);
    return true;
  }
  return false;
}

function pick(at, checked, through) {
  const from = through && last !== null ? last : at;
  for (let i = Math.min(from, at); i <= Math.max(from, at); i++) boxes[i].checked = checked;
  last = at;
  tell();
}

function tell() {
  const out = document.querySelector("[data-chosen]");
  if (out) out.textContent = out.dataset.text.replace("{count}", boxes.filter((box) => box.checked).length);
}

boxes.forEach((box, at) => {
  box.addEventListener("click", (event) => pick(at, box.checked, event.shiftKey));
});

// A class's key judges all that are chosen.
function chosenByKey(event) {
  if (event.key === "Escape" && boxes.some((box) => box.checked)) {
    boxes.forEach((box) => { box.checked = false; });
    tell();
    return true;
  }
  const option = document.querySelector(`[data-labels] option[data-key="${CSS.escape(event.key)}"]`);
  if (!option || !boxes.some((box) => box.checked)) return false;
  event.preventDefault();
  option.selected = true;
  option.closest("form").requestSubmit();
  return true;
}

const none = document.querySelector("[data-none]");
if (none) {
  none.hidden = false;
  none.addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = false; });
    tell();
  });
}
tell();
