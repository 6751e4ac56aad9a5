"""Gives gradio's own words, such as those of the upload fields, the page's language."""

from __future__ import annotations

import json
import re

HEAD = re.compile(rb"<head\b[^>]*>")
HTML_LANG = re.compile(rb'(<html\b[^>]*?\blang=)"[^"]*"')
SCRIPT = '<script>Object.defineProperty(navigator, "language", {value: LANGUAGE})</script>'


def in_language(html: bytes, language: str) -> bytes:
    """The page, whose scripts find `language` ("en", "zh-CN") where they ask for the browser's.

    gradio 6 has no other way: it takes navigator.language before any of its events, and has no Chinese for a mere "zh".
    """
    told = json.dumps(language)
    script = SCRIPT.replace("LANGUAGE", told)
    html = HTML_LANG.sub(rb"\1" + told.encode(), html, count=1)
    return HEAD.sub(lambda found: found[0] + script.encode(), html, count=1)
