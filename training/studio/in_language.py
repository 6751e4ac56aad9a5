"""Gives gradio's own words, such as those of the upload fields, the page's language."""

from __future__ import annotations

import json
import re

from training.language import _

HEAD = re.compile(rb"<head\b[^>]*>")
HTML_LANG = re.compile(rb'(<html\b[^>]*?\blang=)"[^"]*"')
SCRIPT = """\
<script>Object.defineProperty(navigator, "language", {value: LANGUAGE})
{ const words = WORDS
new MutationObserver(() => document.querySelectorAll('[data-testid=toast-text]').forEach(shown => {
  const instead = words[shown.textContent.trim()]
  if (instead) shown.textContent = instead
})).observe(document, {childList: true, subtree: true}) }</script>"""


def in_language(html: bytes, language: str) -> bytes:
    """The page, whose scripts find `language` ("en", "zh-CN") where they ask for the browser's.

    gradio 6 has no other way: it takes navigator.language before any of its events, and has no Chinese for a mere "zh".
    """
    told = json.dumps(language)
    script = SCRIPT.replace("LANGUAGE", told).replace("WORDS", json.dumps(_words()))
    html = HTML_LANG.sub(rb"\1" + told.encode(), html, count=1)
    return HEAD.sub(lambda found: found[0] + script.encode(), html, count=1)


def _words() -> dict[str, str]:
    """For what gradio says in English whatever the language."""
    return {
        "Connection to the server was lost. Attempting reconnection...": _(
            "The studio does not answer. Was its window closed? A training goes on; start the studio again to see it."
        )
    }
