"""identify: is the open company file ours, and does it still hold what we made?

The Web Connector brings host, company and preferences with its first call. Malformed or missing
parts are never fatal: what is needed is asked again, twice in one session at most. A session that
was not told the preferences sends nothing.
Sources: Web Connector Programmer's Guide p. 36 and p. 52 (FileID in the company file).
"""

from collections.abc import Sequence

from sqlalchemy import select

from qbwc_service.ledger import company_file, error_log, send_again
from qbwc_service.ledger.kind_words import thing
from qbwc_service.ledger.models import Connection, Kind, MessageSet, Posting
from qbwc_service.ledger.states import State
from qbwc_service.webconnector import neighbours
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS, TxnMade
from qbxml_builders.answers import Answer, HostCompanyPreferences
from qbxml_builders.elements import Request
from qbxml_builders.records import (
    CompanyRecord,
    HostRecord,
    PreferencesRecord,
)
from qbxml_builders.session import company_query, host_query, preferences_query, version_to_send

#: how often one session asks for what the first call did not bring
ASKS = 2
#: how many of our newest records are looked for, and how many missing of them mean another file
NEWEST = 5
ANOTHER_FILE = 2
PREFERENCES_UNKNOWN = "preferences-unknown"


def learn(turn: Turn, found: HostCompanyPreferences) -> None:
    """Keep what the session's first call brought along. Of a damaged one nothing is believed: half
    of the preferences would say that sales tax is off, and QuickBooks would then add its own."""
    if found.damaged:
        found = HostCompanyPreferences()
    facts = dict(turn.connection.quickbooks)
    if found.host:
        facts |= _host_facts(found.host)
    if found.preferences:
        facts |= _preference_facts(found.preferences)
    if found.company:
        facts |= _company_facts(found.company)
    turn.connection.quickbooks = facts
    turn.note(
        Identify.name,
        {
            "host": found.host is not None,
            "preferences": found.preferences is not None,
            "company_name": found.company.name if found.company else "",
            "file_ids": _file_ids(turn.connection, found.company),
        },
    )


