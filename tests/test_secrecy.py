"""Passwords, tickets and keys: never stored as they are, and no two alike."""

import re

import pytest

from qbwc_service.secrecy import (
    Secrecy,
    SecretUnreadable,
    new_password,
    new_ticket,
    person_password_hash,
    person_password_matches,
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
