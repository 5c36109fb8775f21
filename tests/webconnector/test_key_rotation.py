"""After a change of the service key a Web Connector password moves at the next right call."""

import pytest

from qbwc_service.connections import find_connection
from qbwc_service.key_rotation import KeyRotationRefused, forget_old_keys
from qbwc_service.ledger.models import Connection
from qbwc_service.secrecy import Secrecy
from qbwc_service.webconnector.service import Caller, Service
from tests.world import KEY, World

NEW = b"n" * 32


def connection(world: World) -> Connection:
    with world.database.reading() as db:
        return find_connection(db, "acme")


def call(world: World, password: str) -> None:
    service = Service(world.database, Secrecy(NEW, KEY), world.clock)
    service.authenticate(Caller("acme", "10.0.0.5"), world.new.username, password)


def test_the_right_password_moves_to_the_current_key(world: World) -> None:
    assert connection(world).password_key == Secrecy(KEY).key_id
    call(world, world.new.password)
    row = connection(world)
    assert row.password_key == Secrecy(NEW).key_id
    assert Secrecy(NEW).password_matches(world.new.password, row.password_digest)
    call(world, world.new.password)
    assert connection(world).password_digest == row.password_digest


def test_a_wrong_password_moves_nothing(world: World) -> None:
    before = connection(world)
    call(world, "wrong")
    after = connection(world)
    assert (after.password_key, after.password_digest) == (
        before.password_key,
        before.password_digest,
    )


def test_the_old_key_may_go_after_that_call_and_not_before(world: World) -> None:
    path = world.folder / "secret.key"
    secrecy = Secrecy(NEW, KEY)
    with world.database.writing("test") as db:
        find_connection(db, "acme").keap_key = secrecy.encrypt("KeapAK")
    with pytest.raises(KeyRotationRefused, match="Web Connector password of acme"):
        forget_old_keys(world.database, secrecy, path, (NEW, KEY))
    assert not path.exists()
    call(world, world.new.password)
    assert forget_old_keys(world.database, secrecy, path, (NEW, KEY)) == 1
    assert path.read_text() == f"{NEW.hex()}\n"


def test_a_password_from_before_keys_had_names_moves_too(world: World) -> None:
    with world.database.writing("test") as db:
        find_connection(db, "acme").password_key = ""
    call(world, world.new.password)
    assert connection(world).password_key == Secrecy(NEW).key_id
