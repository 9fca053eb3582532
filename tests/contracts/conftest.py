"""Databases for the contracts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa


@pytest.fixture
def empty_postgres_url(postgres_url):
    """The PostgreSQL database with nothing in it."""
    url = sa.make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return postgres_url
