"""One random history, told by its seed: acts and faulty sessions, then rest, then the judgement."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from qbwc_service.demo.quickbooks import Crash
from qbwc_service.demo.web_connector.outcome import Ended
from qbwc_service.ledger.models import KeapOrder, MessageSet, Posting
from tests.faults import book_acts, keap_acts, page_acts, restores, session_faults
from tests.faults.judged import Complaint, judge
from tests.faults.model import Model
from tests.faults.scene import Scene
from tests.faults.session_faults import FAULTS, PC, SECOND_PC, Fault
from tests.faults.stage import Stage

Act = Callable[[Scene], bool]
T = TypeVar("T")
STEPS = 26
SESSIONS_TO_REST = 30

#: how often each is chosen
ACTS: dict[Act, int] = {
    keap_acts.new_orders: 10,
    keap_acts.later_payment: 8,
    keap_acts.refund: 2,
    keap_acts.store_credit: 1,
    keap_acts.edit_order: 1,
    keap_acts.void_payment: 1,
    keap_acts.power_cut: 3,
    book_acts.rename_customer: 2,
    book_acts.renumber: 3,
    book_acts.renumber_payment: 1,
    book_acts.redate: 1,
    book_acts.move: 1,
    book_acts.edit_line: 1,
    book_acts.delete_invoice: 1,
    book_acts.delete_payment: 1,
    book_acts.type_payment: 2,
    book_acts.type_coming_payment: 2,
    book_acts.take_number: 1,
    page_acts.requeue: 1,
    page_acts.hold: 1,
    page_acts.skip: 1,
    page_acts.pay_between_hold_and_skip: 1,
    page_acts.skip_payment: 1,
    page_acts.accept: 1,
    page_acts.undo: 1,
    page_acts.link: 1,
    page_acts.approve: 2,
    page_acts.requeue_what_is_gone: 2,
    page_acts.answer_restored: 1,
    restores.copy_company: 4,
    restores.restore_company: 3,
    restores.copy_database: 4,
    restores.restore_database: 4,
}


class History:
    """Plays one history in a folder of its own; `close()` when done."""

    def __init__(self, folder: Path, seed: int, database_url: str = "") -> None:
        self.seed = seed
        self.dice = random.Random(f"history {seed}")
        memory = self.dice.choice((1, 1, 1, 0, 2))
        stage = Stage(folder, database_url, memory=memory)
        stage.set(
            credit_item="Keap Credit",
            refund_item="Keap Refund",
            refunds_to_approve=self.dice.choice(("0", "10")),
        )
        self.scene = Scene(stage, Model(stage.connection().uid), self.dice)
        self.scene.say(f"QuickBooks keeps {memory} answers")

    def close(self, *, checking: bool = True) -> None:
        self.scene.stage.close(checking=checking)

    def play(self, steps: int = STEPS) -> list[Complaint]:
        """What is wrong at the end, nothing where all is right."""
        self._act(keap_acts.new_orders)
        self._act(restores.copy_company)
        self._act(restores.copy_database)
        for _ in range(steps):
            self.step()
        return self.end()

    def step(self) -> None:
        """A session with one or two faults, or something that somebody does."""
        if self.dice.random() < 0.58:
            self.faulty_session()
        else:
            self._act(_chosen(self.dice, ACTS))
        self.pass_time()

    def faulty_session(self, fault: Fault | None = None) -> None:
        if self.dice.random() < 0.55:
            # Something to send, so that there is something to lose.
            self._act(self.dice.choice((keap_acts.new_orders, keap_acts.later_payment)))
        chosen = [fault or _chosen(self.dice, FAULTS)]
        if self.dice.random() < 0.25:
            chosen.append(_chosen(self.dice, FAULTS))
        address = SECOND_PC if self.dice.random() < 0.12 else PC
        result = session_faults.run(self.scene, address, list(dict.fromkeys(chosen)))
        self.scene.say(f"    {result.ended}: {result.status}")

    def pass_time(self) -> None:
        clock = self.scene.stage.clock
        clock.pass_time(seconds=self.dice.randint(1, 90))
        if self.dice.random() < 0.25:
            clock.pass_time(minutes=self.dice.choice((2, 11, 11, 70, 21 * 60)))

    def end(self) -> list[Complaint]:
        """Come to rest, let QuickBooks be compared, and judge."""
        scene = self.scene
        scene.stage.company.crash = Crash()
        scene.say("-- nothing goes wrong any more --")
        if not self._come_to_rest():
            return [Complaint("never at rest", f"still at work after {SESSIONS_TO_REST} sessions")]
        scene.stage.clock.pass_time(hours=21)
        if not self._come_to_rest():
            return [Complaint("never at rest", "still at work after comparing")]
        found = judge(scene)
        scene.tally.histories += 1
        scene.tally.complaints.update(each.kind for each in found)
        return found

    def _act(self, act: Act) -> None:
        act(self.scene)

    def _come_to_rest(self) -> bool:
        """Until nothing moves any more; lists may be read again and again while orders wait."""
        quiet = 0
        for _ in range(SESSIONS_TO_REST):
            self.scene.stage.clock.pass_time(minutes=61)
            before = self._moving()
            result = session_faults.run(self.scene, PC, [])
            self.scene.say(f"    {result.ended}: {result.status}")
            answered = page_acts.answer_restored(self.scene)
            quiet = 0 if answered or self._moving() != before else quiet + 1
            if (quiet and result.ended is Ended.NONE) or quiet == 3:
                return True
        return False

    def _moving(self) -> tuple[object, ...]:
        """What an update that still has work changes."""
        with self.scene.stage.database.reading() as db:
            written = db.scalar(select(func.count()).where(MessageSet.writes))
            waiting = db.scalar(select(func.count()).where(KeapOrder.has_work))
            states = db.execute(select(Posting.id, Posting.state).order_by(Posting.id)).all()
        return written, waiting, tuple(tuple(row) for row in states)


def _chosen(dice: random.Random, weighted: Mapping[T, int]) -> T:
    return dice.choices(list(weighted), list(weighted.values()))[0]
