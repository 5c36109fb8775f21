"""clean-up: what is old, said and removed."""

from datetime import timedelta

from qbwc_service.clock import utc_now
from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from tests.cli.conftest import Shell
from tests.ledger_rows import add_error


def test_a_dry_run_says_what_would_go(
    migrated: Database, acme: dict[str, str], shell: Shell
) -> None:
    with migrated.writing("test") as db:
        solved = utc_now() - timedelta(days=800)
        add_error(db, find_connection(db, "acme").id, "total-differs", solved_at=solved)
    for times in range(2):
        said = shell("clean-up", "--dry-run", "--json").document
        assert (said["dry_run"], said["rows"]["errors"]) == (True, 1), times
        assert said["keep_days"]["errors"] == 730
    assert "Solved entries of the error log\t1\t730\tQBWC_KEEP_ERRORS_DAYS" in shell("clean-up").out
    assert shell("clean-up", "--json").document["rows"]["errors"] == 0
