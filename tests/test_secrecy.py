"""Passwords, tickets and keys: never stored as they are, and no two alike."""

import re
from pathlib import Path

import pytest

from qbwc_service.secrecy import (
    KeysUnusable,
    Secrecy,
    SecretUnreadable,
    new_password,
    new_ticket,
    person_password_hash,
    person_password_matches,
    read_keys,
    ticket_digest,
)

SERVICE_KEY = bytes(range(32))


@pytest.fixture
def secrecy() -> Secrecy:
    return Secrecy(SERVICE_KEY)


def test_a_password_matches_its_own_digest_and_no_other(secrecy: Secrecy) -> None:
    digest = secrecy.password_digest("abcd-efgh")
    assert secrecy.password_matches("abcd-efgh", digest)
    assert not secrecy.password_matches("abcd-efgi", digest)
    assert not secrecy.password_matches("", digest)
    assert not secrecy.password_matches("abcd-efgh", "")


def test_the_digest_needs_the_service_key(secrecy: Secrecy) -> None:
    digest = secrecy.password_digest("abcd-efgh")
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert not Secrecy(bytes(32)).password_matches("abcd-efgh", digest)


def test_what_was_encrypted_is_read_again_and_looks_different_each_time(secrecy: Secrecy) -> None:
    first, second = secrecy.encrypt("keap-kéy"), secrecy.encrypt("keap-kéy")
    assert (secrecy.decrypt(first), secrecy.decrypt(second)) == ("keap-kéy", "keap-kéy")
    assert first != second
    assert "keap" not in first


@pytest.mark.parametrize("stored", ["", "not encrypted"])
def test_what_was_not_encrypted_here_is_told(secrecy: Secrecy, stored: str) -> None:
    with pytest.raises(SecretUnreadable, match="Put the old file back, or enter the Keap key"):
        secrecy.decrypt(stored)


def test_another_service_key_reads_nothing(secrecy: Secrecy) -> None:
    stored = secrecy.encrypt("a key")
    with pytest.raises(SecretUnreadable):
        Secrecy(bytes(32)).decrypt(stored)


def test_each_purpose_has_a_key_of_its_own(secrecy: Secrecy) -> None:
    assert len(secrecy.cookie_key) == 32
    assert secrecy.cookie_key != SERVICE_KEY
    assert secrecy.cookie_key == Secrecy(SERVICE_KEY).cookie_key
    assert secrecy.cookie_key != Secrecy(bytes(32)).cookie_key


def test_a_new_password_is_128_random_bits_that_can_be_read_out() -> None:
    passwords = {new_password() for _ in range(50)}
    assert len(passwords) == 50
    # 26 letters of base32 hold 130 bits
    assert all(re.fullmatch("([a-z2-7]{4}-){6}[a-z2-7]{2}", password) for password in passwords)


def test_a_ticket_is_128_random_bits_and_stored_as_a_digest() -> None:
    tickets = {new_ticket() for _ in range(50)}
    assert len(tickets) == 50
    assert all(re.fullmatch("[0-9a-f]{32}", ticket) for ticket in tickets)
    assert len({ticket_digest(ticket) for ticket in tickets} | tickets) == 100


def test_a_persons_password_is_stored_as_argon2() -> None:
    stored = person_password_hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert person_password_matches("correct horse", stored)
    assert not person_password_matches("correct hors", stored)
    assert not person_password_matches("correct horse", "")
    assert not person_password_matches("correct horse", "plain text")


# -- more than one key -----------------------------------------------------------------------------

NEW, OLD = b"n" * 32, b"o" * 32


def test_an_older_key_still_opens_and_checks_what_it_made() -> None:
    old, both = Secrecy(OLD), Secrecy(NEW, OLD)
    stored, digest = old.encrypt("KeapAK"), old.password_digest("abcd")
    assert both.decrypt(stored) == "KeapAK"
    assert both.password_matches("abcd", digest)
    assert not both.password_matches("abce", digest)
    assert not both.is_current(stored)
    assert both.is_current(both.encrypt("KeapAK"))
    with pytest.raises(SecretUnreadable):
        old.decrypt(both.encrypt("KeapAK"))


def test_the_first_key_makes_everything() -> None:
    both, new = Secrecy(NEW, OLD), Secrecy(NEW)
    assert new.decrypt(both.encrypt("x")) == "x"
    assert both.password_digest("x") == new.password_digest("x")
    assert both.cookie_key == new.cookie_key
    assert both.older_cookie_keys == [Secrecy(OLD).cookie_key]
    assert both.key_id == new.key_id != Secrecy(OLD).key_id
    assert len(new.key_id) == 16


def test_a_changed_key_file_is_noticed_at_once(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text(OLD.hex(), encoding="ascii")
    running = Secrecy(OLD, key_file=path)
    path.write_text(f"{NEW.hex()}\n{OLD.hex()}\n", encoding="ascii")
    assert running.key_id == Secrecy(NEW).key_id
    assert running.decrypt(Secrecy(NEW).encrypt("x")) == "x"
    assert running.decrypt(Secrecy(OLD).encrypt("x")) == "x"


def test_a_key_file_changed_before_the_first_use_is_noticed_too(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.write_text(f"{NEW.hex()}\n{OLD.hex()}\n", encoding="ascii")
    assert Secrecy(OLD, key_file=path).key_id == Secrecy(NEW).key_id


@pytest.mark.parametrize("content", ["", "half a k", None])
def test_a_key_file_that_somebody_is_at_work_on_changes_nothing(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "secret.key"
    path.write_text(OLD.hex(), encoding="ascii")
    running = Secrecy(OLD, key_file=path)
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="ascii")
    assert running.decrypt(Secrecy(OLD).encrypt("x")) == "x"


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, f"{'ab' * 32} {'ab' * 31}", "é"])
def test_what_holds_no_keys_is_refused(text: str) -> None:
    with pytest.raises(KeysUnusable):
        read_keys(text)


def test_keys_are_read_in_their_order_and_once_each() -> None:
    assert read_keys(f"{NEW.hex()},{OLD.hex()}\n{NEW.hex()}") == (NEW, OLD)


def test_the_key_that_made_a_secret_is_named(secrecy: Secrecy) -> None:
    other = Secrecy(bytes(32))
    both = Secrecy(SERVICE_KEY, bytes(32))
    assert both.key_ids == (secrecy.key_id, other.key_id)
    assert both.key_of(other.encrypt("x")) == other.key_id
    assert both.key_of("nonsense") == ""
