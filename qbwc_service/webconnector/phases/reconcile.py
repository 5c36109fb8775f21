"""reconcile: read the period's transactions, and hold them against what was posted.

Last in the session, after everything was sent; it only reads. All kinds travel in one message, and
their further pages together. Iterators end with the QuickBooks session (qbXML OSR), so a reading
that was cut begins anew in the next one. What is ours and was not met in the period is asked for by
TxnID at the end: a person may have moved its date; only what QuickBooks does not know is gone.

Checks are asked for by TxnID alone: a company writes many, and ours are the few that refund.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, or_, select

from qbwc_service.ledger import company_file, error_log
from qbwc_service.ledger.models import (
    Kind,
    MessageSet,
    Posting,
    QuickbooksTxn,
    Reconciliation,
    ReconciliationState,
)
from qbwc_service.ledger.reconcile import runs, txns
from qbwc_service.ledger.states import State
from qbwc_service.webconnector import comparing, thin_rows
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbwc_service.webconnector.txn_kinds import TXN_KINDS
from qbxml_builders.answers import Answer, Response
from qbxml_builders.elements import Request
from qbxml_builders.lists import Page
from qbxml_builders.statuses import Reaction, classify

PAGE = 200
#: TxnIDs in one request, and in one message
_KEYS_A_REQUEST, _KEYS_A_MESSAGE = 50, 250
_BY_DATE = tuple(kind for kind in TXN_KINDS if kind is not Kind.CHECK_REFUND)
_PAGE, _THERE = "page", "there"
_GIVEN_UP = "quickbooks-not-compared"
#: how often a kind is begun anew in one session
_BEGINNINGS = 3


class Reconcile:
    """Reads a period that is due, page by page."""

    name = "reconcile"

    def next_message(self, turn: Turn) -> Outgoing | None:
        if not turn.may_write:
            return None  # whose file this is, or which backup of it, is not known
        notes = turn.notes(self.name) or self._begin(turn)
        run = _run(turn, notes)
        if run is None:
            return None
        requests = [
            thin_rows.ask(
                Kind(kind),
                f"{_PAGE}:{kind}",
                dates=(run.first_day, run.last_day),
                page=Page(PAGE, how["iterator"]),
            )
            for kind, how in notes["open"].items()
        ]
        if not requests:
            requests = list(self._missing(turn, run, notes))
        if not requests:
            self._finish(turn, run, notes)
        turn.note(self.name, notes)
        return Outgoing(tuple(requests)) if requests else None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        notes = turn.notes(self.name)
        run = _run(turn, notes)
        if turn.session.ended_at is not None or run is None:
            return  # the next session begins the reading anew
        responses = {response.request_id: response for response in answer.responses}
        read = [
            each for response in answer.responses for each in thin_rows.read_txns(response.records)
        ]
        turn.count_read("transactions", len(read))
        txns.store(turn.db, turn.connection.id, read, seen_in=turn.session.id)
        comparing.compare(turn, run, read)
        for kind in list(notes["open"]):
            self._turn_page(run, notes, kind, responses.get(f"{_PAGE}:{kind}"))
        self._note_gone(run, notes, responses, {each.txn_id for each in read})
        turn.note(self.name, notes)

    def _begin(self, turn: Turn) -> dict[str, Any]:
        run = runs.begin(turn.db, turn.connection, turn.now)
        if run is not None and run.state is ReconciliationState.GIVEN_UP:
            turn.tell(_GIVEN_UP, _days(run))
            run = None
        notes: dict[str, Any] = {
            "run": run.id if run else None,
            "open": {kind.value: {"iterator": "", "begun": 1} for kind in _BY_DATE},
            "asking": {},
            "up_to": 0,
            "gone": [],
        }
        turn.note(self.name, notes)
        return notes

    def _turn_page(
        self, run: Reconciliation, notes: dict[str, Any], kind: str, response: Response | None
    ) -> None:
        how = notes["open"][kind]
        if response is not None and (response.ok or response.empty):
            run.counts = {**run.counts, kind: run.counts.get(kind, 0) + len(response.records)}
            if response.iterator_remaining and response.records:
                how["iterator"] = response.iterator_id
            else:
                del notes["open"][kind]
            return
        reaction = _reaction(response)
        if reaction is Reaction.ITERATOR_LOST and how["begun"] < _BEGINNINGS:
            how["begun"] += 1
            how["iterator"] = ""
        elif reaction in {Reaction.ITERATOR_LOST, Reaction.RETRY}:
            notes["run"] = None  # it passes by itself: the next session begins anew
        else:
            del notes["open"][kind]
            _leave(run, kind, response)

    def _missing(self, turn: Turn, run: Reconciliation, notes: dict[str, Any]) -> Iterator[Request]:
        """The next of ours that belong into the period and were not met there."""
        day = func.coalesce(
            Posting.payload["placed_on"].as_string(), Posting.payload["paid_on"].as_string()
        )
        first, last = run.first_day, run.last_day
        asked = turn.db.execute(
            select(Posting.id, Posting.kind, Posting.record_id)
            .outerjoin(
                QuickbooksTxn,
                and_(
                    QuickbooksTxn.connection_id == Posting.connection_id,
                    QuickbooksTxn.kind == Posting.kind,
                    QuickbooksTxn.txn_id == Posting.record_id,
                ),
            )
            .where(
                Posting.connection_id == turn.connection.id,
                Posting.kind.in_([kind for kind in TXN_KINDS if kind.value not in run.unread]),
                Posting.state == State.POSTED,
                Posting.posted_at <= run.began_at,
                Posting.id > notes["up_to"],
                or_(
                    and_(
                        QuickbooksTxn.seen_in != turn.session.id,
                        QuickbooksTxn.txn_date.between(first, last),
                    ),
                    and_(
                        QuickbooksTxn.id.is_(None),
                        or_(day.is_(None), day.between(first.isoformat(), last.isoformat())),
                    ),
                ),
            )
            .order_by(Posting.id)
            .limit(_KEYS_A_MESSAGE)
        ).all()
        notes["asking"] = {}
        for kind in TXN_KINDS:
            of_kind = {row.record_id: row.id for row in asked if row.kind is kind}
            for start in range(0, len(of_kind), _KEYS_A_REQUEST):
                keys = list(of_kind)[start : start + _KEYS_A_REQUEST]
                request_id = f"{_THERE}:{start}:{kind.value}"
                notes["asking"][request_id] = {key: of_kind[key] for key in keys}
                yield thin_rows.ask(kind, request_id, txn_ids=keys)
        notes["up_to"] = max((row.id for row in asked), default=notes["up_to"])

    def _note_gone(
        self,
        run: Reconciliation,
        notes: dict[str, Any],
        responses: dict[str, Response],
        read: set[str],
    ) -> None:
        for request_id, asked in notes["asking"].items():
            response = responses.get(request_id)
            if response is not None and (response.ok or response.empty):
                notes["gone"] += [row for txn_id, row in asked.items() if txn_id not in read]
            elif _reaction(response) is Reaction.RETRY:
                notes["run"] = None
            else:
                _leave(run, request_id.rpartition(":")[2], response)
        notes["asking"] = {}

    def _finish(self, turn: Turn, run: Reconciliation, notes: dict[str, Any]) -> None:
        is_whole = not notes["gone"] or comparing.lose(turn, run, notes["gone"])
        if is_whole:
            txns.forget_unseen(
                turn.db,
                turn.connection.id,
                (run.first_day, run.last_day),
                seen_in=turn.session.id,
                except_kinds=[Kind(kind) for kind in run.unread],
            )
            solved = [_GIVEN_UP, company_file.RESTORED]
            error_log.solve(turn.db, turn.connection.id, now=turn.now, messages=solved)
        run.state, run.ended_at = ReconciliationState.DONE, turn.now
        notes["run"] = None


def _run(turn: Turn, notes: dict[str, Any]) -> Reconciliation | None:
    run_id = notes.get("run")
    return turn.db.get(Reconciliation, run_id) if run_id is not None else None


def _reaction(response: Response | None) -> Reaction:
    """An answer that lacks a part is asked for again, with the whole reading."""
    if response is None:
        return Reaction.RETRY
    return classify(response.status_code, response.message).reaction


def _leave(run: Reconciliation, kind: str, response: Response | None) -> None:
    """QuickBooks does not show us this kind (sales orders in Pro): it is not compared."""
    run.unread = {**run.unread, kind: response.message if response else ""}


def _days(run: Reconciliation) -> dict[str, object]:
    return {"first_day": run.first_day.isoformat(), "last_day": run.last_day.isoformat()}
