// Keeps the live picture fresh, and sends the browser's time where it is asked for.
"use strict";

const clockForm = document.querySelector("[data-clock]");
if (clockForm) {
  const field = clockForm.querySelector("[name=time]");
  field.closest("label").hidden = true;
  field.required = false;
  clockForm.addEventListener("submit", () => { field.type = "hidden"; field.value = String(Date.now()); });
}

const image = document.querySelector("img[data-live]");
const missing = document.querySelector("[data-live-missing]");
const boxes = document.querySelector("[data-live-boxes]");
if (image || missing) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const state = await (await fetch("/live.json")).json();
      if (missing && state.there && state.size) { location.reload(); return; }
      if (!image || !state.there || !state.size) return;
      image.src = `/live.jpg?at=${encodeURIComponent(state.at)}`;
      if (boxes) boxes.replaceChildren(...state.regions.map(([x, y, w, h]) => {
        const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        for (const [key, value] of Object.entries({ x, y, width: w, height: h })) box.setAttribute(key, value);
        return box;
      }));
    } catch { /* the network comes back, or the page is loaded again */ }
  };
  setInterval(look, 2000);
}
