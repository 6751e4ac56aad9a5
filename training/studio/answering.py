"""Tells on the page that its studio has ended, and opens the page anew once there is one again."""

from __future__ import annotations

import json
import re

from training.language import _

HEAD = re.compile(rb"<head\b[^>]*>")
LOST = "Connection to the server was lost. Attempting reconnection..."
"""gradio's own words for it, which come too late or not at all where a request was under way."""
SCRIPT = """\
<script>{ const lost = LOST, told = TOLD
const pause = () => new Promise(done => setTimeout(done, 2000))
const answers = async () => {
  try { await fetch("gradio_api/app_id", {cache: "no-store", signal: AbortSignal.timeout(60000)}); return true }
  catch { return false }
}
const tell = () => {
  const shown = document.createElement("div")
  shown.id = "studio-closed"
  shown.role = "alert"
  shown.textContent = told
  document.body.append(shown)
}
new MutationObserver(() => document.querySelectorAll("[data-testid=toast-text]").forEach(shown => {
  if (shown.textContent.trim() === lost) (shown.closest(".toast-item") || shown).style.display = "none"
})).observe(document, {childList: true, subtree: true})
addEventListener("load", async () => {
  while (await answers() || await pause() || await answers()) await pause()
  tell()
  while (!await answers()) await pause()
  location.reload()
}) }</script>"""


def told_when_closed(html: bytes) -> bytes:
    """The page, which asks its studio every two seconds; a busy one may take a minute to answer."""
    script = SCRIPT.replace("LOST", json.dumps(LOST), 1).replace("TOLD", json.dumps(_told()), 1)
    return HEAD.sub(lambda found: found[0] + script.encode(), html, count=1)


def _told() -> str:
    return _("The studio does not answer. Was its window closed? A training goes on; start the studio again to see it.")
