"""What people change about rules: the only place that writes the table of rules.

Every change belongs to one connection, leaves a line of history, and has what is not sent yet
planned again. What is in QuickBooks stays as it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from qbwc_service.ledger import chosen_entries, history, queue
from qbwc_service.ledger.chosen_slice import lists_read
from qbwc_service.ledger.list_entries import ChoiceRefused, find_entry
from qbwc_service.ledger.models import Connection, KeapOrder, RuleHit
from qbwc_service.ledger.models import Rule as RuleRow
from qbwc_service.ledger.stored_rules import rows_of_connection, rule_of, stored
from qbwc_service.matching.keys import name_key
from qbwc_service.planning.rule import Rule, RuleRefused
from qbwc_service.planning.rule_words import sentence
from qbwc_service.planning.rules import SKIPPED

#: orders are compared with each of them
MOST_RULES = 100


class Rules:
    """A person's changes to the rules of one connection, inside one write transaction.

    All of them raise RuleRefused, and then nothing was changed.
    """

    def __init__(self, db: Session, connection: Connection, who: str, now: datetime) -> None:
        self._db = db
        self._connection = connection
        self._who = who
        self._now = now

    def add(self, rule: Rule, *, is_on: bool = True) -> RuleRow:
        """At the end, where it leaves what other rules set as it is."""
        rows = self._rows()
        if len(rows) >= MOST_RULES:
            raise RuleRefused(f"There are {MOST_RULES} rules already; delete one first")
        self._check(rule, rows)
        row = RuleRow(
            connection_id=self._connection.id,
            position=rows[-1].position + 1 if rows else 0,
            is_on=is_on,
        )
        self._db.add(row)
        self._fill(row, rule)
        self._done(f'Rule "{rule.name}" added: {sentence(rule)}')
        return row

    def change(self, rule_id: int, rule: Rule) -> RuleRow:
        """Another rule in the same place."""
        rows = self._rows()
        row = _found(rows, rule_id)
        self._check(rule, [other for other in rows if other is not row])
        self._fill(row, rule)
        self._done(f'Rule "{rule.name}" changed: {sentence(rule)}')
        return row

    def move(self, rule_id: int, place: int) -> RuleRow:
        """To this place, counted from 1 at the top; the first and the last place end it."""
        rows = self._rows()
        row = _found(rows, rule_id)
        others = [other for other in rows if other is not row]
        place = min(max(place, 1), len(rows))
        ordered = [*others[: place - 1], row, *others[place - 1 :]]
        if ordered == rows:
            return row
        for position, each in enumerate(ordered):
            each.position = position
        self._done(f'Rule "{row.name}" moved to place {place}')
        return row

    def switch(self, rule_id: int, *, is_on: bool) -> RuleRow:
        row = _found(self._rows(), rule_id)
        if is_on:
            self._check_entries(rule_of(row))
        if row.is_on is not is_on:
            row.is_on = is_on
            self._done(f'Rule "{row.name}" switched {"on" if is_on else "off"}')
        return row

    def remove(self, rule_id: int) -> RuleRow:
        row = _found(self._rows(), rule_id)
        self._db.execute(
            delete(RuleHit).where(
                RuleHit.connection_id == self._connection.id, RuleHit.rule_id == row.id
            )
        )
        self._db.delete(row)
        self._done(f'Rule "{row.name}" deleted: {sentence(rule_of(row))}')
        return row

    def take(self, rules: Iterable[tuple[Rule, bool]]) -> None:
        """Rules of a file, each with whether it is on: in place of one of the same name, else at
        the end; the others stay."""
        for rule, is_on in rules:
            known = [row for row in self._rows() if name_key(row.name) == name_key(rule.name)]
            if known:
                self.change(known[0].id, rule).is_on = is_on
            else:
                self.add(rule, is_on=is_on)

    def place(self, rule_id: int) -> int:
        """Where it stands, counted from 1 at the top."""
        rows = self._rows()
        return rows.index(_found(rows, rule_id)) + 1

    def numbered(self, number: int) -> RuleRow:
        """The rule in this place, counted from 1 at the top."""
        rows = self._rows()
        if not 1 <= number <= len(rows):
            raise RuleRefused(f"There is no rule number {number}")
        return rows[number - 1]

    def _rows(self) -> list[RuleRow]:
        return list(rows_of_connection(self._db, self._connection.id))

    def _check(self, rule: Rule, others: Sequence[RuleRow]) -> None:
        if name_key(rule.name) in {name_key(other.name) for other in others}:
            raise RuleRefused(f'Another rule is called "{rule.name}"; choose another name')
        self._check_entries(rule)

    def _check_entries(self, rule: Rule) -> None:
        """Whether QuickBooks has what it names; a list that was never read has no say."""
        named = rule.named_entries()
        read = lists_read(self._db, self._connection.id) if named else frozenset()
        for setting, full_name in named:
            if setting.list_name not in read:
                continue
            try:
                find_entry(
                    self._db,
                    self._connection.id,
                    setting.list_name,
                    full_name,
                    setting.entry_kinds,
                )
            except ChoiceRefused as error:
                raise RuleRefused(str(error).removesuffix(".")) from error

    def _fill(self, row: RuleRow, rule: Rule) -> None:
        row.name = rule.name
        row.conditions = stored(rule.conditions)
        row.actions = stored(rule.actions)
        row.made_by = self._who
        row.made_at = self._now

    def _done(self, text: str) -> None:
        self._db.flush()
        queue.plan_again(self._db, self._connection, self._now)
        chosen_entries.check(self._db, self._connection, self._now)
        self._db.execute(
            update(KeapOrder)
            .where(KeapOrder.connection_id == self._connection.id, KeapOrder.skip == SKIPPED)
            .values(needs_plan=True, has_work=True),
            execution_options={"synchronize_session": "fetch"},
        )
        history.note(self._db, self._connection.id, text, now=self._now, who=self._who)


def _found(rows: Sequence[RuleRow], rule_id: int) -> RuleRow:
    for row in rows:
        if row.id == rule_id:
            return row
    raise RuleRefused("The rule is no longer there; somebody has deleted it")