class Identify:
    """Stops the session at another company file; blocks writing at a moved or restored one."""

    name = "identify"

    def next_message(self, turn: Turn) -> Outgoing | None:
        asked = turn.notes(self.name).get("asked", 0)
        requests = self._missing_facts(turn) if asked < ASKS else []
        requests += neighbours.questions(turn, self.name)
        if not asked:
            requests += self._newest_records(turn)
        turn.note(self.name, turn.notes(self.name) | {"asked": asked + 1})
        if requests:
            return Outgoing(tuple(requests))
        self._judge(turn)
        return None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        records = [record for response in answer.responses for record in response.records]
        turn.observe(records)
        notes = turn.notes(self.name)
        for record in records:
            if isinstance(record, CompanyRecord):
                notes["company"] = True
                notes["company_name"] = record.name
                notes["file_ids"] = _file_ids(turn.connection, record)
                neighbours.note(notes, record)
                turn.connection.quickbooks = turn.connection.quickbooks | _company_facts(record)
            elif isinstance(record, HostRecord):
                notes["host"] = True
                turn.connection.quickbooks = turn.connection.quickbooks | _host_facts(record)
            elif isinstance(record, PreferencesRecord):
                notes["preferences"] = True
                turn.connection.quickbooks = turn.connection.quickbooks | _preference_facts(record)
        asked = {response.request_id for response in answer.responses if _answered(response)}
        made = [record.txn_id for record in records if isinstance(record, TxnMade)]
        notes["seen"] = [*notes.get("seen", []), *made]
        notes["looked"] = sorted({*notes.get("looked", []), *asked})
        turn.note(self.name, notes)

    def _missing_facts(self, turn: Turn) -> list[Request]:
        notes = turn.notes(self.name)
        requests = []
        if not notes.get("host"):
            requests.append(host_query("host"))
        if not notes.get("preferences"):
            requests.append(preferences_query("preferences"))
        if not notes.get("file_ids") and not notes.get("company"):
            owner_ids = (turn.connection.owner_id,)
            requests.append(company_query("company", owner_ids=owner_ids))
        return requests

    def _newest_records(self, turn: Turn) -> list[Request]:
        requests = []
        newest = _newest(turn)
        for kind, known in TXN_KINDS.items():
            txn_ids = [p.record_id for p in newest if p.kind is kind]
            if txn_ids:
                fields = ("TxnID", "TimeModified")
                requests.append(known.query(f"newest:{kind.value}", txn_ids=txn_ids, fields=fields))
        return requests

    def _judge(self, turn: Turn) -> None:
        if self._too_old(turn) or self._wrong_file(turn) or self._preferences_unknown(turn):
            return
        if neighbours.in_the_way(turn, self.name):
            return
        self._learn_place(turn)
        self._look_for_gone(turn)

    def _too_old(self, turn: Turn) -> bool:
        versions = turn.connection.quickbooks.get("versions", [])
        if versions and version_to_send(versions) != "13.0":
            turn.stop("quickbooks-too-old", {"version": versions[-1]})
            return True
        return False

    def _preferences_unknown(self, turn: Turn) -> bool:
        """Without them an invoice may be sent as if sales tax were off: QuickBooks adds its own."""
        if turn.notes(self.name).get("preferences"):
            return False
        turn.stop(PREFERENCES_UNKNOWN)
        return True

    def _wrong_file(self, turn: Turn) -> bool:
        """Another FileID under our OwnerID, or none where this file was known before, unless what
        we made is in it: a rebuilt or condensed file has lost what programs wrote for themselves.
        """
        connection, notes = turn.connection, turn.notes(self.name)
        file_ids = [text.lower() for text in notes.get("file_ids", [])]
        name = notes.get("company_name", "")
        if connection.file_id.lower() in file_ids:
            return False
        if not file_ids and not connection.company_file and not connection.company_name:
            return False
        same_name_and_place = (name, turn.session.company_file) == (
            connection.company_name,
            connection.company_file,
        )
        if not file_ids and (same_name_and_place or self._bears_our_records(turn)):
            return False
        found = name or turn.session.company_file or "another company"
        expected = connection.company_name or connection.company_file
        turn.stop("wrong-company-file", {"expected": expected, "found": found})
        return True

    def _bears_our_records(self, turn: Turn) -> bool:
        asked, missing = self._looked_for(turn)
        return len(asked) - len(missing) > 0 and len(missing) < ANOTHER_FILE

    def _learn_place(self, turn: Turn) -> None:
        connection = turn.connection
        name = turn.notes(self.name).get("company_name", "")
        connection.company_name = name or connection.company_name
        place = turn.session.company_file
        if not connection.company_file:
            connection.company_file = place
        elif place and place.casefold() != connection.company_file.casefold():
            details: dict[str, object] = {"expected": connection.company_file, "found": place}
            company_file.block(connection, company_file.MOVED, details)
            turn.tell(company_file.MOVED, details)
            return
        elif connection.write_block == company_file.MOVED:
            company_file.block(connection, "", {})
        error_log.solve(
            turn.db,
            connection.id,
            now=turn.now,
            messages=["wrong-company-file", company_file.MOVED, PREFERENCES_UNKNOWN],
        )

    def _look_for_gone(self, turn: Turn) -> None:
        asked, missing = self._looked_for(turn)
        if len(missing) >= ANOTHER_FILE:
            # What the comparison with QuickBooks missed before is missing still.
            known = turn.connection.write_block_details.get("record_ids", [])
            missed = sorted({*known, *(posting.record_id for posting in missing)})
            details: dict[str, object] = {
                "missing": len(missed),
                "asked": max(len(asked), turn.connection.write_block_details.get("asked", 0)),
                "record_ids": missed,
            }
            company_file.block(turn.connection, company_file.RESTORED, details)
            turn.tell(company_file.RESTORED, details)
        elif turn.connection.write_block == company_file.RESTORED and asked and not missing:
            company_file.block(turn.connection, "", {})
            error_log.solve(
                turn.db, turn.connection.id, now=turn.now, messages=[company_file.RESTORED]
            )
        elif missing:
            lost = company_file.lose_records(turn.db, turn.connection, [missing[0].record_id])
            turn.tell("gone-from-quickbooks", {"thing": thing(missing[0])}, missing[0])
            send_again.after_deletion(turn.db, turn.connection, lost, turn.now)

    def _looked_for(self, turn: Turn) -> tuple[Sequence[Posting], Sequence[Posting]]:
        """Our newest records that were asked for, and those of them that the file does not have."""
        notes = turn.notes(self.name)
        looked = notes.get("looked", [])
        seen = set(notes.get("seen", []))
        asked = [p for p in _newest(turn) if f"newest:{p.kind.value}" in looked]
        return asked, [posting for posting in asked if posting.record_id not in seen]


