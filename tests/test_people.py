"""Somebody can sign in after the first start, and only the hash of the password is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from qbwc_service.database import Database
from qbwc_service.first_owner import PasswordFileUnusable, ensure_owner
from qbwc_service.ledger.models import Person
from qbwc_service.secrecy import person_password_matches
from tests.databases import new_database
from tests.ledger_rows import NOON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    yield made
    made.close()


def start(database: Database, password_file: Path | None = None) -> str | None:
    with database.writing("test") as db:
        return ensure_owner(db, now=NOON, password_file=password_file)


def owner_accepts(database: Database, password: str) -> bool:
    with database.reading() as db:
        owner = db.scalars(select(Person)).one()
    assert (owner.name, owner.created_at) == ("owner", NOON)
    assert password not in owner.password_hash
    return person_password_matches(password, owner.password_hash)


def test_the_first_start_alone_tells_a_password(database: Database) -> None:
    password = start(database)
    assert password is not None
    assert len(password) >= 16
    assert owner_accepts(database, password)
    assert start(database) is None
    assert owner_accepts(database, password)


def test_a_file_sets_the_password_at_every_start(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "password"
    for password in ("first password", "second password"):
        file.write_text(f" {password} \nsecond line\n")
        assert start(database, file) is None
        assert owner_accepts(database, password)
    assert not owner_accepts(database, "first password")


def test_the_same_password_is_not_hashed_anew(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first password")
    hashes = []
    for _start in range(2):
        start(database, file)
        with database.reading() as db:
            hashes.append(db.scalars(select(Person.password_hash)).one())
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff"])
def test_a_password_file_that_cannot_be_used_is_named(
    database: Database, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(PasswordFileUnusable, match=r"^QBWC_ADMIN_PASSWORD_FILE: "):
        start(database, file)
    with pytest.raises(PasswordFileUnusable, match="cannot be read"):
        start(database, tmp_path / "missing")
