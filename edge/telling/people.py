"""The channel to people: one address, through apprise."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Any

import apprise

from edge.errors import ConfigError
from edge.language import _
from edge.model.labels import Label
from edge.settings import Config
from edge.store.outbox import Kind, Parcel, add_digest
from edge.store.reading import Sightings
from edge.telling.channel import Delivery
from edge.telling.courier import true_time
from edge.telling.digest import digest, due_day, span_of
from edge.telling.message import Message
from edge.telling.notice import notice, same
from edge.telling.payloads import at_site
from edge.telling.scrub import scrub

CONNECT_S, READ_S = 10.0, 30.0
"""apprise's own 4 s are too short for a photo over a mobile network."""
WITH_PICTURES = 3
"""After so many attempts a message goes without its pictures: a service may refuse them for their size."""
TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")
"""Their logs hold addresses, tokens and messages; what of them is needed is scrubbed here."""


class People:
    """Messages to one address, one at a time."""

    kinds: tuple[Kind, ...] = ()
    at_once = 1

    def __init__(
        self,
        name: str,
        address: str,
        settings: Config,
        labels: Mapping[str, Label],
        now: Callable[[], float | None] = true_time,
    ) -> None:
        """Raises ConfigError for an address that apprise cannot use."""
        self.name = name
        self._secrets = [address]
        self._settings, self._labels, self._now = settings, labels, now
        wants = name in (settings.digest.to or settings.notify.to)
        self._digest_at = settings.digest.at if wants else None
        self._digest_day: date | None = None
        for talkative in TALKATIVE:
            logging.getLogger(talkative).propagate = False
            logging.getLogger(talkative).addHandler(logging.NullHandler())
        self._service = _service(name, address)

    def prepare(self, db: sqlite3.Connection) -> None:
        """Each message makes its own connection; but it may be time for the digest."""
        now = self._now()
        if self._digest_at is None or now is None:  # without a clock no day is known
            return
        day = due_day(at_site(db, datetime.fromtimestamp(now, UTC)), self._digest_at)
        if day != self._digest_day:
            add_digest(db, self.name, day)
            self._digest_day = day

    def deliver(self, db: sqlite3.Connection, parcels: Sequence[Parcel]) -> Delivery:
        (parcel,) = parcels
        message = self._message(db, parcel)
        if message is None:
            return Delivery(gone=(parcel,))
        why = self.send(message, parcel.id, pictures=parcel.attempts < WITH_PICTURES)
        return Delivery(failed=(parcel,), why=why) if why else Delivery(sent=(parcel,))

    def send(self, message: Message, id: str, pictures: bool = True) -> str:
        """Why it failed, without any secret; empty where it did not."""
        if isinstance(headers := getattr(self._service, "headers", None), dict):  # e-mail, JSON: for a program's eyes
            headers["X-Gardenwatch-Id"] = id
        html = hasattr(self._service, "smtp_host")
        post = apprise.Apprise(asset=_ASSET)
        post.add(self._service)
        with message.files() as files, _listening() as heard:
            try:
                sent = bool(
                    post.notify(
                        title=message.title,
                        body=message.html if html else message.text,
                        body_format=apprise.NotifyFormat.HTML if html else apprise.NotifyFormat.TEXT,
                        attach=[str(file) for file in files] if pictures and files else None,
                    )
                )
            except Exception as error:  # a plugin's door: one of a hundred and thirty
                heard.append(f"{type(error).__name__}: {error}")
                sent = False
        if sent:
            return ""
        return scrub("; ".join(heard[-3:]) or _("the service did not say why"), self._secrets)

    @property
    def server(self) -> tuple[str, int] | None:
        """Host and port of a mail server or web hook; None where apprise keeps a service's own to itself."""
        service = self._service
        mail = hasattr(service, "smtp_host")
        if not mail and not type(service).__module__.startswith("apprise.plugins.custom_"):
            return None
        usual = (587, 25) if mail else (443, 80)
        port = service.port or usual[0 if getattr(service, "secure", False) else 1]
        return str(service.smtp_host or service.host if mail else service.host), int(port)

    def close(self) -> None:
        """Nothing is open."""

    def _message(self, db: sqlite3.Connection, parcel: Parcel) -> Message | None:
        now, settings = self._now(), self._settings
        if parcel.kind == "notice":
            moment = None if now is None else datetime.fromtimestamp(now, UTC)
            return notice(db, parcel, settings.data, self._labels, settings.site.name, settings.notify.photos, moment)
        with Sightings(settings.data) as record:
            span = span_of(date.fromisoformat(parcel.ref), self._digest_at, record.at_site(datetime.now(UTC)))
            photos = settings.digest.photos if settings.notify.photos else 0
            return digest(record, settings.data, span, self._labels, settings.site.name, photos, same(parcel.id))


_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)
_ASSET = apprise.AppriseAsset(
    app_id="Gardenwatch",
    app_desc="Gardenwatch",
    app_url="",
    async_mode=False,
    service_timeout=0,  # else it sends in threads of its own, for whose end Python waits when it stops
)


def _service(name: str, address: str) -> Any:
    """apprise's own object for the address."""
    with _listening():
        service: Any = apprise.Apprise.instantiate(address, asset=_ASSET)
    if service is None:
        raise ConfigError(
            _("an address that apprise knows for {name}").format(name=name),
            _("another text"),
            _("see https://github.com/caronc/apprise/wiki for how a service's address is written"),
        )
    if hasattr(service, "smtp_host"):
        service.inline = True  # pictures within the text, not behind it
    if "cto=" not in address:
        service.socket_connect_timeout = CONNECT_S
    if "rto=" not in address:
        service.socket_read_timeout = READ_S
    return service


class _Ear(logging.Handler):
    """Brings what apprise says to the call that it speaks of."""

    def emit(self, record: logging.LogRecord) -> None:
        heard, text = _heard.get(), record.getMessage()
        if heard is not None and (record.levelno >= logging.WARNING or "Exception" in text):
            heard.append(text)


_EAR = _Ear()


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What apprise says of this call: warnings, and the errors of sockets, which it tells as details."""
    heard: list[str] = []
    logger, token = logging.getLogger("apprise"), _heard.set(heard)
    logger.addHandler(_EAR)  # once, however many channels tell at the same time
    logger.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        _heard.reset(token)
