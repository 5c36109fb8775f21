"""Reading Keap with a sign-in: tokens that end, that are refused, and a chain that is broken."""

from datetime import timedelta

import pytest

from keap import REFRESH_TOKEN_LIVES
from qbwc_service.config import Config
from qbwc_service.demo.keap import OTHER_TENANT
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.renewal import RENEW_AFTER
from qbwc_service.keap_access.sign_ins import OtherAccount
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState
from qbwc_service.messages import message
from qbwc_service.staging.failures import SyncFailed
from qbwc_service.staging.schedule import Staging
from qbwc_service.staging.sign_ins import TRY_EVERY, renew_due_sign_ins
from tests.staging.joined import NAME, Joined

DAY = timedelta(hours=24)


def staging(joined: Joined) -> Staging:
    return Staging(joined.database, joined.secrecy, joined.config, clock=joined.clock)


def failure(joined: Joined) -> SyncFailed:
    with pytest.raises(SyncFailed) as failed:
        joined.sync()
    return failed.value


def access_token(joined: Joined) -> str:
    row = joined.signed_in()
    assert row is not None
    return joined.secrecy.decrypt(row.access_token)


def test_a_sign_in_goes_before_the_key(joined: Joined) -> None:
    joined.sign_in()
    joined.keap.key = "nobody has it"
    joined.change_connection(keap_key=joined.secrecy.encrypt("KeapAK-wrong"))
    order = joined.order()
    joined.sync()
    assert set(joined.orders()) == {order}


def test_a_sign_in_that_nobody_has_confirmed_reads_nothing(joined: Joined) -> None:
    joined.change_connection(keap_key="")
    joined.sign_in(in_force=False)
    assert failure(joined).message == "keap-not-connected"


def test_an_access_token_that_has_ended_is_renewed_before_it_is_used(joined: Joined) -> None:
    first = joined.sign_in()
    joined.clock.forward(hours=25)
    joined.sync()
    assert access_token(joined) != first.access_token
    assert joined.open_errors() == []


def test_a_refused_access_token_is_renewed_once_and_the_call_repeated(joined: Joined) -> None:
    first = joined.sign_in()
    order = joined.order()
    joined.trouble("unauthorized", path="/rest/", times=1)
    joined.sync()
    assert set(joined.orders()) == {order}
    assert access_token(joined) != first.access_token


def test_a_renewed_token_that_is_refused_too_asks_for_a_new_sign_in(joined: Joined) -> None:
    joined.sign_in()
    asked = joined.token_requests()
    joined.trouble("unauthorized", path="/rest/")
    assert failure(joined).message == "keap-sign-in-again"
    row = joined.signed_in()
    assert row is not None
    assert row.broken_at == joined.clock()
    assert joined.token_requests() == asked + 1


def test_a_revoked_sign_in_stops_the_reading_until_somebody_signs_in(joined: Joined) -> None:
    joined.sign_in()
    order = joined.order()
    joined.keap.sign_in.revoke()
    staging(joined).run_due()
    assert joined.open_errors() == [("keap-sign-in-again", None)]
    assert joined.connection().last_sync_trouble == "keap-sign-in-again"

    joined.keap.requests.clear()
    joined.clock.forward(days=2)
    staging(joined).run_due()
    assert failure(joined).message == "keap-sign-in-again"
    assert joined.keap.requests == []

    joined.sign_in()
    joined.keap.requests.clear()
    staging(joined).run_due()
    assert set(joined.orders()) == {order}
    assert joined.open_errors() == []


def test_a_sign_in_alone_is_reason_enough_to_read(joined: Joined) -> None:
    joined.change_connection(keap_key="")
    joined.sign_in()
    order = joined.order()
    staging(joined).run_due()
    assert set(joined.orders()) == {order}


def test_the_account_that_a_sign_in_opens_is_pinned(joined: Joined) -> None:
    joined.sign_in()
    assert joined.connection().keap_tenant == "ab103.infusionsoft.com"
    joined.sign_in(tenant=OTHER_TENANT, in_force=False)
    with joined.database.writing("test") as db:
        row = sign_ins.sign_in_of(db, joined.connection().id, SignInState.PENDING)
        assert row is not None
        joined_row = db.get_one(Connection, row.connection_id)
        with pytest.raises(OtherAccount):
            sign_ins.put_in_force(db, joined_row, row, "owner", joined.clock())
    joined.change_connection(keap_tenant=OTHER_TENANT)
    assert failure(joined).message == "keap-other-account"


