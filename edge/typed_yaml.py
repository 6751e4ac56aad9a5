"""A YAML file as typed values: every fault at once, each with its line, what was expected, what was found."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from edge.errors import ConfigError, ConfigFaults
from edge.language import N_, _
from edge.yaml_faults import syntax_fault

Model = TypeVar("Model", bound=BaseModel)

_EXPECTED = {  # pydantic's kinds of error, in words that a teacher reads
    "address_name": N_("a name such as teachers (small letters, digits, _), whose address is in the secrets file"),
    "bool_parsing": N_("true or false"),
    "bool_type": N_("true or false"),
    "dict_type": N_("keys with values, indented below it"),
    "float_parsing": N_("a number"),
    "finite_number": N_("a number"),
    "float_type": N_("a number"),
    "int_from_float": N_("a whole number"),
    "int_parsing": N_("a whole number"),
    "int_type": N_("a whole number"),
    "model_type": N_("keys with values, indented below it"),
    "path_type": N_("a path"),
    "string_type": N_("text (put it in quotes)"),
    "too_short": N_("at least three corners"),
    "tuple_type": N_("a corner such as [0.1, 0.5]"),
    "missing": N_("this key"),
    "list_type": N_("a list"),
    "duty": N_("watch_minutes below every_minutes"),
    "class_name": N_("a letter, then letters of any language, digits, blanks, hyphens"),
    "database": N_("libpq's words such as `host=… dbname=…`, without the password (PGPASSWORD or ~/.pgpass)"),
    "device_name": N_("letters, digits, - and _, and not hub"),
    "host": N_("a host's name or number, such as 192.168.1.5"),
    "full_frame": N_("privacy: {full_frames: true}, which allows whole pictures"),
    "hours": N_("hours such as 21:00-06:30"),
    "known_address": N_("names that notify.to has"),
    "lamp_pin": N_("pins beside led.pin, which is the lamp's own (use `do: {led: …}`)"),
    "nothing_to_do": N_("led, pins, notify or photo below it"),
    "rule_name": N_("a name of its own for each rule"),
    "topic": N_("a topic such as school/garden, without + and #"),
    "span": N_("hours of the clock or the sun, such as 06:00 to 20:00, or sunrise-30 to dusk+15"),
    "string_too_short": N_("a text of at least one character"),
    "time_of_day": N_('a time such as "18:00" (in quotes)'),
    "time_zone": N_("an IANA time zone such as Asia/Shanghai"),
}


def read_typed(path: Path, root: type[Model]) -> Model:
    """What the file says, as `root` describes it. Raises ConfigFaults, and never changes the file."""
    node = _parse(path)
    try:
        plain = _plain(node, root)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # YAML's own odd words, such as = or 0x_
        mark = getattr(error, "problem_mark", None)
        line, found = mark.line + 1 if mark else 1, getattr(error, "problem", None) or error
        raise ConfigFaults(path, [_fault(line, "", _("plain words and numbers"), str(found))]) from error
    try:
        return root.model_validate(plain)
    except ValidationError as error:
        faults = [_line(node, details, root) for details in error.errors()]
        raise ConfigFaults(path, [text for _, text in sorted(faults)]) from error


class _Loader(yaml.SafeLoader):
    """YAML without dates: `name: 2026-02-30` is a text like any other."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

_SPECIALITIES = {
    yaml.AnchorToken: N_("an anchor (&)"),
    yaml.AliasToken: N_("an alias (*)"),
    yaml.TagToken: N_("a tag (!)"),
}


def _parse(path: Path) -> yaml.MappingNode:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("bytes that are not UTF-8")
        expected = _("a configuration file at {path}").format(path=path)
        raise ConfigError(expected, str(reason), _("check the path and its permissions")) from error
    try:
        special = [token for token in yaml.scan(text, Loader=_Loader) if type(token) in _SPECIALITIES]
        node = yaml.compose(text, Loader=_Loader) if not special else None
    except yaml.YAMLError as error:
        raise ConfigFaults(path, [syntax_fault(error, text)]) from error
    except RecursionError as error:
        raise ConfigFaults(path, [_fault(1, "", "YAML", str(error))]) from error
    if special:
        faults = [(token.start_mark.line + 1, _(_SPECIALITIES[type(token)])) for token in special]
        raise ConfigFaults(path, [_fault(line, "", _("plain values"), found) for line, found in faults])
    if node is None:
        raise ConfigFaults(path, [_fault(1, "", _("settings such as `camera:`"), _("an empty file"))])
    if not isinstance(node, yaml.MappingNode):
        raise ConfigFaults(path, [_fault(1, "", _("`key: value` lines"), _kind(node))])
    faulty = _faulty_keys(node, "")
    if faulty:
        raise ConfigFaults(path, faulty)
    return node


