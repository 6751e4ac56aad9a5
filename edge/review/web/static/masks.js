// Drawing masks with a finger or a mouse. Without this file they are edited as text.
"use strict";

const form = document.querySelector("[data-masks]");
if (form) {
  const text = form.querySelector("textarea");
  const svg = form.querySelector("[data-drawing]");
  const list = form.querySelector("[data-list]");
  const say = form.querySelector("[data-say]");
  const tools = form.querySelector("[data-tools]");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let masks = [];
  let kind = null;
  let corners = [];
  try { masks = JSON.parse(text.value); } catch { masks = []; }
  tools.hidden = false;
  form.querySelector("[data-as-text]").classList.add("folded");

  const make = (name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    return element;
  };
  const points = (polygon) => polygon.map(([x, y]) => `${x * width},${y * height}`).join(" ");

  function draw() {
    svg.replaceChildren(...masks.map((mask) => make("polygon", { points: points(mask.polygon), class: mask.kind })));
    if (corners.length) svg.append(make("polyline", { points: points(corners), class: `${kind} open` }));
    for (const [x, y] of corners) svg.append(make("circle", { cx: x * width, cy: y * height, r: 9, class: kind }));
    list.replaceChildren(...masks.map(line));
    text.value = JSON.stringify(masks);
    tools.querySelectorAll("[data-kind]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.kind === kind));
    tools.querySelector("[data-close]").hidden = corners.length < 3;
    tools.querySelector("[data-cancel]").hidden = kind === null;
    say.textContent = kind && corners.length < 3 ? say.dataset.tap : "";
  }

  function line(mask, at) {
    const item = document.createElement("li");
    const name = document.createElement("input");
    name.value = mask.name || "";
    name.placeholder = list.dataset.name;
    name.setAttribute("aria-label", list.dataset.name);
    name.maxLength = 40;
    name.addEventListener("input", () => { mask.name = name.value; text.value = JSON.stringify(masks); });
    const what = document.createElement("span");
    what.textContent = list.dataset[mask.kind];
    what.className = mask.kind;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = list.dataset.remove;
    remove.addEventListener("click", () => { masks.splice(at, 1); draw(); });
    item.append(what, name, remove);
    return item;
  }

  function close() {
    if (corners.length >= 3) masks.push({ name: "", kind, polygon: corners });
    kind = null;
    corners = [];
    draw();
  }

  svg.addEventListener("click", (event) => {
    if (!kind) return;
    const box = svg.getBoundingClientRect();
    const part = (value) => Math.min(1, Math.max(0, Math.round(value * 10000) / 10000));
    const corner = [part((event.clientX - box.left) / box.width), part((event.clientY - box.top) / box.height)];
    const near = corners.length >= 3 && Math.hypot(corner[0] - corners[0][0], corner[1] - corners[0][1]) < 0.03;
    if (near) { close(); return; }
    corners.push(corner);
    draw();
  });
  tools.querySelectorAll("[data-kind]").forEach((button) => button.addEventListener("click", () => {
    kind = button.dataset.kind;
    corners = [];
    draw();
  }));
  tools.querySelector("[data-close]").addEventListener("click", close);
  tools.querySelector("[data-cancel]").addEventListener("click", () => { kind = null; corners = []; draw(); });
  draw();
}
