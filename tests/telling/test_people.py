"""Messages reach a real mail server and a real web hook, with the crop, in both languages, without secrets."""

from __future__ import annotations

import base64
import io
import logging
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image as Pillow

from edge import config, language
from edge.actions.acting import Actions
from edge.actions.rules import Rules
from edge.actions.settings import RuleSettings
from edge.board.fake import FakeBoard
from edge.errors import ConfigError
from edge.model.labels import Label
from edge.settings import Config, LedSettings
from edge.store import outbox
from edge.store.deletion import delete_photo
from edge.store.notices import Notice
from edge.store.outbox import Parcel
from edge.store.schema import DATABASE, connect
from edge.store.store import Store
from edge.telling import backoff, check_up
from edge.telling.commands import notify as notify_command
from edge.telling.commands import outbox as outbox_command
from edge.telling.notice import notice
from edge.telling.office import LEAVE_S
from edge.telling.opening import open_office, people_of
from tests.programs import SLOW_S, here
from tests.rigs.ports import free_port
from tests.rigs.receivers import MailServer, WebHook
from tests.store.visits import SETTINGS, START, change, run, sighting, visit

pytest.importorskip("apprise", reason="apprise is not installed: pip install 'gardenwatch[notify]'")

SENTINEL = "S3ntinel-never-seen"
LABELS = [Label("slug", "slug", "蛞蝓", role="pest")]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with WebHook() as server:
        yield server


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What `gardenwatch --verbose` would write."""
    text, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(text), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    root.setLevel(level)


def settings(folder: Path, **addresses: str) -> Config:
    secrets = folder / "secrets.yaml"
    secrets.write_text("notify:\n" + "".join(f'  {name}: "{at}"\n' for name, at in addresses.items()), "utf-8")
    secrets.chmod(0o600)
    values = {"to": list(addresses)}
    return Config.model_validate(
        {"data": str(folder / "data"), "notify": values, "secrets": str(secrets), "site": {"name": "School garden"}}
    )


def by_mail(server: MailServer | None) -> str:
    port = free_port() if server is None else server.port
    return f"mailto://127.0.0.1:{port}?from=garden@school.example&to=head@school.example"


def test_a_slug_is_told_by_mail_with_its_crop(tmp_path: Path, mail: MailServer) -> None:
    given = settings(tmp_path, teachers=by_mail(mail))
    slug = sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        office = open_office(given, LABELS)
        office.start()
        store.record([change("opened", slug, 90)], [Notice("teachers", slug.id, "slugs at night")])
        mail.wait_for(1)
    office.close()
    (came,) = mail.came
    assert came["subject"] == "slug (pest) in School garden"
    assert came["X-Gardenwatch-Id"] == f"{slug.id}:slugs at night-1"
    plain, html = came.get_body(("plain",)), came.get_body(("html",))
    assert plain is not None
    assert html is not None
    for part in (plain.get_content(), html.get_content()):
        assert "The machine is 80% sure." in part
        assert "First seen: 2026-05-01 14:00:10" in part
        assert "Rule: slugs at night" in part
    (image,) = (part for part in came.walk() if part.get_content_type() == "image/jpeg")
    assert f"cid:{image['Content-ID'].strip('<>')}" in html.get_content(), "the crop stands within the text"
    with Pillow.open(io.BytesIO(image.get_content())) as crop:
        assert crop.size == (48, 48)
        assert not crop.getexif(), "the record that the photo carries is nobody's business"


def test_it_speaks_chinese_where_the_configuration_does(tmp_path: Path, mail: MailServer) -> None:
    given = settings(tmp_path, teachers=by_mail(mail))
    slug = sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        store.record([change("opened", slug, 90)], [Notice("teachers", slug.id, "夜里的蛞蝓")])
    language.use("zh-CN")
    try:
        office = open_office(given, LABELS)
        office.start()
        mail.wait_for(1)
        office.close()
    finally:
        language.use("en")
    (came,) = mail.came
    body = came.get_body(("html",))
    assert body is not None
    assert came["subject"] == "School garden：蛞蝓（害虫）"
    assert "规则：夜里的蛞蝓" in body.get_content()


def test_a_web_hook_gets_text_picture_and_id(tmp_path: Path, hook: WebHook) -> None:
    given = settings(tmp_path, school=f"json://127.0.0.1:{hook.port}/garden")
    slug = sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        office = open_office(given, LABELS)
        office.start()
        store.record([change("opened", slug, 90)], [Notice("school", slug.id, "slugs")])
        hook.wait_for(1)
        office.close()
    headers, said = hook.came[0]
    assert said["title"] == "slug (pest) in School garden"
    assert headers["X-Gardenwatch-Id"] in said["message"], "a person can see the id, too"
    picture = base64.b64decode(said["attachments"][0]["base64"])
    assert picture.startswith(b"\xff\xd8")


def test_a_server_that_never_answers_holds_up_neither_record_nor_stop(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as ends:
        port = silent.getsockname()[1]
        given = settings(tmp_path, school=f"json://127.0.0.1:{port}/?rto=600")
        with Store.open(given.data, SETTINGS, run()) as store:
            before_it = set(threading.enumerate())
            office = open_office(given, LABELS)
            office.start()
            first, second = sighting(10), sighting(70)
            store.record([change("opened", first, 90)], [Notice("school", first.id, "slugs")])
            ends.enter_context(silent.accept()[0])  # it is being sent from here on
            store.record([change("opened", second, 90)], [Notice("school", second.id, "slugs")])
            assert store.settle(SLOW_S)
            before = time.monotonic()
            office.close()
            assert time.monotonic() - before < LEAVE_S + here(10), "ten minutes, if it were waited for"
            left = set(threading.enumerate()) - before_it
            assert left, "it still hangs"
            assert not [one for one in left if "ThreadPool" in one.name], "Python waits for such when it ends"
        with closing(connect(given.data / DATABASE)) as db:
            assert [parcel.attempts for parcel in outbox.waiting(db, "school", 9, None)] == [0, 0]


def test_a_server_that_never_answers_does_not_hold_up_another_channel(tmp_path: Path, hook: WebHook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ExitStack() as ends:
        hangs = f"json://127.0.0.1:{silent.getsockname()[1]}/?rto=600"
        given = settings(tmp_path, school=hangs, teachers=f"json://127.0.0.1:{hook.port}/garden")
        first, second = sighting(10), sighting(70)
        with Store.open(given.data, SETTINGS, run()) as store:
            office = open_office(given, LABELS)
            office.start()
            store.record([change("opened", first, 90)], [Notice("school", first.id, "slugs")])
            ends.enter_context(silent.accept()[0])  # it is being sent from here on
            store.record([change("opened", second, 90)], [Notice("teachers", second.id, "slugs")])
            hook.wait_for(1)
            with closing(connect(given.data / DATABASE)) as db:
                hanging = [parcel.attempts for parcel in outbox.waiting(db, "school", 9, None)]
            office.close()
    assert hanging == [0], "told only after the other had given up"


def test_a_dead_server_delays_neither_lamp_nor_record_and_gets_all_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web hook is away while the slugs come; then it is there."""
    monkeypatch.setattr(backoff.Backoff, "next_s", lambda _self: 0.1)  # its pauses have a test of their own
    port = free_port()
    given = settings(tmp_path, teachers=f"json://127.0.0.1:{port}/garden")
    rule = RuleSettings.model_validate(
        {"name": "slugs", "do": {"led": "fast", "notify": ["teachers"]}, "cooldown_s": 0}
    )
    board = FakeBoard()
    with Store.open(given.data, SETTINGS, run()) as store:
        office = open_office(given, LABELS)
        office.start()
        actions = Actions(board, LedSettings(), Rules([rule], run().local), lambda _outcome: None)
        slugs = [sighting(60.0 * number) for number in range(5)]
        for slug in slugs:
            changes = [change("opened", slug, 90)]
            actions.act(changes, slug.decided)
            store.record(changes, actions.take_notices())
            assert board.changes[-1].on, "the lamp is lit before anybody is told"
        assert store.settle(60)
        with WebHook(port) as hook:
            hook.wait_for(5)
            office.close()
    ids = {headers["X-Gardenwatch-Id"] for headers, _said in hook.came}
    assert {id.split(":")[0] for id in ids} == {slug.id for slug in slugs}