def test_a_token_is_renewed_after_three_quarters_of_its_life(joined: Joined) -> None:
    first = joined.sign_in()
    joined.clock.now += DAY * RENEW_AFTER - timedelta(seconds=1)
    renew_due_sign_ins(joined.access)
    assert access_token(joined) == first.access_token
    joined.clock.forward(seconds=1)
    renew_due_sign_ins(joined.access)
    assert access_token(joined) != first.access_token


def test_a_paused_connection_outlives_the_refresh_tokens_time(joined: Joined) -> None:
    joined.sign_in()
    joined.change_connection(paused=True)
    for _ in range(5):
        joined.clock.now += REFRESH_TOKEN_LIVES / 2
        staging(joined).run_due()
    joined.change_connection(paused=False)
    joined.sync()
    assert joined.open_errors() == []


def test_a_renewal_that_fails_is_tried_again_after_a_while(joined: Joined) -> None:
    first = joined.sign_in()
    asked = joined.token_requests()
    joined.clock.forward(hours=20)
    joined.trouble("server-error", path="/token", times=1)
    for _ in range(3):
        renew_due_sign_ins(joined.access)
    assert joined.token_requests() == asked + 1
    assert joined.open_errors() == []
    joined.clock.now += TRY_EVERY
    renew_due_sign_ins(joined.access)
    assert access_token(joined) != first.access_token


def test_a_renewal_that_keap_refuses_is_told_and_stops_no_other(joined: Joined) -> None:
    joined.add_connection("beta")
    joined.sign_in("beta")
    joined.sign_in()
    with joined.database.writing("test") as db:
        row = sign_ins.sign_in_of(db, joined.connection().id)
        assert row is not None
        row.refresh_token = joined.secrecy.encrypt("used up")
    joined.clock.forward(hours=20)
    staging(joined).run_due()
    beta = joined.signed_in("beta")
    assert beta is not None
    assert beta.issued_at == joined.clock()
    assert joined.open_errors() == [("keap-sign-in-again", None)]


def test_a_service_without_its_client_id_says_so(joined: Joined) -> None:
    joined.sign_in()
    joined.config = Config.from_environment(
        {
            "KEAP_API_URL": joined.keap.url,
            "QBWC_DATABASE_URL": joined.database.url,
            "QBWC_SECRET_KEY": "00" * 32,
        }
    )
    joined.clock.forward(hours=25)
    failed = failure(joined)
    assert failed.message == "keap-client-refused"
    assert "KEAP_CLIENT_ID" in str(failed)


def test_a_sign_in_without_an_answer_is_forgotten_after_a_day(joined: Joined) -> None:
    joined.sign_in(in_force=False)
    renew_due_sign_ins(joined.access)
    assert pending(joined) == 1
    joined.clock.forward(days=1)
    renew_due_sign_ins(joined.access)
    assert pending(joined) == 0


def pending(joined: Joined) -> int:
    with joined.database.reading() as db:
        return db.query(KeapSignIn).filter_by(state=SignInState.PENDING).count()


def test_disconnected_in_the_middle_of_a_reading_ends_it(joined: Joined) -> None:
    joined.sign_in()
    joined.order()

    def disconnect(_resource: str, _count: int) -> None:
        with joined.database.writing("test") as db:
            connection = db.get_one(type(joined.connection()), joined.connection().id)
            sign_ins.disconnect(db, connection, "owner", joined.clock())

    with pytest.raises(SyncFailed) as failed:
        joined.sync(NAME, progress=disconnect)
    assert failed.value.message == "keap-not-connected"


def test_no_token_is_in_a_failure_or_in_the_log(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = joined.sign_in()
    joined.clock.forward(hours=20)
    joined.trouble("cut", path="/token", times=1)
    caplog.set_level("DEBUG")
    staging(joined).run_due()
    joined.clock.now += TRY_EVERY
    staging(joined).run_due()
    assert joined.open_errors() == [("keap-sign-in-again", None)]
    told = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    for secret in (tokens.access_token, tokens.refresh_token, joined.keap.sign_in.secret):
        assert secret not in told


def test_the_sentences_tell_the_next_step() -> None:
    assert message("keap-sign-in-again").do.endswith("then Sign in with Keap.")
    refused = message("keap-key-refused")
    told = f"{refused.why} {refused.do}"
    for words in (
        "lease obtain an API key from Infusionsoft and replace the one we have on file",
        "2026-12-31",
        "XML-RPC",
        "Service Account Key",
    ):
        assert words in told
