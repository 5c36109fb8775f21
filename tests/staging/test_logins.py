"""A login is tried before it is kept, and every refusal has its own sentence."""

import pytest

from qbwc_service.connections import ConnectionUnknown, KeapAccountUnusable, find_connection
from qbwc_service.keap_access import sign_ins
from qbwc_service.ledger.models import ErrorEntry
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.logins import KeyChanged, change_key, disconnect, try_login
from tests.staging.joined import NAME, Joined

NEW_KEY = "KeapAK-new"


def change(joined: Joined, key: str | None, account: str = "") -> KeyChanged:
    return change_key(joined.access, NAME, account=account, key=key, who="owner")


def refusal(joined: Joined, key: str | None, account: str = "") -> str:
    before = joined.connection()
    with pytest.raises(LoginRefused) as refused:
        change(joined, key, account)
    after = joined.connection()
    for column in ("keap_key", "keap_account", "keap_tenant", "last_sync_trouble", "next_sync_at"):
        assert getattr(after, column) == getattr(before, column)
    return refused.value.message


def key_on_file(joined: Joined) -> str:
    return joined.secrecy.decrypt(joined.connection().keap_key)


def test_a_key_that_works_replaces_the_old_one_and_pins_its_account(joined: Joined) -> None:
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-old"))
    changed = change(joined, joined.keap.key, "https://ab103.infusionsoft.com/app/")
    row = joined.connection()
    assert changed.account is not None
    assert (changed.account.name, changed.account.app_id) == ("Acme Studio", "ab103")
    assert key_on_file(joined) == joined.keap.key
    assert (row.keap_tenant, row.keap_account) == ("ab103.infusionsoft.com", "ab103")
    assert row.keap_account_name == "Acme Studio"


def test_a_key_that_keap_refuses_changes_nothing_and_is_told(joined: Joined) -> None:
    assert refusal(joined, NEW_KEY) == "keap-key-refused"
    assert joined.open_errors() == [("keap-key-refused", None)]
    change(joined, joined.keap.key)
    assert joined.open_errors() == []


def test_what_no_header_can_carry_is_refused_without_asking(joined: Joined) -> None:
    assert refusal(joined, "two words") == "keap-key-refused"
    assert joined.keap.requests == []


def test_a_key_of_another_account_than_the_pinned_is_refused(joined: Joined) -> None:
    joined.change_connection(keap_tenant="iq146.infusionsoft.com")
    assert refusal(joined, joined.keap.key) == "keap-other-account"


def test_a_key_of_another_account_than_the_typed_is_refused(joined: Joined) -> None:
    assert refusal(joined, joined.keap.key, "iq146") == "keap-other-account"
    with joined.database.reading() as db:
        details = db.query(ErrorEntry).one().details
    assert details == {"tenant": "ab103.infusionsoft.com", "pinned": "iq146"}


def test_another_account_cannot_be_typed_over_the_pinned_one(joined: Joined) -> None:
    joined.change_connection(keap_tenant="iq146.infusionsoft.com")
    assert refusal(joined, NEW_KEY, "xy999") == "keap-other-account"
    assert joined.keap.requests == []


def test_a_key_that_may_not_read_is_refused(joined: Joined) -> None:
    joined.trouble("forbidden", path="businessProfile")
    assert refusal(joined, joined.keap.key) == "keap-permission-missing"


@pytest.mark.parametrize("kind", ["server-error", "throttled", "cut"])
def test_a_key_that_could_not_be_tried_is_kept(joined: Joined, kind: str) -> None:
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-old"))
    joined.trouble(kind)  # type: ignore[arg-type]
    changed = change(joined, joined.keap.key)
    assert (changed.account, changed.signed_in) == (None, False)
    assert changed.reason
    assert key_on_file(joined) == joined.keap.key
    assert joined.open_errors() == []


def test_a_key_that_works_is_used_instead_of_the_sign_in(joined: Joined) -> None:
    joined.sign_in()
    joined.sign_in(in_force=False)
    assert not change(joined, joined.keap.key).signed_in
    assert joined.signed_in() is None


def test_a_key_that_could_not_be_tried_leaves_the_sign_in_in_force(joined: Joined) -> None:
    joined.sign_in()
    joined.trouble("server-error")
    assert change(joined, joined.keap.key).signed_in
    assert joined.signed_in() is not None


def test_the_account_alone_is_checked_with_the_key_on_file(joined: Joined) -> None:
    assert refusal(joined, None, "iq146") == "keap-other-account"
    change(joined, None, "ab103")
    assert joined.connection().keap_account == "ab103"


def test_the_account_of_a_connection_without_a_key_is_just_noted(joined: Joined) -> None:
    joined.change_connection(keap_key="")
    change(joined, None, "iq146.infusionsoft.com")
    assert joined.connection().keap_account == "iq146"
    assert joined.keap.requests == []


def test_nonsense_is_told_as_such(joined: Joined) -> None:
    with pytest.raises(KeapAccountUnusable):
        change(joined, NEW_KEY, "no account!")
    with pytest.raises(ConnectionUnknown):
        change_key(joined.access, "nobody", key=NEW_KEY, who="owner")


def test_a_test_asks_keap_now_and_clears_the_trouble(joined: Joined) -> None:
    joined.trouble("forbidden", times=1)
    with pytest.raises(LoginRefused):
        try_login(joined.access, NAME)
    assert joined.connection().last_sync_trouble == "keap-permission-missing"
    found = try_login(joined.access, NAME)
    assert (found.name, found.app_id) == ("Acme Studio", "ab103")
    assert joined.connection().last_sync_trouble == ""
    assert joined.open_errors() == []


def test_disconnected_what_was_wrong_with_the_login_is_over(joined: Joined) -> None:
    joined.trouble("unauthorized", times=1)
    with pytest.raises(LoginRefused):
        try_login(joined.access, NAME)
    assert disconnect(joined.access, NAME, who="owner")
    assert joined.open_errors() == []
    assert joined.connection().last_sync_trouble == ""
    assert not disconnect(joined.access, NAME, who="owner")


def test_every_trouble_of_a_test_has_its_own_sentence(joined: Joined) -> None:
    told = []

    def tried() -> None:
        with pytest.raises(LoginRefused) as refused:
            try_login(joined.access, NAME)
        told.append(refused.value)

    joined.trouble("server-error", times=1)
    tried()
    joined.trouble("unauthorized", times=1)
    tried()
    joined.sign_in()
    joined.keap.sign_in.revoke()
    tried()
    joined.sign_in()
    joined.trouble("forbidden", times=1)
    tried()
    joined.change_connection(keap_tenant="xy999.infusionsoft.com")
    tried()
    joined.change_connection(keap_key="gAAAAA", keap_tenant="")
    with joined.database.writing("test") as db:
        sign_ins.use_key(db, find_connection(db, NAME), "owner", joined.clock())
    tried()
    joined.change_connection(keap_key="")
    tried()
    assert [refused.message for refused in told] == [
        "keap-not-answering",
        "keap-key-refused",
        "keap-sign-in-again",
        "keap-permission-missing",
        "keap-other-account",
        "secret-key-changed",
        "keap-not-connected",
    ]
    assert len({str(refused) for refused in told}) == len(told)


def test_a_test_renews_a_refused_token_like_every_call(joined: Joined) -> None:
    joined.sign_in()
    joined.trouble("unauthorized", path="userinfo", times=1)
    assert try_login(joined.access, NAME).app_id == "ab103"
