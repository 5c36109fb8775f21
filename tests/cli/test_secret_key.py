"""secret-key rotate, apply and forget: nothing is lost, and nothing old stays by accident."""

import stat
from pathlib import Path

import pytest

from qbwc_service.config import Config, make_key_file
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger import hooks
from qbwc_service.ledger.models import Connection, KeapHooks, KeapSignIn, SignInState
from qbwc_service.secrecy import Secrecy
from tests.cli.conftest import Shell

KEY = "KeapAK-abc"
SIGNING_KEY = "signs-alerts"
HOOK_TOKEN = "part-of-an-address"
TOKENS = ("access", "refresh", "previous")


@pytest.fixture
def stored(shell: Shell, migrated: Database, acme: dict[str, str]) -> Database:
    """A connection with every kind of secret, under the first key."""
    secrecy = Config.from_environment().secrecy()
    with migrated.writing("test") as db:
        row = find_connection(db, "acme")
        row.keap_key = secrecy.encrypt(KEY)
        row.webhook_key = secrecy.encrypt(SIGNING_KEY)
        hooks.row_of(db, row.id, HOOK_TOKEN, secrecy.encrypt(HOOK_TOKEN))
        db.add(
            KeapSignIn(
                connection_id=row.id,
                state=SignInState.IN_FORCE,
                access_token=secrecy.encrypt(TOKENS[0]),
                refresh_token=secrecy.encrypt(TOKENS[1]),
                previous_refresh_token=secrecy.encrypt(TOKENS[2]),
                issued_at=row.created_at,
                expires_at=row.created_at,
            )
        )
    return migrated


def rows(database: Database) -> tuple[Connection, KeapSignIn]:
    with database.reading() as db:
        return find_connection(db, "acme"), db.query(KeapSignIn).one()


def plain(database: Database, secrecy: Secrecy) -> tuple[str, ...]:
    connection, sign_in = rows(database)
    with database.reading() as db:
        called = db.query(KeapHooks).one()
    return tuple(
        secrecy.decrypt(text)
        for text in (
            connection.keap_key,
            connection.webhook_key,
            sign_in.access_token,
            sign_in.refresh_token,
            sign_in.previous_refresh_token,
            called.token,
        )
    )


def key_file(shell: Shell) -> Path:
    return shell.folder / "secret.key"


def keys(shell: Shell) -> list[bytes]:
    return [bytes.fromhex(line) for line in key_file(shell).read_text().split()]


def test_a_rotation_puts_everything_under_a_new_first_key(shell: Shell, stored: Database) -> None:
    (old,) = keys(shell)
    running = Config.from_environment().secrecy()
    outcome = shell("secret-key", "rotate")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Encrypted anew: 6. Already under it: 0." in outcome.out
    new, older = keys(shell)
    assert older == old != new
    assert stat.S_IMODE(key_file(shell).stat().st_mode) == 0o600
    assert plain(stored, Secrecy(new)) == (KEY, SIGNING_KEY, *TOKENS, HOOK_TOKEN)
    assert running.decrypt(rows(stored)[0].keap_key) == KEY
    assert new.hex() not in outcome.out
    assert sorted(path.name for path in shell.folder.glob("secret.key*")) == ["secret.key"]


def test_apply_may_be_repeated(shell: Shell, stored: Database) -> None:
    shell("secret-key", "rotate")
    before = rows(stored)[0].keap_key
    outcome = shell("secret-key", "apply")
    assert outcome.out == "Encrypted anew: 0. Already under it: 6.\n"
    assert rows(stored)[0].keap_key == before


def test_a_rotation_that_was_cut_short_is_finished_by_apply(shell: Shell, stored: Database) -> None:
    (old,) = keys(shell)
    key_file(shell).write_text(f"{'ab' * 32}\n{old.hex()}\n")
    assert shell("secret-key", "apply").code == 0
    assert plain(stored, Secrecy(bytes.fromhex("ab" * 32))) == (
        KEY,
        SIGNING_KEY,
        *TOKENS,
        HOOK_TOKEN,
    )


def test_forget_waits_for_the_web_connectors_password(
    shell: Shell, stored: Database, acme: dict[str, str]
) -> None:
    shell("secret-key", "rotate")
    refused = shell("secret-key", "forget")
    assert refused.code == 1
    assert "The Web Connector password of acme still belongs to an old key." in refused.err
    assert "connection password NAME" in refused.err
    assert len(keys(shell)) == 2
    made = shell("connection", "password", "acme", "--json").document
    assert shell("secret-key", "forget").out == "Dropped: 1 old key.\n"
    assert len(keys(shell)) == 1
    secrecy = Config.from_environment().secrecy()
    assert secrecy.password_matches(made["password"], rows(stored)[0].password_digest)
    assert plain(stored, secrecy) == (KEY, SIGNING_KEY, *TOKENS, HOOK_TOKEN)
    assert shell("secret-key", "forget").out == "No old key.\n"


def test_forget_is_refused_while_a_secret_belongs_to_an_old_key(
    shell: Shell, stored: Database
) -> None:
    (old,) = keys(shell)
    shell("connection", "password", "acme")
    key_file(shell).write_text(f"{'ab' * 32}\n{old.hex()}\n")
    shell("connection", "password", "acme")
    refused = shell("secret-key", "forget")
    assert refused.code == 1
    assert "the Keap key of acme, the signing key of acme, the Keap sign-in of acme" in refused.err
    assert "secret-key apply" in refused.err
    assert len(keys(shell)) == 2


def test_what_no_key_opens_is_named(shell: Shell, stored: Database) -> None:
    key_file(shell).unlink()
    make_key_file(key_file(shell))
    outcome = shell("secret-key", "apply")
    assert outcome.code == 1
    assert "No key opens the Keap key of acme" in outcome.err


def test_keys_in_the_environment_are_explained(
    shell: Shell, stored: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old,) = keys(shell)
    monkeypatch.delenv("QBWC_SECRET_KEY_FILE")
    monkeypatch.setenv("QBWC_SECRET_KEY", old.hex())
    for command in ("rotate", "forget"):
        outcome = shell("secret-key", command)
        assert outcome.code == 1
        assert "openssl rand -hex 32" in outcome.err
        assert old.hex() not in outcome.err
    monkeypatch.setenv("QBWC_SECRET_KEY", f"{'ab' * 32},{old.hex()}")
    assert shell("secret-key", "apply").out == "Encrypted anew: 6. Already under it: 0.\n"
