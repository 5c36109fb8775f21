"""set NAME."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from qbwc_service.connections import find_connection
from qbwc_service.database import Database
from qbwc_service.ledger.models import Event, KeapOrder, OrderStatus
from qbwc_service.settings import SETTINGS
from tests.cli.conftest import Shell
from tests.ledger_rows import add_order


def _today() -> str:
    """The start date of a connection that was added without one."""
    return datetime.now(UTC).date().isoformat()


@pytest.mark.usefixtures("acme")
def test_set_alone_lists_every_setting_with_type_and_default(shell: Shell) -> None:
    assert shell("set", "acme", "--json").document == [
        {
            "name": setting.name,
            "type": setting.kind,
            "default": setting.default,
            "value": _today() if setting.name == "start_date" else setting.default,
            "meaning": setting.meaning,
        }
        for setting in SETTINGS
    ]
    lines = shell("set", "acme").out.splitlines()
    assert lines[0] == "Setting\tValue\tType\tDefault\tMeaning"
    assert [line.split("\t")[0] for line in lines[1:]] == [setting.name for setting in SETTINGS]


@pytest.mark.usefixtures("acme")
def test_changes_are_stored_by_type_and_an_empty_value_goes_back(
    shell: Shell, migrated: Database
) -> None:
    assert shell("set", "acme", "sync_minutes=5", "income_account=Sales:A=B").code == 0
    assert shell("set", "acme", "sync_minutes=").code == 0
    with migrated.reading() as db:
        connection = find_connection(db, "acme")
        notes = db.scalars(select(Event.text).order_by(Event.id)).all()
    assert connection.settings == {"income_account": "Sales:A=B"}
    assert notes == [
        "Settings changed: income_account = Sales:A=B, sync_minutes = 5",
        "Settings changed: sync_minutes = default",
    ]


@pytest.mark.usefixtures("acme")
def test_nothing_is_changed_when_one_value_cannot_be_used(shell: Shell, migrated: Database) -> None:
    outcome = shell("set", "acme", "sync_minutes=5", "no_sku=guess")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "no_sku: write unknown-item, hold or create\n"
    unknown = shell("set", "acme", "colour=red")
    assert unknown.code == 1
    assert unknown.err.startswith("colour: there is no such setting; these exist: start_date, ")
    with migrated.reading() as db:
        assert find_connection(db, "acme").settings == {}


@pytest.mark.usefixtures("acme")
def test_an_earlier_start_date_has_older_orders_read_and_skipped_ones_planned_again(
    shell: Shell, migrated: Database
) -> None:
    with migrated.writing("test") as db:
        connection = find_connection(db, "acme")
        connection.orders_watermark = datetime(2026, 11, 23, tzinfo=UTC)
        connection.next_sync_at = datetime(2026, 11, 24, tzinfo=UTC)
        skipped = {"status": OrderStatus.SKIPPED_BY_SETTINGS, "skip": "before-start-date"}
        add_order(db, connection.id, 101, has_work=False, **skipped)
        add_order(db, connection.id, 102, has_work=False, status=OrderStatus.POSTED)
    assert shell("set", "acme", "start_date=2026-01-01").code == 0
    with migrated.reading() as db:
        connection = find_connection(db, "acme")
        rows = db.execute(
            select(KeapOrder.keap_id, KeapOrder.needs_plan, KeapOrder.has_work).order_by(
                KeapOrder.keap_id
            )
        )
        assert [tuple(row) for row in rows] == [(101, True, True), (102, False, False)]
    assert (connection.orders_watermark, connection.next_sync_at) == (None, None)


@pytest.mark.usefixtures("acme")
def test_the_same_settings_again_change_nothing(shell: Shell, migrated: Database) -> None:
    for _time in range(2):
        assert shell("set", "acme", "start_date=2026-01-01").code == 0
    with migrated.reading() as db:
        assert len(db.scalars(select(Event)).all()) == 1


@pytest.mark.usefixtures("acme")
def test_calls_of_keap_need_an_address_that_keap_reaches(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEAP_API_URL", "https://api.keap.com/crm")
    refused = shell("set", "acme", "keap_hooks=yes", "sync_minutes=30")
    assert refused.code == 1
    assert "Keap cannot reach http://localhost:8000" in refused.err
    values = {one["name"]: one["value"] for one in shell("set", "acme", "--json").document}
    assert (values["keap_hooks"], values["sync_minutes"]) == ("no", 15)
    monkeypatch.setenv("QBWC_PUBLIC_URL", "https://sync.example.com")
    assert shell("set", "acme", "keap_hooks=yes").code == 0
