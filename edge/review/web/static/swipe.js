// A finger across the photo presses what carries data-swipe="left" or "right". Everything also works without this file.
"use strict";

const photo = document.querySelector(".large");
const meant = (aside) => document.querySelector(`[data-swipe="${aside < 0 ? "left" : "right"}"]`);
const FAR_PX = 80; // about a thumb's width: less may be a tap that slipped

if (photo && (meant(-1) || meant(1))) {
  const hint = document.querySelector("[data-swipe-hint]");
  if (hint) hint.hidden = false;
  let from = null;

  const back = () => {
    from = null;
    photo.style.transform = "";
    photo.classList.remove("left", "right");
  };
  photo.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    if (event.isPrimary) from = { x: event.clientX, y: event.clientY };
    else back(); // a second finger zooms
  });
  photo.addEventListener("pointermove", (event) => {
    if (!from || !event.isPrimary) return;
    const aside = event.clientX - from.x;
    photo.style.transform = meant(aside) ? `translateX(${aside}px)` : "";
    photo.classList.toggle("right", aside > FAR_PX && meant(1) !== null);
    photo.classList.toggle("left", aside < -FAR_PX && meant(-1) !== null);
  });
  photo.addEventListener("pointerup", (event) => {
    if (!from || !event.isPrimary) return;
    const aside = event.clientX - from.x;
    const down = event.clientY - from.y;
    back();
    if (Math.abs(aside) > FAR_PX && Math.abs(aside) > 2 * Math.abs(down) && meant(aside)) meant(aside).click();
  });
  photo.addEventListener("pointercancel", back);
}
