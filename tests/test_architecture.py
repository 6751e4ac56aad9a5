"""The rules of direction name every part; import-linter (make lint) checks the imports themselves."""

from __future__ import annotations

import tomllib

import pytest

from tests.conftest import PROJECT

RULES = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


@pytest.mark.parametrize("source", ["training", "edge.model"])
def test_what_may_import_the_model_alone_is_forbidden_all_other_parts(source: str) -> None:
    (rule,) = [rule for rule in RULES if rule.get("source_modules") == [source]]
    parts = {
        f"edge.{path.stem}"
        for path in (PROJECT / "edge").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and not path.name.startswith("_")
    }
    assert set(rule["forbidden_modules"]) == parts - {"edge.model"}
