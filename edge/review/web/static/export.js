// Shows how far a download is. Without this file the browser's own list of downloads tells it.
"use strict";

const form = document.querySelector("[data-export]");
const box = form && form.querySelector("[data-progress]");
if (box) {
  const text = box.querySelector("[data-text]");
  const bar = box.querySelector("progress");
  let timer = null;

  const tell = (job) => {
    const words = job.state === "running" && job.total === null ? box.dataset.counting : box.dataset[job.state];
    if (!words) return;
    text.textContent = words.replace("{done}", job.done).replace("{total}", job.total);
    bar.max = Math.max(job.total || 1, 1);
    bar.value = job.state === "whole" ? bar.max : job.done;
    if (job.state !== "running") { clearInterval(timer); timer = null; }
  };
  const look = async () => {
    try { tell(await (await fetch("/export.json", { cache: "no-store" })).json()); } catch { /* asked again */ }
  };
  const watch = () => {
    box.hidden = false;
    if (timer === null) timer = setInterval(look, 500);
  };
  form.addEventListener("submit", () => { text.textContent = box.dataset.counting; bar.value = 0; watch(); });
  if (!box.hidden) watch();
}
