"""post: look up, make names, make transactions, in a pipeline (see webconnector.pipeline)."""

from qbwc_service.ledger import message_sets, mirror, standing, states
from qbwc_service.ledger.company_slice import ACCOUNT_LIST, ITEM_LIST
from qbwc_service.ledger.customer_slice import CUSTOMER_LIST
from qbwc_service.ledger.models import Kind, MessageSet, Posting
from qbwc_service.planning.plan import Hold
from qbwc_service.webconnector import (
    composing,
    credit_uses,
    custom_fields,
    customer_updates,
    outcome,
    unclaimed,
)
from qbwc_service.webconnector.batch import load_batch
from qbwc_service.webconnector.changes import CHANGES
from qbwc_service.webconnector.claiming import next_look_up
from qbwc_service.webconnector.landing import Landing
from qbwc_service.webconnector.looked_up import take_look_ups
from qbwc_service.webconnector.pipeline import InFlight, Pipeline, clear
from qbwc_service.webconnector.render import request_id
from qbwc_service.webconnector.suspects import lift, suspect
from qbwc_service.webconnector.turn import Outgoing, Turn
from qbxml_builders.answers import Answer, Response
from qbxml_builders.session import host_query

#: a read that changes nothing: planning goes on with its answer
STILL_PLANNING = "planning"
NEEDED_LISTS = (CUSTOMER_LIST, ITEM_LIST, ACCOUNT_LIST)


class Post:
    """Sends what is ready, in batches."""

    name = "post"

    def next_message(self, turn: Turn) -> Outgoing | None:
        if not turn.may_write or not mirror.is_loaded(turn.db, turn.connection.id, NEEDED_LISTS):
            return None
        line = Pipeline.of(turn)
        while True:
            outgoing = self._compose(turn, line)
            if outgoing.requests or not line.orders:
                line.save(turn)
                return outgoing if outgoing.requests else None

    def take_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        line = Pipeline.of(turn)
        if message_set.sent_at and message_set.answered_at:
            line.pace((message_set.answered_at - message_set.sent_at).total_seconds())
        landed = line.land()
        self._take_writes(turn, message_set, answer)
        take_look_ups(turn, line, landed, answer)
        line.named.extend(landed.names)
        lift(turn, landed.transactions)
        if not (line.looked or line.named):
            line.solo = False
        unclaimed.follow(turn, turn.notes("mirror").get("unclaimed", {}))
        touched = [*landed.transactions, *landed.names, *landed.look_up]
        standing.refresh(turn.db, turn.connection.id, touched)
        line.save(turn)

    def take_late_answer(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        """Its session is over, but what the set wrote still counts; its look-ups are stale."""
        postings = message_sets.postings_of(turn.db, message_set)
        self._take_writes(turn, message_set, answer)
        order_ids = [posting.order_id for posting in postings if posting.order_id is not None]
        standing.refresh(turn.db, turn.connection.id, order_ids)

    def take_refusal(self, turn: Turn, message_set: MessageSet) -> None:
        """QuickBooks could not read the message and ran nothing: halve it until one is alone."""
        landed = Pipeline.of(turn).in_flight
        suspects = [*landed.transactions, *landed.names, *landed.look_up]
        carried_update = False
        for posting in message_sets.postings_of(turn.db, message_set):
            if posting.kind in CHANGES:
                carried_update |= posting.order_id is None
                reason = "QuickBooks could not read the message that it was in"
                CHANGES[posting.kind].not_applied(turn, posting, reason)
            else:
                states.release(posting)
        if len(suspects) <= 1 and not carried_update:
            self._hold_unreadable(turn, suspects)
        elif suspects:
            suspect(turn, suspects)
        clear(turn)
        standing.refresh(turn.db, turn.connection.id, suspects)

    def _compose(self, turn: Turn, line: Pipeline) -> Outgoing:
        """One step of every station; may come out empty while orders still wait."""
        named, line.named = line.named, []
        sending, waiting = composing.transactions(turn, line, named)
        line.named = waiting
        names, line.looked = line.looked, []
        name_requests = composing.names(turn, line, names)
        claim = next_look_up(turn, line, exclude={*named, *names})
        sent_orders = [order for order in named if order not in waiting]
        line.in_flight = InFlight(
            sent_orders if sending else [],
            names if name_requests else [],
            claim.order_ids,
            claim.posting_ids,
            [request.request_id for request in claim.requests],
        )
        if not name_requests:
            line.named.extend(names)
        # Before the transactions of the same customer, which may change its EditSequence.
        updates = [] if line.solo else customer_updates.to_send(turn, line.limit)
        writes = [*updates, *sending, *name_requests]
        sent = {posting.id for posting, _ in writes}
        line.cleared = [posting_id for posting_id in line.cleared if posting_id not in sent]
        line.there = {k: v for k, v in line.there.items() if int(k) not in sent}
        postings = tuple(dict.fromkeys(posting for posting, _ in writes))
        behind = [
            *credit_uses.readings(turn, postings),
            *custom_fields.readings(turn, postings),
        ]
        requests = (*(request for _, request in writes), *behind, *claim.requests)
        if not requests and claim.more:
            requests = (host_query(STILL_PLANNING),)
        return Outgoing(requests, postings)

    def _take_writes(self, turn: Turn, message_set: MessageSet, answer: Answer) -> None:
        by_id = {response.request_id: response for response in answer.responses}
        postings = sorted(message_sets.postings_of(turn.db, message_set), key=_place)
        answered = [(p, by_id[request_id(p)]) for p in postings if request_id(p) in by_id]
        records = [record for _, response in answered for record in response.records]
        with Landing(turn, postings, records) as landing:
            for posting, response in answered:
                if posting.kind in CHANGES:
                    CHANGES[posting.kind].take(turn, posting, response, by_id)
                else:
                    self._take_write(turn, landing, posting, response)

    def _take_write(
        self, turn: Turn, landing: Landing, posting: Posting, response: Response
    ) -> None:
        """Made or refused. Neither (done, but its record is not among the answers): unresolved."""
        if response.ok:
            record = landing.record_among(posting, response.records)
            if record is not None:
                landing.made(posting, record)
            return
        outcome.refused(turn, posting, response)

    def _hold_unreadable(self, turn: Turn, order_ids: list[int]) -> None:
        for order in load_batch(turn, order_ids).orders:
            for posting in order.ready:
                details = {"order": str(order.order_id)}
                outcome.hold(turn, posting, Hold("message-unreadable", details))


def _place(posting: Posting) -> int:
    """What others refer to comes before them."""
    return list(Kind).index(posting.kind)
