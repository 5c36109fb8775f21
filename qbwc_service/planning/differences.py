"""What changed between a form as it was sent and as Keap has it now, in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from qbwc_service.planning.money import shown
from qbwc_service.planning.plan import ListRef, PlannedLine, PlannedSale

#: ListIDs of what postings of ours made
Made = Mapping[ListRef, str]


def as_sent(now: PlannedSale, was: PlannedSale, made: Made) -> PlannedSale:
    """`now` with what an edit in Keap does not change: the number, a date that was moved out of a
    closed period, and the references that mean the same record as before."""
    known = {_list_id(ref, made): ref for ref in (was.customer, *(line.item for line in was.lines))}
    known.pop("", None)
    was_moved = f"dated {now.placed_on.isoformat()}" in was.memo
    return replace(
        now,
        number=was.number,
        full_number=was.full_number,
        form=was.form,
        placed_on=was.placed_on if was_moved else now.placed_on,
        due_on=was.due_on if was_moved else now.due_on,
        customer=known.get(_list_id(now.customer, made), now.customer),
        lines=tuple(
            replace(line, item=known.get(_list_id(line.item, made), line.item))
            for line in now.lines
        ),
    )


def differences(was: PlannedSale, now: PlannedSale) -> tuple[str, ...]:
    """Total, date, customer, tax and lines; `now` as `as_sent` gives it. Nothing where the form
    would be the same."""
    return tuple(_differences(was, now))


def in_words(changes: Sequence[str]) -> str:
    return "; ".join(changes)


def _differences(was: PlannedSale, now: PlannedSale) -> Iterator[str]:
    if was.total != now.total:
        yield f"the total is {shown(now.total)} instead of {shown(was.total)}"
    if was.placed_on != now.placed_on:
        yield f"the date is {now.placed_on} instead of {was.placed_on}"
    if was.customer != now.customer:
        yield "the customer is another one"
    if was.tax != now.tax:
        yield f"the sales tax is {shown(now.tax)} instead of {shown(was.tax)}"
    yield from _of_lines(was.lines, now.lines)


def _of_lines(was: Sequence[PlannedLine], now: Sequence[PlannedLine]) -> Iterator[str]:
    gone, new = list(was), []
    for line in now:
        same = next((each for each in gone if _key(each) == _key(line)), None)
        if same is None:
            new.append(line)
        else:
            gone.remove(same)
    for line in new:
        before = next((each for each in gone if _is_same_thing(each, line)), None)
        if before is None:
            yield f"new line: {_called(line)}"
        else:
            gone.remove(before)
            yield f"changed line: {_called(line)} instead of {_called(before)}"
    for line in gone:
        yield f"line gone: {_called(line)}"


def _key(line: PlannedLine) -> tuple[object, ...]:
    """Where it is the same thing, the line in QuickBooks is the same. A description is a text."""
    return (line.item, line.description, line.quantity, line.amount, line.is_taxed)


def _is_same_thing(was: PlannedLine, now: PlannedLine) -> bool:
    return was.item == now.item or was.description == now.description


def _called(line: PlannedLine) -> str:
    quantity = line.quantity
    times = f"{quantity.normalize():f} x " if quantity is not None and quantity != 1 else ""
    return f"{times}{line.description or 'a line'} {line.amount.quantize(Decimal('0.01')):,}"


def _list_id(ref: ListRef, made: Made) -> str:
    return ref.list_id or made.get(ref, "") or (f"made by {ref.made_by}" if ref.made_by else "")
