"""Names and roles of classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.labels import grounds_of, labels_for, read_labels


def test_the_default_table_has_the_fifteen_classes_with_their_roles() -> None:
    by_role: dict[str, set[str]] = {}
    for label in read_labels().values():
        by_role.setdefault(label.role, set()).add(label.key)
        assert label.english
        assert label.chinese
        assert label.role == "background" or label.scientific_name
    assert by_role["pest"] == {
        "caterpillar", "cabbage_white", "grasshopper", "slug", "snail", "weevil", "beetle", "earwig",
    }  # fmt: skip
    assert by_role["beneficial"] == {"bee", "earthworm"}
    assert by_role["neutral"] == {"ant", "butterfly", "moth", "wasp"}
    assert "background" in by_role["background"]


def test_a_class_of_ones_own_is_neutral_and_called_as_it_is() -> None:
    ladybird, chinese = labels_for(("seven_spot", "瓢虫"))
    assert (ladybird.english, ladybird.chinese, ladybird.role) == ("seven spot", "", "neutral")
    assert (chinese.english, chinese.chinese) == ("瓢虫", "瓢虫")


@pytest.mark.parametrize("name", ["labels.csv", "labels.yaml"])
def test_a_table_of_ones_own_comes_first(tmp_path: Path, name: str) -> None:
    table = tmp_path / name
    if name.endswith(".csv"):
        table.write_bytes("key,chinese,role\r\nbee,小蜜蜂,neutral\r\n空,空,background\r\n".encode("gbk"))
    else:
        table.write_text("- {key: bee, chinese: 小蜜蜂}\n- {key: 空, role: background}\n", encoding="utf-8")
    bee, ant = labels_for(("bee", "ant"), table)
    assert (bee.chinese, bee.role, bee.english) == ("小蜜蜂", "neutral", "bee")
    assert ant.role == "neutral"
    assert grounds_of(("bee", "空"), table) == (1,)


@pytest.mark.parametrize("text", ["key,role\nbee,friend\n", "name\nbee\n", "key,colour\nbee,red\n", ""])
def test_a_table_that_says_something_else_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=r"labels\.csv"):
        read_labels(tmp_path / "labels.csv")