def _faulty_keys(node: yaml.Node, prefix: str) -> list[str]:
    """A key given twice (YAML would silently keep the last), or one that is no word."""
    if isinstance(node, yaml.SequenceNode):
        return [fault for entry in node.value for fault in _faulty_keys(entry, prefix)]
    if not isinstance(node, yaml.MappingNode):
        return []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            faults.append(_fault(line, "", _("a word before the colon"), _kind(key)))
            continue
        dotted = f"{prefix}{key.value}"
        if key.value in seen:
            also = _("it also on line {line}").format(line=seen[key.value])
            faults.append(_fault(line, dotted, _("each key once"), also))
        seen[key.value] = line
        faults += _faulty_keys(value, f"{dotted}.")
    return faults


def _plain(node: yaml.Node, root: type[BaseModel]) -> Any:
    """The node as dictionaries, lists and scalars; an empty section counts as absent keys."""
    plain = _Loader("").construct_object(node, deep=True)
    return {key: {} if value is None and _is_section(root, key) else value for key, value in plain.items()}


def _is_section(root: type[BaseModel], key: Any) -> bool:
    field = root.model_fields.get(key) if isinstance(key, str) else None
    return field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)


def _line(node: yaml.Node, details: ErrorDetails, root: type[BaseModel]) -> tuple[int, str]:
    """The line number, and the fault as `line: dotted.path: expected …; found …`."""
    loc = [part for part in details["loc"] if isinstance(part, str | int)]
    line, dotted = node.start_mark.line + 1, []
    for part in loc:
        step = _step(node, part)
        if step is None:
            break  # the rest names a branch of a union inside pydantic, not a key of the file
        line, node = step
        dotted.append(str(part))
    return line, _fault(line, ".".join(dotted), _expected(details, loc, root), _found(details))


def _fault(line: int, key: str, expected: str, found: str) -> str:
    told = _("expected {expected}; found {found}").format(expected=expected, found=found)
    return f"{line}: {key}: {told}" if key else f"{line}: {told}"


def _step(node: yaml.Node, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    return None


def _expected(details: ErrorDetails, loc: list[str | int], root: type[BaseModel]) -> str:
    if details["type"] == "extra_forbidden":
        known = _known_keys(loc[:-1], root)
        near = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
        if near:
            return _("a known key (did you mean `{near}`?)").format(near=near[0])
        return _("a known key ({known})").format(known=", ".join(known))
    ctx = details.get("ctx", {})
    if details["type"] == "literal_error":
        return _("one of {choices}").format(choices=ctx["expected"].replace(" or ", _(" or ")))
    bounds = [_(text).format(bound=ctx[key]) for key, text in _BOUNDS.items() if key in ctx]
    if bounds:
        return _(" and ").join(bounds)
    if "pattern" in ctx:
        return _("text such as D13 (pattern {pattern})").format(pattern=ctx["pattern"])
    known_kind = _EXPECTED.get(details["type"])
    return _(known_kind) if known_kind else details["msg"].lower()


_BOUNDS = {
    "gt": N_("a number above {bound}"),
    "ge": N_("a number of at least {bound}"),
    "lt": N_("a number below {bound}"),
    "le": N_("a number of at most {bound}"),
}


def _known_keys(loc: list[str | int], root: type[BaseModel]) -> list[str]:
    """The keys that the section at this place has."""
    model = root
    for part in loc:
        if isinstance(part, int):
            continue  # an entry of a list of sections
        annotation = model.model_fields[part].annotation
        candidates = [
            a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)
        ]
        model = candidates[0]
    return list(model.model_fields)


def _found(details: ErrorDetails) -> str:
    if details["type"] == "extra_forbidden":
        return f"`{details['loc'][-1]}`"
    value = details["input"]
    if "found" in details.get("ctx", {}):
        return str(details["ctx"]["found"])
    return _("nothing") if value is None else f"{value!r}"[:80]


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return _("only {text}").format(text=repr(node.value[:40]))
    return _("a list") if isinstance(node, yaml.SequenceNode) else _("a group of keys")
