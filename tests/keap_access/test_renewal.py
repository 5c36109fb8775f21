"""Tokens are renewed by one process at a time, stored before use, and a broken chain is noticed."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keap import KeapClientRefused, KeapServerError, KeapSignInEnded, KeapUnreachable
from qbwc_service.demo.keap import Fault
from qbwc_service.keap_access import sign_ins
from qbwc_service.keap_access.failures import KeapNotConnected
from qbwc_service.keap_access.renewal import LEASE_TTL, break_chain, held_tokens, renew
from qbwc_service.ledger import leases
from qbwc_service.ledger.models import Lease
from tests.databases import only_sqlite
from tests.staging.joined import Joined


def connection_id(joined: Joined) -> int:
    return joined.connection().id


def test_new_tokens_are_stored_and_the_one_before_is_kept(joined: Joined) -> None:
    first = joined.sign_in()
    joined.clock.forward(hours=20)
    held = renew(joined.access, connection_id(joined), first.access_token)
    row = joined.signed_in()
    assert row is not None
    assert held.access_token != first.access_token
    assert joined.secrecy.decrypt(row.access_token) == held.access_token
    assert joined.secrecy.decrypt(row.refresh_token) == held.refresh_token
    assert joined.secrecy.decrypt(row.previous_refresh_token) == first.refresh_token
    assert (row.issued_at, row.broken_at) == (joined.clock(), None)


def test_tokens_that_another_has_renewed_are_taken_without_asking(joined: Joined) -> None:
    first = joined.sign_in()
    second = renew(joined.access, connection_id(joined), first.access_token)
    asked = joined.token_requests()
    assert renew(joined.access, connection_id(joined), first.access_token) == second
    assert joined.token_requests() == asked


def test_no_transaction_stays_open_while_keap_is_asked(joined: Joined) -> None:
    """A slow sign-in does not keep anybody from writing."""
    first = joined.sign_in()
    joined.trouble("slow", path="/token", times=1, seconds=1.5)
    thread = threading.Thread(
        target=renew, args=(joined.access, connection_id(joined), first.access_token)
    )
    before = joined.token_requests()
    thread.start()
    while joined.token_requests() == before:
        thread.join(0.01)
    joined.change_connection(time_zone="America/New_York")
    was_still_asking = thread.is_alive()
    thread.join(30)
    assert was_still_asking
    assert joined.connection().time_zone == "America/New_York"


def test_two_at_once_ask_keap_once(joined: Joined, tmp_path: Path) -> None:
    """Real processes on one database file; the simulated Keap voids a used refresh token."""
    first = joined.sign_in()
    asked = joined.token_requests()
    joined.trouble("slow", path="/token", times=1, seconds=0.5)
    script = tmp_path / "renewing.py"
    script.write_text(_RENEWING, encoding="utf-8")
    environment = _environment(joined, tmp_path)
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(connection_id(joined)), first.access_token],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate(timeout=90)[0] for process in processes]
    row = joined.signed_in()
    assert row is not None
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert set(told) == {f"{joined.secrecy.decrypt(row.access_token)}\n"}
    assert joined.token_requests() == asked + 1
    assert row.broken_at is None


@pytest.mark.parametrize(
    "point", ["keap-sign-in.renewed.before-commit", "keap-sign-in.renewed.after-commit"]
)
def test_a_crash_around_the_commit_ends_well(joined: Joined, tmp_path: Path, point: str) -> None:
    """Before it the chain is lost, and a person is asked; after it nothing is."""
    first = joined.sign_in()
    script = tmp_path / "renewing.py"
    script.write_text(_RENEWING, encoding="utf-8")
    died = subprocess.run(
        [sys.executable, str(script), str(connection_id(joined)), first.access_token],
        env=_environment(joined, tmp_path) | {"QBWC_CRASH_AT": point},
        capture_output=True,
        timeout=90,
    )
    assert died.returncode not in {0, 1}
    # The other process had the real time.
    joined.clock.now = datetime.now(UTC) + LEASE_TTL
    if point.endswith("after-commit"):
        assert renew(joined.access, connection_id(joined), first.access_token)
        return
    with pytest.raises(KeapSignInEnded):
        renew(joined.access, connection_id(joined), first.access_token)
    row = joined.signed_in()
    assert row is not None
    assert row.broken_at == joined.clock()


def test_an_answer_that_is_cut_leaves_the_chain_to_the_next_try(joined: Joined) -> None:
    first = joined.sign_in()
    joined.trouble("cut", path="/token", times=1)
    with pytest.raises(KeapUnreachable):
        renew(joined.access, connection_id(joined), first.access_token)
    assert held_tokens(joined.access, connection_id(joined)).access_token == first.access_token
    with pytest.raises(KeapSignInEnded):
        renew(joined.access, connection_id(joined), first.access_token)
    asked = joined.token_requests()
    with pytest.raises(KeapSignInEnded):
        renew(joined.access, connection_id(joined), first.access_token)
    assert joined.token_requests() == asked


@pytest.mark.parametrize("kind", ["server-error", "bad-gateway"])
def test_trouble_of_the_sign_in_breaks_nothing(joined: Joined, kind: str) -> None:
    first = joined.sign_in()
    joined.keap.faults.add(Fault(kind, path="/token"))  # type: ignore[arg-type]
    with pytest.raises(KeapServerError):
        renew(joined.access, connection_id(joined), first.access_token)
    assert renew(joined.access, connection_id(joined), first.access_token)


def test_a_wrong_client_secret_breaks_nothing(joined: Joined) -> None:
    first = joined.sign_in()
    joined.keap.sign_in.secret = "another"
    with pytest.raises(KeapClientRefused):
        renew(joined.access, connection_id(joined), first.access_token)
    row = joined.signed_in()
    assert row is not None
    assert row.broken_at is None


def test_who_signs_in_anew_meanwhile_wins(joined: Joined) -> None:
    """The old tokens come back from Keap after a person has signed in again."""
    first = joined.sign_in()
    old = held_tokens(joined.access, connection_id(joined))
    newer = joined.sign_in()
    assert not break_chain(joined.access, connection_id(joined), old)
    held = renew(joined.access, connection_id(joined), first.access_token)
    assert held.access_token == newer.access_token


def test_a_lease_of_a_process_that_died_is_waited_for(joined: Joined) -> None:
    first = joined.sign_in()
    with joined.database.writing("test") as db:
        name = f"keap-sign-in:{connection_id(joined)}"
        leases.acquire(db, name, "dead", joined.clock(), LEASE_TTL / 4)
    assert renew(joined.access, connection_id(joined), first.access_token)


def test_a_lease_that_never_ends_is_no_reason_to_ask_twice(joined: Joined) -> None:
    first = joined.sign_in()
    asked = joined.token_requests()
    with joined.database.writing("test") as db:
        name = f"keap-sign-in:{connection_id(joined)}"
        leases.acquire(db, name, "slow", joined.clock(), LEASE_TTL * 10)
    with pytest.raises(KeapUnreachable):
        renew(joined.access, connection_id(joined), first.access_token)
    assert joined.token_requests() == asked


def test_the_lease_is_given_back_after_success_and_failure(joined: Joined) -> None:
    first = joined.sign_in()
    joined.trouble("server-error", path="/token", times=1)
    with pytest.raises(KeapServerError):
        renew(joined.access, connection_id(joined), first.access_token)
    renew(joined.access, connection_id(joined), first.access_token)
    with joined.database.reading() as db:
        assert db.query(Lease).all() == []


def test_without_a_sign_in_there_is_nothing_to_renew(joined: Joined) -> None:
    with pytest.raises(KeapNotConnected):
        held_tokens(joined.access, connection_id(joined))
    joined.sign_in(in_force=False)
    with pytest.raises(KeapNotConnected):
        held_tokens(joined.access, connection_id(joined))


def test_tokens_encrypted_under_another_service_key_meanwhile_are_still_the_same(
    joined: Joined,
) -> None:
    """A rotation of the service key changes the stored text, not the token."""
    first = joined.sign_in()
    held = held_tokens(joined.access, connection_id(joined))
    with joined.database.writing("test") as db:
        row = sign_ins.sign_in_of(db, connection_id(joined))
        assert row is not None
        row.refresh_token = joined.secrecy.encrypt(first.refresh_token)
    assert break_chain(joined.access, connection_id(joined), held)


@only_sqlite
def test_the_database_file_alone_holds_no_token(joined: Joined, tmp_path: Path) -> None:
    first = joined.sign_in()
    held = renew(joined.access, connection_id(joined), first.access_token)
    joined.sign_in(in_force=False)
    files = sorted(tmp_path.glob("service.db*"))
    assert files
    content = b"".join(path.read_bytes() for path in files)
    for secret in (
        *(first.access_token, first.refresh_token, held.access_token, held.refresh_token),
        *(joined.keap.key, joined.keap.sign_in.secret),
    ):
        assert secret.encode() not in content


_RENEWING = """
import sys
from qbwc_service.config import Config
from qbwc_service.database import Database
from qbwc_service.keap_access.access import Access
from qbwc_service.keap_access.renewal import renew

config = Config.from_environment()
access = Access(Database(config.database_url), config.secrecy(), config)
print(renew(access, int(sys.argv[1]), sys.argv[2]).access_token)
"""


def _environment(joined: Joined, folder: Path) -> dict[str, str]:
    return {
        "PATH": "",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "KEAP_API_URL": joined.keap.url,
        "KEAP_TOKEN_URL": joined.keap.token_url,
        "KEAP_CLIENT_ID": joined.keap.sign_in.client_id,
        "KEAP_CLIENT_SECRET_FILE": str(folder / "client"),
        "QBWC_DATABASE_URL": joined.database.url,
        "QBWC_SECRET_KEY_FILE": str(folder / "secret.key"),
    }
