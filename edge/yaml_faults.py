"""Why a file is no YAML, in words that a teacher reads."""

from __future__ import annotations

import re

import yaml

from edge.language import _

_KEY = re.compile(r"[^\s#'\"{\[][^#'\"{\[]*?:(\s|$)")


def syntax_fault(error: yaml.YAMLError, text: str) -> str:
    """`line: expected YAML; found …`, with the likeliest cause; the library's own words stand behind as a detail."""
    lines = text.splitlines() or [""]
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    line, column, cause = _cause(error, lines)
    told = _("{line}: expected YAML; found {cause}; at column {column} (the reader's own words: {words})")
    return told.format(line=line + 1, column=column + 1, cause=cause, words=words)


def _cause(error: yaml.YAMLError, lines: list[str]) -> tuple[int, int, str]:
    """Line and column of what is to be mended, both from 0, and what it is."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        position = getattr(error, "position", 0)  # of a sign that no YAML may have
        before = "\n".join(lines)[:position]
        sign = _("a sign that cannot be seen; type that line anew")
        return before.count("\n"), position - before.rfind("\n") - 1, sign
    problem, context = error.problem or "", error.context or ""
    line, column = error.problem_mark.line, error.problem_mark.column
    begun = error.context_mark or error.problem_mark
    here = lines[line] if line < len(lines) else ""
    if "\\t" in problem or "\t" in here[:column]:
        return line, column, _("a tab; indent with spaces")
    if "quoted scalar" in context:
        if "escape" in problem:
            return line, column - 1, _("a backslash in double quotes; put the value in single quotes")
        return begun.line, begun.column, _("a quote (' or \") that is not closed")
    if "flow" in context:
        return begun.line, begun.column, _("a [ or { that is not closed, or a comma too few or too many")
    if ("mapping values" in problem or "document start" in problem) and here:
        return _no_key_here(line, column, lines)
    if "expected ':'" in problem:
        return begun.line, begun.column, _("a key without its colon; write `key: value`, with a blank after the colon")
    if found := re.search(r"character '(.)' that cannot start", problem):
        return line, column, _("a value that begins with {sign}; put it in quotes").format(sign=found[1])
    if found := re.search(r"but found '([\]}])'", problem):
        return line, column, _("a {sign} too many").format(sign=found[1])
    if "'<scalar>'" in problem and here[:column].rstrip().endswith(("'", '"')):
        return line, column, _("more text after a closing quote; put all of the value in one pair of quotes")
    if "block" in problem or "'?'" in problem:
        return line, column, _("a line that is indented wrongly; the keys of one group begin in the same column")
    return line, column, _("something that is not allowed here; put the value in quotes")


def _no_key_here(line: int, column: int, lines: list[str]) -> tuple[int, int, str]:
    """A key where none may be: the line has one already, or what stands above it is no key."""
    if _KEY.search(lines[line][:column]):
        return line, column, _("a second colon in one line; put the value in quotes")
    above = next((n for n in range(line - 1, -1, -1) if lines[n].split("#")[0].strip()), line)
    start = len(lines[above]) - len(lines[above].lstrip())
    if "：" in lines[above]:
        return above, lines[above].index("："), _("a Chinese colon (：); type : and a blank")
    if not _KEY.search(lines[above]):
        return above, start, _("a key without its colon; write `key: value`, with a blank after the colon")
    indent = len(lines[line]) - len(lines[line].lstrip())
    return line, indent, _("a line that is indented wrongly; the keys of one group begin in the same column")
