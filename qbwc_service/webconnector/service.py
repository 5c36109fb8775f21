"""The eight calls of the Web Connector over the ledger: one short transaction each, answers two.

State lives in the database, so any process can serve any call. No call waits for Keap.
"""

import logging

from sqlalchemy.orm import Session

from qbwc_service import __version__
from qbwc_service.clock import Clock, utc_now
from qbwc_service.database import Database, DatabaseBusy
from qbwc_service.ledger import (
    calls,
    company_file_leases,
    drain,
    error_log,
    live_sessions,
    message_sets,
    pausing,
    queue,
    trail,
)
from qbwc_service.ledger.models import LONGEST_HRESULT, Connection, MessageSet
from qbwc_service.secrecy import Secrecy, new_ticket
from qbwc_service.webconnector import (
    answers,
    idle_poll,
    last_error,
    pipeline,
    quiet,
    refusals,
    sessions,
    suspended,
)
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.driver import next_message_set
from qbwc_service.webconnector.log_in import recognise
from qbwc_service.webconnector.phases import identify
from qbwc_service.webconnector.turn import Turn
from qbxml_builders.answers import parse_hcp
from qbxml_builders.statuses import hresult as hresult_of

log = logging.getLogger(__name__)

NOT_A_USER = ["", "nvu"]
#: an update that never began is closed all the same, without a ticket
NOTHING_TO_CLOSE = "Nothing to do."
ERROR = -1
CONNECTION_ERROR = "connection-error"
#: another company file is open, or the one we remember could not be opened
OTHER_FILE = frozenset({"0x8004040A", "0x80040403"})
DONE = 100
#: a service that is about to be replaced is asked again after this
DRAIN_SECONDS = 60
DRAINING = "Busy: the service is about to be restarted."
OTHER_LINK = "Busy: another link is at work on the same company file."
#: an answer is stored, and read by the call for the next message
STORED = 1
#: seconds that a call waits for whoever works on the same connection, before it gives up
PATIENCE = 1.5
#: so often an answer is tried to be stored: without it recovery would have to ask QuickBooks
_TRIES_TO_STORE = 6

SOLVED_BY_A_GOOD_SESSION = (
    *refusals.CAUSES_NOT_OPENED,
    "session-broken",
    "answer-unreadable",
    "company-file-busy",
)
SOLVED_BY_WRITING = ("check-refused", "waiting-for-other-computer")


