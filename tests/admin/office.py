"""The admin pages over a whole world: what a person presses, the next update does."""

from flask import Flask

from qbwc_service import admin
from qbwc_service.ledger.models import Person, Role
from qbwc_service.secrecy import person_password_hash
from tests.admin.site import PASSWORD, Visitor
from tests.world import World


def bookkeeper(world: World) -> Visitor:
    """Somebody who has signed in."""
    app = Flask("office", static_folder=None)
    app.config.update(SECRET_KEY=world.secrecy.cookie_key, MAX_CONTENT_LENGTH=100_000)
    admin.register(
        app,
        database=world.database,
        secrecy=world.secrecy,
        config=world.config,
        clock=world.clock,
    )
    with world.database.writing("test") as db:
        stored = person_password_hash(PASSWORD)
        everything = {"role": Role.OWNER, "sees_all": True, "created_at": world.clock.now}
        db.add(Person(name="owner", password_hash=stored, **everything))
    visitor = Visitor(app.test_client())
    assert visitor.sign_in("owner", PASSWORD).status_code == 302
    return visitor
