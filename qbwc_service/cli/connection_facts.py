"""What the commands tell of a connection; no secret is among it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from qbwc_service.cli.output import shown_time
from qbwc_service.keap_access.sign_ins import is_broken, login_mode
from qbwc_service.ledger import hooks, sharing
from qbwc_service.ledger.models import Connection

#: how it gets into Keap, in words
LOGIN: Final = {
    "sign-in": "signed in with Keap",
    "sign-in-ended": "has to sign in again",
    "key": "API key",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What `connection show` and `list` tell of one connection; no secret among it."""

    connection: str
    username: str
    file_id: str
    owner_id: str
    paused: bool
    suspended_because: str
    is_on: bool
    keap_account: str
    keap_account_name: str
    keap_login: str
    keap_key_on_file: bool
    company_file: str
    company_name: str
    shares_file_with: list[str]
    write_block: str
    last_contact: datetime | None
    last_contact_result: str
    last_sync: datetime | None
    last_sync_trouble: str
    keap_hooks: hooks.Shown


def shown(db: Session, row: Connection) -> Shown:
    """What there is to tell of it now."""
    return Shown(
        connection=row.name,
        username=row.user_name,
        file_id=row.file_id,
        owner_id=row.owner_id,
        paused=row.paused,
        suspended_because=row.suspended_because,
        is_on=row.is_on,
        keap_account=row.keap_account,
        keap_account_name=row.keap_account_name,
        keap_login="sign-in-ended" if is_broken(db, row) else login_mode(db, row).value,
        keap_key_on_file=bool(row.keap_key),
        company_file=row.company_file,
        company_name=row.company_name,
        shares_file_with=sharing.names(db, row),
        write_block=row.write_block,
        last_contact=row.last_contact_at,
        last_contact_result=row.last_contact_result,
        last_sync=row.last_sync_at,
        last_sync_trouble=row.last_sync_trouble,
        keap_hooks=hooks.shown(db, row),
    )


def state_of(one: Shown) -> str:
    """Whether it is at work, in a few words; else why not."""
    if one.suspended_because:
        return f"suspended: {one.suspended_because}"
    if one.paused:
        return "paused"
    return one.write_block or ("active" if one.is_on else "not switched on")


def facts(found: Shown) -> list[tuple[str, Any]]:
    """The same as the lines of a table: what, value."""
    return [
        ("Connection", found.connection),
        ("Web Connector user name", found.username),
        ("FileID", found.file_id),
        ("OwnerID", found.owner_id),
        ("State", state_of(found)),
        ("Keap account", found.keap_account or "not given yet"),
        ("Keap account name", found.keap_account_name or "not known yet"),
        ("Keap login", LOGIN[found.keap_login]),
        ("Keap key", "on file" if found.keap_key_on_file else "none"),
        ("Company file", found.company_file or "learned at the first update"),
        ("Company", found.company_name),
        ("Other links on this file", ", ".join(found.shares_file_with) or "none"),
        ("Nothing is sent because", found.write_block or "-"),
        ("Last contact", shown_time(found.last_contact)),
        ("Its result", found.last_contact_result),
        ("Keap last read", shown_time(found.last_sync)),
        ("Trouble with Keap", found.last_sync_trouble or "-"),
        ("Calls from Keap", found.keap_hooks.sentence),
        ("Keap last called", shown_time(found.keap_hooks.called_at)),
    ]