class Service:
    """What the SOAP adapter calls (see webconnector.contract for the meaning of each answer)."""

    def __init__(self, database: Database, secrecy: Secrecy, clock: Clock = utc_now) -> None:
        self._database = database.waiting_at_most(PATIENCE)
        self._secrecy = secrecy
        self._clock = clock

    def server_version(self, caller: Caller) -> str:
        return f"Keap to QuickBooks {__version__}"

    def client_version(self, caller: Caller, version: str) -> str:
        """Every version may go on: "W:" would open a dialog that blocks unattended runs."""
        log.info("Web Connector %s calls", version[:40], extra={"connection": caller.connection})
        return ""

    def authenticate(self, caller: Caller, user_name: str, password: str) -> list[str]:
        now = self._clock()
        with self._database.reading() as db:
            nothing = idle_poll.answer(db, self._secrecy, caller, user_name, password, now)
            if nothing is not None:
                return nothing
        with self._database.writing("authenticate") as db:
            connection = recognise(db, self._secrecy, caller, user_name, password, now)
            if connection is None:
                return NOT_A_USER
            calls.note_call(connection, now)
            live = live_sessions.live_session(db, connection.id)
            if sessions.is_busy(live, db, caller.remote_address, now):
                return ["", "busy", sessions.seconds_of_patience(live, now)]
            if live is not None:
                sessions.replace(live, now)
                message_sets.discard_unsent(db, connection.id, now)
            if suspended.is_to_be_told(db, connection, now):
                ticket = new_ticket()
                session = sessions.begin(db, connection, ticket, caller.remote_address, now)
                turn = Turn(db, connection, session, now)
                turn.stop(pausing.SUSPENDED, pausing.details_of(connection))
                return [ticket, connection.company_file]
            if connection.paused or not sessions.work_is_due(db, connection, now):
                connection.last_contact_result = idle_poll.result(connection, now)
                return quiet.nothing_for_now(connection, now)
            if drain.current(db) is not None:
                connection.last_contact_result = DRAINING
                return ["", "busy", str(DRAIN_SECONDS)]
            other = company_file_leases.take(db, connection.id, connection.shared_with, now)
            if other is not None:
                connection.last_contact_result = OTHER_LINK
                return ["", "busy", sessions.seconds_of_patience(other, now)]
            ticket = new_ticket()
            session = sessions.begin(db, connection, ticket, caller.remote_address, now)
            answers.apply_stored(Turn(db, connection, session, now))
            return [ticket, connection.company_file]

    def send_request_xml(
        self,
        caller: Caller,
        ticket: str,
        hcp_response: str,
        company_file_name: str,
        country: str,
        major_version: int,
        minor_version: int,
    ) -> str:
        with self._database.writing("send") as db:
            turn = self._turn(db, caller, ticket)
            if turn is None or turn.session.ended_at is not None or turn.session.trouble:
                # A session that was stopped stays so, whatever its client goes on asking.
                return ""
            session = turn.session
            if company_file_name:
                session.company_file = company_file_name
            if not session.notes.get(identify.Identify.name):
                identify.learn(turn, parse_hcp(hcp_response))
            message_set = self._to_hand_out(turn)
            if message_set is None:
                return ""
            session.round_trips += 1
            return message_sets.hand_out(
                message_set, session, clock=turn.connection.quickbooks_clock, now=turn.now
            )

    def receive_response_xml(
        self, caller: Caller, ticket: str, response: str, hresult: str, message: str
    ) -> int:
        """The raw answer is stored in its own transaction before anything reads it."""
        for tries_left in reversed(range(_TRIES_TO_STORE)):
            try:
                stored = self._store(caller, ticket, response, hresult, message)
                break
            except DatabaseBusy as busy:
                log.warning("an answer waits: %s", busy, extra={"connection": caller.connection})
                if not tries_left:
                    raise
        if stored is None:
            return ERROR
        message_set_id, progress = stored
        if progress is not None:
            return progress
        try:
            return self._apply(caller, ticket, message_set_id)
        except DatabaseBusy as busy:
            log.warning(
                "an answer is read later: %s", busy, extra={"connection": caller.connection}
            )
            return STORED

    def _store(
        self, caller: Caller, ticket: str, response: str, hresult: str, message: str
    ) -> tuple[int, int | None] | None:
        """The id of the answered set, and what was said where the answer came before."""
        with self._database.writing("receive.raw") as db:
            turn = self._turn(db, caller, ticket)
            if turn is None:
                return None
            message_set = self._store_answer(turn, response, hresult, message)
            if message_set is None:
                return None
            was_read = message_set.applied_at is not None
            return message_set.id, message_set.progress if was_read else None

    def _apply(self, caller: Caller, ticket: str, message_set_id: int) -> int:
        with self._database.writing("receive.apply") as db:
            turn = self._turn(db, caller, ticket)
            stored = db.get(MessageSet, message_set_id)
            if turn is None or stored is None:
                return ERROR
            if stored.applied_at is not None and stored.progress is not None:
                # The same answer was delivered twice at once, and the other call was quicker.
                return stored.progress
            answers.apply(turn, stored)
            stored.progress = self._progress(turn)
            return stored.progress

    def connection_error(self, caller: Caller, ticket: str, hresult: str, message: str) -> str:
        """The Web Connector could not open QuickBooks. Where only the remembered file could not be
        opened, the open one is tried once (identify then tells whether it is ours)."""
        with self._database.writing("connection-error") as db:
            turn = self._turn(db, caller, ticket)
            if turn is None or turn.session.ended_at is not None:
                return "done"
            if turn.session.trouble:
                # It was to be told something, and needs no QuickBooks for that.
                self._end(turn, last_error.of_session(turn.session))
                return "done"
            known = hresult_of(hresult)
            tried = turn.notes(CONNECTION_ERROR)
            if not tried and known.code in OTHER_FILE and turn.connection.company_file:
                turn.note(CONNECTION_ERROR, {"code": hresult})
                return ""
            details = {
                "meaning": known.meaning,
                "advice": known.advice,
                "code": hresult,
                "reason": message,
            }
            turn.stop(refusals.not_opened(hresult), details)
            self._end(turn, last_error.of_session(turn.session))
        return "done"

    def get_last_error(self, caller: Caller, ticket: str) -> str:
        with self._database.reading() as db:
            session = sessions.session_of(db, ticket)
            if session is not None and caller.connection:
                connection = db.get(Connection, session.connection_id)
                if connection is None or connection.name != caller.connection:
                    session = None
            return last_error.of_call(db, session)

    def close_connection(self, caller: Caller, ticket: str) -> str:
        if not ticket:
            return NOTHING_TO_CLOSE
        with self._database.writing("close") as db:
            turn = self._turn(db, caller, ticket)
            if turn is None:
                return NOTHING_TO_CLOSE
            session = turn.session
            if sessions.was_replaced(session):
                session.trouble = sessions.TWO_COMPUTERS
                session.trouble_details = {"address": session.remote_address}
                turn.tell(session.trouble, session.trouble_details)
                return session.result
            result = (
                last_error.of_session(session) if session.trouble else sessions.summary(session)
            )
            self._end(turn, result)
            return session.result

    # -- the parts --------------------------------------------------------------------------------

    def _turn(self, db: Session, caller: Caller, ticket: str) -> Turn | None:
        """The ticket's session with its connection locked; None for a ticket that is not ours."""
        session = sessions.session_of(db, ticket)
        if session is None:
            return None
        connection = sessions.connection_locked(db, session.connection_id)
        if caller.connection not in {"", connection.name}:
            return None
        # Locked: another connection on the same company file may be giving up on a silent session.
        db.refresh(session, with_for_update=True)
        now = self._clock()
        session.last_call_at = now
        connection.last_contact_at = now
        return Turn(db, connection, session, now)

    def _to_hand_out(self, turn: Turn) -> MessageSet | None:
        """The message prepared with the last answer; the same again where a read was not answered;
        recovery where a write was not."""
        newest = message_sets.newest_of(turn.db, turn.session.id)
        if newest is not None and newest.answered_at and newest.applied_at is None:
            answers.apply(turn, newest)
        elif newest is not None and newest.answered_at is None:
            if newest.sent_at is None or not newest.writes:
                return newest
            turn.session.phase = "recover"
            pipeline.clear(turn)
        return next_message_set(turn)

    def _store_answer(
        self, turn: Turn, response: str, hresult: str, message: str
    ) -> MessageSet | None:
        """Keep what came, as it came, with the message that it answers; a second delivery of the
        same answer changes nothing."""
        newest = message_sets.newest_of(turn.db, turn.session.id)
        if newest is not None and newest.sent_at is None:
            newest = message_sets.before(turn.db, newest)
        if newest is None:
            return None
        if newest.answered_at is None:
            newest.answer = response
            newest.hresult = hresult[:LONGEST_HRESULT]
            newest.message = message
            newest.answered_at = turn.now
            trail.message(newest, f"answered {hresult[:LONGEST_HRESULT]}".strip())
        return newest

    def _progress(self, turn: Turn) -> int:
        """1..99 while there is another message (prepared here), 100 when done, -1 to stop."""
        if turn.session.ended_at is not None or turn.session.trouble:
            return ERROR
        if next_message_set(turn) is None:
            return ERROR if turn.is_stopped() else DONE
        done = turn.session.posted
        waiting = queue.count_work(turn.db, turn.connection.id)
        return max(1, min(99, 100 * done // max(1, done + waiting)))

    def _end(self, turn: Turn, result: str) -> None:
        """End the session; a session without trouble closes the connection's own entries."""
        live_sessions.end(turn.session, turn.now, result)
        message_sets.discard_unsent(turn.db, turn.connection.id, turn.now)
        turn.connection.last_contact_result = turn.session.result
        if not turn.session.trouble:
            solved: tuple[str, ...] = SOLVED_BY_A_GOOD_SESSION
            if not turn.session.read_only:
                solved += SOLVED_BY_WRITING
            error_log.solve(turn.db, turn.connection.id, now=turn.now, messages=solved)
