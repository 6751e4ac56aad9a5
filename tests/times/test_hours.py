"""The hours in which is watched follow the clock and the sun of the site, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from edge.errors import ConfigError
from edge.settings import SiteSettings
from edge.times.hours import Hours

SHANGHAI = SiteSettings(latitude=31.2, longitude=121.5, timezone="Asia/Shanghai")
BERLIN = SiteSettings(latitude=52.5, longitude=13.4, timezone="Europe/Berlin")
TROMSO = SiteSettings(latitude=69.65, longitude=18.96, timezone="Europe/Oslo")
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span_of(site: SiteSettings, text: str, day: str) -> tuple[str, str] | None:
    """From when to when on that day, on the site's clock."""
    hours = Hours([text], site)
    found = hours.on(date.fromisoformat(day))
    return (f"{hours.clock(found[0][0]):%H:%M}", f"{hours.clock(found[0][1]):%H:%M}") if found else None


def watched_minutes(hours: Hours, start: datetime, minutes: int) -> int:
    return sum(hours.include(start + number * MINUTE) for number in range(minutes))


def test_without_hours_it_is_watched_day_and_night() -> None:
    assert Hours([], SiteSettings()).include(utc("2026-05-01T00:00"))


def test_hours_of_the_clock_are_the_sites() -> None:
    hours = Hours(["06:00 to 20:00"], SHANGHAI)
    assert not hours.include(utc("2026-04-30T21:59:59"))
    assert hours.include(utc("2026-04-30T22:00"))
    assert hours.include(utc("2026-05-01T11:59:59"))
    assert not hours.include(utc("2026-05-01T12:00"))


def test_hours_may_lead_over_midnight_and_several_spans_are_one_day() -> None:
    hours = Hours(["22:00 to 02:00", "06:00 to 07:00"], SiteSettings(timezone="UTC"))
    assert watched_minutes(hours, utc("2026-05-01T00:00"), 1440) == 300
    assert hours.include(utc("2026-05-01T01:59"))
    assert hours.next_start(utc("2026-05-01T03:00")) == utc("2026-05-01T06:00")
    assert hours.next_start(utc("2026-05-01T08:00")) == utc("2026-05-01T22:00")


@pytest.mark.parametrize(
    ("day", "sunrise", "sunset"),  # by the calendar of the Shanghai observatory's region, to the minute
    [("2026-06-21", "04:50", "19:01"), ("2026-12-21", "06:48", "16:55")],
)
def test_the_sun_decides_where_it_is_asked(day: str, sunrise: str, sunset: str) -> None:
    found = span_of(SHANGHAI, "sunrise to sunset", day)
    assert found is not None
    for told, right in zip(found, (sunrise, sunset), strict=True):
        apart = datetime.strptime(told, "%H:%M") - datetime.strptime(right, "%H:%M")
        assert abs(apart) <= 2 * MINUTE


def test_minutes_shift_the_sun() -> None:
    assert span_of(SHANGHAI, "dawn to dusk", "2026-06-21") == ("04:22", "19:29")
    assert span_of(SHANGHAI, "dawn-30 to dusk+15", "2026-06-21") == ("03:52", "19:44")


def test_a_dusk_after_midnight_belongs_to_the_evening_before() -> None:
    helsinki = SiteSettings(latitude=60.2, longitude=24.9, timezone="Europe/Helsinki")
    hours = Hours(["dawn to dusk"], helsinki)
    ((start, end),) = hours.on(date(2026, 6, 21))
    assert timedelta(hours=22) < end - start < timedelta(hours=24)
    assert hours.include(utc("2026-06-21T21:30")), "half past midnight there"


@pytest.mark.parametrize(
    ("text", "day", "span"),
    [
        ("sunrise to sunset", "2026-06-21", ("00:00", "00:00")),  # midnight sun: the whole day
        ("sunrise to sunset", "2026-12-21", None),  # polar night: nothing
        ("sunset to sunrise", "2026-06-21", None),
        ("dawn to dusk", "2026-12-21", ("09:29", "13:54")),  # twilight only
        ("sunrise to 12:00", "2026-06-21", ("00:00", "12:00")),
        ("10:00 to sunset", "2026-06-21", ("10:00", "00:00")),
    ],
)
def test_polar_days_have_hours_too(text: str, day: str, span: tuple[str, str] | None) -> None:
    assert span_of(TROMSO, text, day) == span


def test_a_polar_night_is_watched_through_where_the_night_is_asked_for_and_ends_by_itself() -> None:
    night = Hours(["sunset to sunrise"], TROMSO)
    assert watched_minutes(night, utc("2026-12-20T00:00"), 2 * 1440) == 2 * 1440
    first = Hours(["sunrise to sunset"], TROMSO).next_start(utc("2026-12-21T00:00"))
    assert first is not None
    assert (first.year, first.month) == (2027, 1)


def test_hours_that_never_come_have_no_start() -> None:
    manaus = SiteSettings(latitude=-3.1, longitude=-60.0, timezone="UTC")  # the sun sets at about 22:00 UTC
    assert Hours(["sunset to 18:05"], manaus).next_start(utc("2026-05-01T00:00")) is None


@pytest.mark.parametrize(
    ("day", "minutes"), [("2026-03-29", 60 * 23), ("2026-10-25", 60 * 25), ("2026-05-01", 60 * 24)]
)
def test_a_change_of_summer_time_neither_loses_nor_doubles_an_hour(day: str, minutes: int) -> None:
    """02:30 does not come in spring, and comes twice in autumn."""
    hours, start = Hours(["02:30 to 12:00"], BERLIN), datetime.fromisoformat(day).astimezone(UTC)
    midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), Hours([], BERLIN).clock(start).tzinfo)
    watched = [hours.include(midnight.astimezone(UTC) + number * MINUTE) for number in range(minutes)]
    first, last = watched.index(True), len(watched) - watched[::-1].index(True)
    assert all(watched[first:last]), "one span without a gap"
    assert hours.clock(midnight.astimezone(UTC) + last * MINUTE).strftime("%H:%M") == "12:00"
    expected = {60 * 23: 8.5, 60 * 25: 10.5, 60 * 24: 9.5}[minutes]
    assert sum(watched) == expected * 60


def test_a_clock_that_jumps_is_asked_anew() -> None:
    hours = Hours(["06:00 to 20:00"], SHANGHAI)
    told = [hours.include(utc(text)) for text in ("2026-05-01T01:00", "2026-05-01T15:00", "2020-01-01T01:00")]
    assert told == [True, False, True]


@pytest.mark.parametrize(
    ("site", "missing"),
    [
        (SiteSettings(), "site.latitude, site.longitude"),
        (SiteSettings(latitude=31.2), "site.longitude"),
    ],
)
def test_the_sun_of_a_place_that_nobody_named_is_an_error(site: SiteSettings, missing: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Hours(["dawn to 12:00"], site)
    assert caught.value.found == f"no {missing}"
    assert Hours(["06:00 to 12:00"], site).include(datetime.now(UTC).replace(hour=0)) in (True, False)