def test_a_photo_that_a_service_refuses_is_left_out_after_three_attempts(tmp_path: Path, hook: WebHook) -> None:
    given = settings(tmp_path, school=f"json://127.0.0.1:{hook.port}/garden")
    slug = sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        store.record([change("opened", slug, 90)], [Notice("school", slug.id, "slugs")])
    people = people_of(given, "school", {})
    with closing(connect(given.data / DATABASE)) as db:
        db.row_factory = sqlite3.Row
        for attempts, pictures in ((2, 1), (3, 0)):
            parcel = Parcel(1, "school", "notice", f"{slug.id}:slugs", None, attempts, "")
            assert people.deliver(db, [parcel]).sent == (parcel,)
            assert len(hook.came[-1][1]["attachments"]) == pictures


def test_what_later_proved_to_be_no_animal_is_not_told(tmp_path: Path, hook: WebHook) -> None:
    given = settings(tmp_path, school=f"json://127.0.0.1:{hook.port}/garden")
    leaf = sighting(label="background", role="background")
    with Store.open(given.data, SETTINGS, run()) as store:
        store.record([change("opened", leaf, 90)], [Notice("school", leaf.id, "slugs")])
        assert store.settle(60)
        office = open_office(given, LABELS)
        office.start()
    office.close()
    with closing(connect(given.data / DATABASE)) as db:
        assert [row[:3] for row in outbox.outcomes(db)] == [("school", "gone", 1)]
    assert hook.came == []


