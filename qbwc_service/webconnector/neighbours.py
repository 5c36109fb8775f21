"""identify: which other connections share the company file that is open, and are they at work?

The company file tells by their FileIDs (ledger.sharing). What is asked travels in the same message
as our newest records, and is asked before the first session ends its first phase.
"""

from typing import Any

from qbwc_service.ledger import company_file_leases, sharing
from qbwc_service.ledger.models import Connection
from qbwc_service.webconnector.running import may_still_run
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.elements import Request
from qbxml_builders.records import CompanyRecord
from qbxml_builders.session import company_query

BUSY = "company-file-busy"


def questions(turn: Turn, phase: str) -> list[Request]:
    """Whether the file bears the FileIDs of those that may share it and were not asked about yet.

    Our own OwnerID is asked for again, so that each answer tells our FileID too.
    """
    notes = turn.notes(phase)
    name = notes.get("company_name", "")
    if name and not turn.connection.company_name:
        sharing.one_learns_at_a_time(turn.db, name, turn.now)
    asked: dict[str, list[Any]] = notes.get("neighbours", {})
    new = {
        each.owner_id: [each.connection_id, each.file_id]
        for each in sharing.may_share(
            turn.db, turn.connection, company_name=name, place=turn.session.company_file
        )
        if each.owner_id not in asked
    }
    if not new:
        return []
    turn.note(phase, notes | {"neighbours": asked | new})
    owner_ids = (turn.connection.owner_id, *new)
    return [company_query(f"neighbours:{len(asked)}", owner_ids=owner_ids)]


def note(notes: dict[str, Any], company: CompanyRecord) -> None:
    """Keep which of those that were asked about the company file belongs to as well."""
    borne = {
        (ext.owner_id.lower(), ext.value.lower()) for ext in company.ext if ext.name == "FileID"
    }
    sharing_it = {
        connection_id
        for owner_id, (connection_id, file_id) in notes.get("neighbours", {}).items()
        if (owner_id.lower(), file_id.lower()) in borne
    }
    notes["shared_with"] = sorted({*notes.get("shared_with", []), *sharing_it})


def in_the_way(turn: Turn, phase: str) -> bool:
    """Remember who shares the file, and take it for this session; True where another connection is
    at work on it, and the session is stopped. While one of them may still be running a set that
    was never answered, this session reads and does not write."""
    notes, connection = turn.notes(phase), turn.connection
    if "shared_with" in notes or not notes.get("neighbours"):
        connection.shared_with = notes.get("shared_with", [])
    shared = connection.shared_with
    other = company_file_leases.take(turn.db, connection.id, shared, turn.now)
    if other is not None:
        at_work = turn.db.get(Connection, other.connection_id)
        turn.stop(BUSY, {"link": at_work.name if at_work else "-"})
        return True
    running = may_still_run(turn, shared)
    if running is not None:
        turn.session.read_only = True
        turn.tell("waiting-for-other-computer", {"address": running.remote_address})
    return False
