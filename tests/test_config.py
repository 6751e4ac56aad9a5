"""What the configuration file may say, and what is said of its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge import config, language
from edge.errors import ConfigError, ConfigFaults
from edge.settings import Config


def read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "gardenwatch.yaml"
    path.write_text(text, encoding="utf-8")
    return config.read(path)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigFaults) as caught:
        read(tmp_path, text)
    assert caught.value.exit_code == 78
    return [fault.rsplit("gardenwatch.yaml:", 1)[1] for fault in caught.value.faults]


def test_fills_what_is_not_written_with_defaults(tmp_path: Path) -> None:
    read_config = read(tmp_path, "camera:\n  source: 1\nboard:\n")
    assert read_config.camera.source == 1
    assert read_config.board == Config().board


def test_counts_relative_paths_from_the_file(tmp_path: Path) -> None:
    read_config = read(tmp_path, "data: visits\nmodel: {path: m.onnx}\n")
    assert (read_config.data, read_config.model.path) == (tmp_path / "visits", tmp_path / "m.onnx")


def test_names_every_fault_at_once_with_its_line(tmp_path: Path) -> None:
    text = "camera:\n  widht: 640\n  fps: fast\nwatch:\n  mode: movie\nled:\n  pin: 13\nstore: {jpeg_quality: 500}\n"
    found = faults(tmp_path, text)
    assert [line.split(": expected")[0] for line in found] == [
        "2: camera.widht",
        "3: camera.fps",
        "5: watch.mode",
        "7: led.pin",
        "8: store.jpeg_quality",
    ]
    assert "did you mean `width`?" in found[0]
    assert "a number; found 'fast'" in found[1]
    assert "'regions' or 'frame'; found 'movie'" in found[2]
    assert "text (put it in quotes); found 13" in found[3]
    assert "at most 100; found 500" in found[4]


def test_every_fault_is_told_in_the_readers_language(tmp_path: Path) -> None:
    text = "camera:\n  widht: 640\nwatch:\n  mode: movie\nled:\n  pin: 13\nstore: {jpeg_quality: 500}\n"
    language.use("zh-CN")
    try:
        found = faults(tmp_path, text)
        (empty,) = faults(tmp_path, "# nothing\n")
    finally:
        language.use("en")
    assert found == [
        "2: camera.widht: 应为 已知的键（是不是 `width`？）；实际是 `widht`",
        "4: watch.mode: 应为 'regions' 或 'frame' 之一；实际是 'movie'",
        "6: led.pin: 应为 文字（请加引号）；实际是 13",
        "7: store.jpeg_quality: 应为 不大于 100 的数；实际是 500",
    ]
    assert empty == "1: 应为 像 `camera:` 这样的设置；实际是 空文件"


def test_a_time_zone_is_looked_up_when_it_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "site: {timezone: Asia/Shanghai}\n").site.timezone == "Asia/Shanghai"
    for wrong in ("Asia/Peking", "Asia", "../etc/passwd", "UTC+8", ""):
        (fault,) = faults(tmp_path, f"site:\n  timezone: {wrong!r}\n")
        assert fault == f"2: site.timezone: expected an IANA time zone such as Asia/Shanghai; found {wrong!r}"


def nested(key: str, value: str) -> str:
    """The YAML line that gives the dotted key that value."""
    first, *rest = key.split(".")
    return f"{first}: " + "".join(f"{{{part}: " for part in rest) + value + "}" * len(rest)


@pytest.mark.parametrize("wrong", [".inf", "-.inf", ".nan", "true"])
@pytest.mark.parametrize("key", ["camera.fps", "site.latitude", "watch.gate.contrast", "store.photo_margin"])
def test_a_number_is_a_real_one(tmp_path: Path, key: str, wrong: str) -> None:
    (fault,) = faults(tmp_path, nested(key, wrong))
    assert fault.startswith(f"1: {key}: expected a number")


@pytest.mark.parametrize("wrong", ["true", "2.0", "'640'", ".inf"])
@pytest.mark.parametrize(
    "key", ["camera.width", "model.threads", "watch.gate.width_px", "watch.decision.min_looks", "store.queue"]
)
def test_a_whole_number_is_nothing_else(tmp_path: Path, key: str, wrong: str) -> None:
    (fault,) = faults(tmp_path, nested(key, wrong))
    assert fault.startswith(f"1: {key}: expected a whole number; found ")


def test_yes_is_no_camera(tmp_path: Path) -> None:
    assert all(line.startswith("1: camera.source: expected") for line in faults(tmp_path, "camera: {source: yes}"))


def test_a_value_of_two_allowed_kinds_is_named_by_its_key(tmp_path: Path) -> None:
    assert all(line.startswith("2: camera.source: expected") for line in faults(tmp_path, "camera:\n  source: [1]\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: expected settings such as `camera:`; found an empty file"),
        ("# only a comment\n", "1: expected settings such as `camera:`; found an empty file"),
        ("hello", "1: expected `key: value` lines; found only 'hello'"),
        ("- a\n- b\n", "1: expected `key: value` lines; found a list"),
        ("camera:\n\tsource: 0\n", "2: expected YAML; found a tab; indent with spaces"),
        ("camera: {source: 0\nled: [", "1: expected YAML; found a [ or { that is not closed"),
        ("data: a\ndata: b\n", "2: data: expected each key once; found it also on line 1"),
        ("data: !foo bar\n", "1: expected plain values; found a tag (!)"),
        ("site: &a {name: *a}\n", "1: expected plain values; found an anchor (&)"),
        ("<<: 5\n", "1: expected a word before the colon; found only '<<'"),
        ("? [a, b]\n: 5\n", "1: expected a word before the colon; found a list"),
        ("data: " + "[" * 2000 + "]" * 2000, "1: "),
        ("camera: 5\n", "1: camera: expected keys with values, indented below it; found 5"),
    ],
)
def test_says_what_is_wrong_with_a_file_that_holds_no_settings(tmp_path: Path, text: str, expected: str) -> None:
    assert faults(tmp_path, text)[0].startswith(expected)


def test_a_date_is_a_text_like_any_other(tmp_path: Path) -> None:
    assert read(tmp_path, "site: {name: 2026-02-31}").site.name == "2026-02-31"


def test_finds_a_film_beside_the_file_but_leaves_devices_and_addresses_alone(tmp_path: Path) -> None:
    (tmp_path / "clip.avi").touch()
    assert read(tmp_path, "camera: {source: clip.avi}").camera.source == str(tmp_path / "clip.avi")
    for source in ("demo", "/dev/video0", "rtsp://10.0.0.2/1", "0"):
        assert read(tmp_path, f"camera: {{source: '{source}'}}").camera.source == source


def test_what_is_shown_hides_the_password_of_the_camera(tmp_path: Path) -> None:
    shown = config.show(read(tmp_path, "camera: {source: 'rtsp://ann:geheim@10.0.0.2/1'}"))
    assert "10.0.0.2" in shown
    assert "geheim" not in shown


def test_names_the_path_of_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml; found No such file") as caught:
        config.read(tmp_path / "nowhere.yaml")
    assert caught.value.exit_code == 78


def test_refuses_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "gardenwatch.yaml"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ConfigError, match="not UTF-8"):
        config.read(path)


def test_what_is_shown_reads_back_the_same(tmp_path: Path) -> None:
    before = read(tmp_path, "site: {name: 学校花园}\ndata: /var/lib/x\n")
    assert read(tmp_path, config.show(before)) == before


def test_the_digest_changes_with_any_setting() -> None:
    assert config.digest(Config()) == config.digest(Config())
    assert config.digest(Config()) != config.digest(Config(language="en"))


RULE = "rules:\n  - name: scare\n    when: {labels: [pigeon], hours: 06:00-20:00}\n    do: {pins: [{pin: D8}]}\n"


def test_a_rule_is_read(tmp_path: Path) -> None:
    (rule,) = read(tmp_path, RULE).rules
    assert (rule.when.labels, rule.do.pins[0].pin, rule.do.pins[0].level) == (["pigeon"], "D8", "pulse")
    shown = config.show(read(tmp_path, RULE))
    assert read(tmp_path, shown).rules == [rule]


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("labels", "label", "3: rules.0.when.label: expected a known key (did you mean `labels`?); found `label`"),
        ("06:00-20:00", "6-20", "3: rules.0.when.hours: expected hours such as 21:00-06:30; found '6-20'"),
        ("06:00-20:00", "20:00-20:00", "3: rules.0.when.hours: expected hours such as"),
        ("pin: D8", "pin: 8", "4: rules.0.do.pins.0.pin: expected text (put it in quotes); found 8"),
        (
            "pins: [{pin: D8}]",
            "full_frame: true",
            "1: rules: expected privacy: {full_frames: true}, which allows whole",
        ),
        ("pin: D8", "pin: D13", "1: rules: expected pins beside led.pin, which is the lamp's own"),
        ("{pins: [{pin: D8}]}", "{}", "4: rules.0.do: expected led, pins, notify or photo below it; found {}"),
        ("pin: D8", "pin: D8, level: on", "4: rules.0.do.pins.0.level: expected one of 'pulse', 'while_here'"),
        ("name: scare", "name: ''", "2: rules.0.name: expected a text of at least one character; found ''"),
    ],
)
def test_a_fault_in_a_rule_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, fault: str) -> None:
    assert faults(tmp_path, RULE.replace(right, wrong))[0].startswith(fault)


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, RULE + RULE.split("\n", 1)[1])
    assert fault == "1: rules: expected a name of its own for each rule; found scare twice"


@pytest.mark.parametrize("value", ["=", "0x_", "0b_"])
def test_odd_words_of_yaml_are_faults_with_their_line(value: str, tmp_path: Path) -> None:
    file = tmp_path / "gardenwatch.yaml"
    file.write_text(f"site: {{name: {value}}}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"gardenwatch\.yaml:1: expected plain words and numbers"):
        config.read(file)