def _newest(turn: Turn) -> Sequence[Posting]:
    """Our newest transactions in QuickBooks, as the ledger knows them: of orders of which something
    was deleted with an answer that was lost, nothing is known yet. While a restored backup is in
    question, some of those that were missed."""
    missed = turn.connection.write_block_details.get("record_ids", [])
    if turn.connection.write_block == company_file.RESTORED and missed:
        return _posted_as(turn, missed[:NEWEST])
    removals_sent = select(Posting.order_id).where(
        Posting.connection_id == turn.connection.id,
        Posting.kind == Kind.REMOVAL,
        Posting.state == State.SENT,
    )
    return turn.db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == turn.connection.id,
            Posting.kind.in_(list(TXN_KINDS)),
            Posting.state == State.POSTED,
            Posting.posted_at.is_not(None),
            Posting.linked.is_(False),
            Posting.order_id.not_in(removals_sent),
        )
        .order_by(Posting.posted_at.desc(), Posting.id.desc())
        .limit(NEWEST)
    ).all()


def _posted_as(turn: Turn, record_ids: Sequence[str]) -> Sequence[Posting]:
    return turn.db.scalars(
        select(Posting)
        .where(
            Posting.connection_id == turn.connection.id,
            Posting.kind.in_(list(TXN_KINDS)),
            Posting.state == State.POSTED,
            Posting.record_id.in_(record_ids),
        )
        .order_by(Posting.id)
    ).all()


def _answered(response: object) -> bool:
    return bool(getattr(response, "ok", False))


def _file_ids(connection: Connection, company: CompanyRecord | None) -> list[str]:
    """Every FileID that the company file holds under our OwnerID."""
    if company is None:
        return []
    return [
        ext.value
        for ext in company.ext
        if ext.name == "FileID" and ext.owner_id.lower() == connection.owner_id.lower()
    ]


def _company_facts(company: CompanyRecord) -> dict[str, object]:
    divided = company.accountant_copy_dividing_date
    return {"dividing_date": divided.isoformat() if divided else ""}


def _host_facts(host: HostRecord) -> dict[str, object]:
    return {
        "product": host.product,
        "version": f"{host.major}.{host.minor}",
        "country": host.country,
        "file_mode": host.file_mode,
        "versions": list(host.versions),
    }


def _preference_facts(preferences: PreferencesRecord) -> dict[str, object]:
    closing = preferences.closing_date
    return {
        "closing_date": closing.isoformat() if closing else "",
        "sales_tax": preferences.sales_tax,
        "non_taxable_code": preferences.non_taxable_code_list_id if preferences.sales_tax else "",
        "taxable_code": preferences.taxable_code_list_id if preferences.sales_tax else "",
        "multi_currency": preferences.multi_currency,
        "home_currency_name": preferences.home_currency_name,
    }