@pytest.mark.parametrize(
    "address",
    [
        f"mailto://garden:{SENTINEL}@127.0.0.1:1?from=garden@school.example&to=head@school.example",
        f"json://garden:{SENTINEL}@127.0.0.1:1/hook",
        f"json://127.0.0.1:1/{SENTINEL}?token={SENTINEL}",
        f"ntfy://{SENTINEL}@127.0.0.1:1/{SENTINEL}",
    ],
)
def test_no_secret_is_in_anything_that_can_be_read(tmp_path: Path, address: str, log: io.StringIO) -> None:
    """Logs at their most talkative, the outbox, the commands, the doctor, the configuration."""
    given = settings(tmp_path, teachers=address)
    file = tmp_path / "c.yaml"
    file.write_text("data: data\nnotify: {to: [teachers]}\n", encoding="utf-8")
    slug = sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        store.record([change("opened", slug, 90)], [Notice("teachers", slug.id, "slugs")])
        assert store.settle(60)
        office = open_office(given, LABELS)
        office.start()
        _wait_until_tried(given.data)
        office.close()
    runner = CliRunner()
    said = [
        runner.invoke(outbox_command, ["--config", str(file)], obj="en").output,
        runner.invoke(notify_command, ["test", "--config", str(file)], obj="en").output,
        config.show(config.read(file)),
        *(str(finding) for finding in check_up.findings(config.read(file))),
        log.getvalue(),
    ]
    assert "cannot tell channel=teachers" in log.getvalue()
    assert "✗ teachers: " in said[1]
    assert "teachers" in said[0]
    for text in said:
        assert SENTINEL not in text
    kept = (given.data / DATABASE).read_bytes()
    assert SENTINEL.encode() not in kept


@pytest.mark.parametrize(
    "address",
    [
        f"nonsense://{SENTINEL}",
        SENTINEL,
        f"mailto://{SENTINEL}",
        f"json://:{SENTINEL}@",
        f"tgram://{SENTINEL}",
        f"mailto://garden:{SENTINEL}@127.0.0.1:port",
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(tmp_path: Path, address: str) -> None:
    given = settings(tmp_path, teachers=address)
    with pytest.raises(ConfigError) as error:
        people_of(given, "teachers", {})
    assert SENTINEL not in str(error.value)


def test_the_test_command_sends_a_message_and_says_so(tmp_path: Path, mail: MailServer) -> None:
    settings(tmp_path, teachers=by_mail(mail), away=by_mail(None))
    (tmp_path / "c.yaml").write_text("notify: {to: [teachers, away]}\n", encoding="utf-8")
    tried = CliRunner().invoke(notify_command, ["test", "--config", str(tmp_path / "c.yaml")], obj="en")
    assert "✓ teachers: sent" in tried.output
    assert "✗ away: " in tried.output
    assert "Connection refused" in tried.output
    (came,) = mail.came
    assert came["subject"] == "Gardenwatch: a test"
    assert any(part.get_content_type() == "image/jpeg" for part in came.walk())


def test_the_outbox_command_tells_what_waits_and_why(tmp_path: Path) -> None:
    given = settings(tmp_path, teachers=by_mail(None))
    with Store.open(given.data, SETTINGS, run()) as store:
        assert "nothing waits" in CliRunner().invoke(outbox_command, ["--data", str(given.data)], obj="en").output
        slug = sighting()
        store.record(visit(slug), [Notice("teachers", slug.id, "slugs")])
        assert store.settle(60)
        office = open_office(given, LABELS)
        office.start()
        _wait_until_tried(given.data)
        office.close()
    said = CliRunner().invoke(outbox_command, ["--data", str(given.data)], obj="en").output
    row = next(line.split() for line in said.splitlines() if line.startswith("teachers"))
    assert row[:2] == ["teachers", "1"]
    assert "Connection refused" in said


def test_a_message_that_waited_says_so_and_why_there_is_no_photo(tmp_path: Path) -> None:
    given, slug = settings(tmp_path), sighting()
    with Store.open(given.data, SETTINGS, run()) as store:
        store.record([change("opened", slug, 90)])
        assert store.settle(SLOW_S)
    delete_photo(given.data, slug.id)
    parcel = Parcel(1, "school", "notice", f"{slug.id}:slugs: at night", None, 0, "")
    names = {label.key: label for label in LABELS}
    with closing(connect(given.data / DATABASE)) as db:
        db.row_factory = sqlite3.Row
        said = [
            notice(db, parcel, given.data, names, None, True, None if after is None else START + timedelta(hours=after))
            for after in (0, 2, None)
        ]
    (soon, late, unknown) = [() if one is None else one.lines for one in said]
    assert "This message had to wait for a network." in late
    assert late == (*soon[:3], "This message had to wait for a network.", *soon[3:])
    assert unknown == soon, "without a clock nobody knows"
    assert "Photo: none: deleted" in "\n".join(soon)
    assert "Rule: slugs: at night" in soon


def _wait_until_tried(data: Path) -> None:
    pause = threading.Event()
    with closing(connect(data / DATABASE)) as db:
        until = time.monotonic() + SLOW_S
        while not any(tries for _name, _count, _since, tries, _why in outbox.queues(db)):
            assert time.monotonic() < until, f"nothing was tried: {list(outbox.queues(db))}"
            pause.wait(0.05)
