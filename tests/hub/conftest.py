"""A database for each test, of one server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rigs.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    return postgres.database()
