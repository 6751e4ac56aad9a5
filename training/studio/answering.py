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
const asks = async () => {
  try {
    const answer = await fetch("gradio_api/app_id", {cache: "no-store", signal: AbortSignal.timeout(60000)})
    return answer.ok ? await answer.text() : null
  } catch { return null }
}
const answers = async () => await asks() ?? (await pause(), await asks())
const shown = document.createElement("div")
shown.id = "studio-closed"
shown.role = "alert"
shown.textContent = told
new MutationObserver(() => document.querySelectorAll("[data-testid=toast-text]").forEach(toast => {
  if (toast.textContent.trim() === lost) (toast.closest(".toast-item") || toast).style.display = "none"
})).observe(document, {childList: true, subtree: true})
addEventListener("load", async () => {
  let mine = await answers()
  for (;; await pause()) {
    const now = await answers()
    mine ??= now
    if (now === null) document.body.append(shown)
    else if (now === mine) shown.remove()
    else { location.reload(); return }
  }
}) }</script>"""


def told_when_closed(html: bytes) -> bytes:
    """The page, which asks its studio every two seconds; a busy one may take a minute to answer, twice."""
    script = SCRIPT.replace("LOST", json.dumps(LOST), 1).replace("TOLD", json.dumps(_told()), 1)
    return HEAD.sub(lambda found: found[0] + script.encode(), html, count=1)


def _told() -> str:
    return _("The studio does not answer. Was its window closed? A training goes on; start the studio again to see it.")
