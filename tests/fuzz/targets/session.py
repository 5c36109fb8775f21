"""A live session that waits for an answer gets another one; the ledger has to survive it.

    the number of the moment (a byte), of the HRESULT (a byte), answers with NEXT between them

The first answer is for the message that was really handed out; the next ones are for what the
service asks then, in this session or in the one after it. The highest bit of the second byte has
the first answer delivered twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from qbwc_service.ledger.models import MessageSet, Posting
from qbwc_service.ledger.states import State
from qbwc_service.webconnector.contract import Caller
from qbwc_service.webconnector.soap.answers import text as what_xml_carries
from qbxml_builders.answers import AnswerUnreadable, parse
from tests.fuzz.conversation import Exchange, exchanges
from tests.fuzz.listening import listening
from tests.fuzz.lived_in import lived_in
from tests.fuzz.snapshots import Snapshots
from tests.fuzz.target import NEXT, Run, Target, demand, parts
from tests.fuzz.words import QBXML_WORDS
from tests.world import World

_CALLER = Caller("acme", "10.0.0.5")
_HRESULTS = ("", "", "", "0x80040400", "0x80040408", "0x80010105", "0x8004040D", "-1", "\u0663")
_MOST_ANSWERS = 4
_TWICE = 128


@contextmanager
def _open(folder: Path) -> Iterator[Run]:
    with lived_in(folder) as world:
        snapshots = Snapshots(folder / "service.db")
        heard = exchanges(world, snapshots.take)
        last = snapshots.take()
        try:
            yield _Play(world, snapshots, heard).run
        finally:
            snapshots.put_back(last)
            snapshots.close()


class _Play:
    def __init__(self, world: World, snapshots: Snapshots, heard: list[Exchange]) -> None:
        self._world, self._snapshots, self._heard = world, snapshots, heard

    def run(self, data: bytes) -> None:
        moment, code = (data[:2] + b"\0\0")[:2]
        exchange = self._heard[moment % len(self._heard)]
        hresult = _HRESULTS[code % len(_HRESULTS)]
        answers = [
            # Nothing else can come through the envelope, which is XML.
            what_xml_carries(part.decode("utf-8", "replace"))
            for part in parts(data[2:], _MOST_ANSWERS)
        ]
        self._snapshots.put_back(exchange.moment)
        before = self._states()
        with listening() as heard:
            progress = self._answer(exchange.ticket, answers[0], hresult)
            if code >= _TWICE:
                again = self._answer(exchange.ticket, answers[0], hresult)
                demand(again in (progress, -1), f"told twice: {progress}, then {again}")
            self._check(before, answers[:1], hresult)
            if len(answers) > 1:
                self._go_on(exchange.ticket, answers[1:])
                self._check(before, answers, hresult)
        demand(not heard, "".join(heard))

    def _answer(self, ticket: str, answer: str, hresult: str = "") -> int:
        service = self._world.service
        progress = service.receive_response_xml(_CALLER, ticket, answer, hresult, "")
        demand(progress == -1 or 1 <= progress <= 100, f"progress {progress}")
        return progress

    def _go_on(self, ticket: str, answers: list[str]) -> None:
        """The rest of the session, then the next one, which has to begin whatever came."""
        service, new = self._world.service, self._world.new
        for answer in answers:
            if not service.send_request_xml(_CALLER, ticket, "", "", "US", 13, 0):
                break
            self._answer(ticket, answer)
        demand(service.get_last_error(_CALLER, ticket), "an empty last error")
        demand(service.close_connection(_CALLER, ticket), "an empty result")
        word = service.authenticate(_CALLER, new.username, new.password)
        demand(word[1] not in ("nvu", "busy"), f"the next session cannot begin: {word}")
        if word[0]:
            hcp = answers[0] if answers else ""
            service.send_request_xml(_CALLER, word[0], hcp, "", "US", 13, 0)
            for answer in answers[1:]:
                self._answer(word[0], answer)
            service.close_connection(_CALLER, word[0])

    def _states(self) -> dict[int, tuple[State, str]]:
        with self._world.database.reading() as db:
            rows = db.execute(select(Posting.id, Posting.state, Posting.record_id))
            return {row.id: (row.state, row.record_id) for row in rows}

    def _check(
        self, before: dict[int, tuple[State, str]], answers: list[str], hresult: str
    ) -> None:
        told = "".join(answers)
        with self._world.database.reading() as db:
            postings = list(db.scalars(select(Posting)))
            open_sets = set(
                db.scalars(
                    select(MessageSet.id).where(
                        MessageSet.writes,
                        MessageSet.sent_at.is_not(None),
                        MessageSet.resolved_at.is_(None),
                    )
                )
            )
            self._check_unread(db, before, answers, hresult)
        records: set[tuple[str, str]] = set()
        # What removes or changes a record goes by the id that it has.
        ids = {record_id for _, record_id in before.values()}
        for posting in postings:
            if posting.state is State.POSTED:
                demand(posting.record_id, "posted without an id")
                demand(
                    posting.record_id in ids or posting.record_id in told,
                    f"posted with {posting.record_id!r}, which nobody told",
                )
                one = (posting.kind.value, posting.record_id)
                demand(one not in records, f"two postings for {one}")
                records.add(one)
            elif posting.state is State.SENT:
                demand(
                    posting.message_set_id in open_sets or self._prepared(posting),
                    "sent in a set that counts as settled",
                )

    def _prepared(self, posting: Posting) -> bool:
        with self._world.database.reading() as db:
            found = db.get(MessageSet, posting.message_set_id)
            return found is not None and found.sent_at is None

    def _check_unread(
        self,
        db: Session,
        before: dict[int, tuple[State, str]],
        answers: list[str],
        hresult: str,
    ) -> None:
        """After one answer that nobody can read, what was sent is still sent."""
        if len(answers) != 1 or hresult or _is_readable(answers[0]):
            return
        for posting in db.scalars(select(Posting)):
            if before.get(posting.id, (None, ""))[0] is State.SENT:
                demand(posting.state is State.SENT, f"an unreadable answer made it {posting.state}")


def _is_readable(text: str) -> bool:
    try:
        parse(text)
    except AnswerUnreadable:
        return False
    return True


def _seeds(folder: Path) -> Iterator[bytes]:
    with lived_in(folder) as world:
        heard = exchanges(world)
    for place in range(len(heard)):
        rest = [each.answer.encode() for each in heard[place : place + 3]]
        yield bytes((place, 0)) + rest[0]
        yield bytes((place, _TWICE)) + rest[0]
        yield bytes((place, 0)) + NEXT.join(rest)
        yield bytes((place, 4)) + NEXT.join((b"", *rest[1:]))


TARGET = Target("session", _open, _seeds, QBXML_WORDS, 32_768)
