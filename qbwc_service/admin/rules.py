"""The page "Rules": what orders with something in common become, and the test on an order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.rule_form import RuleForm, action_fields, form_of, typed_form
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.models import Rule as RuleRow
from qbwc_service.ledger.rule_file import document_text, read_rules
from qbwc_service.ledger.rule_trial import Trial, try_rules
from qbwc_service.ledger.rules import Rules
from qbwc_service.ledger.stored_rules import HITS_DAYS, hits, rows_of_connection, rule_of
from qbwc_service.planning.rule import Comparison, Field, Rule, RuleRefused
from qbwc_service.planning.rule_words import sentence

pages = Blueprint("rules", __name__, url_prefix="/c/<connection:connection>/rules")

_IN_FORCE = "What is not sent yet follows from now on; what is in QuickBooks was not changed."

_VERBS = frozenset({"up", "down", "on", "off", "delete"})


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the list; `hits` are orders of the last 30 days."""

    rule_id: int
    name: str
    sentence: str
    is_on: bool
    hits: int


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    """`edit`: the rule that stands in the form; `order`: the order that they are tried on."""
    return _page(connection, order=request.args.get("order", "").strip())


@pages.post("")
def save(connection: str) -> ResponseReturnValue:
    """Add the rule or change it; or try it on an order, and change nothing."""
    rule_id = id_from(request.form.get("rule", "")) or 0
    form = typed_form(request.form, rule_id)
    try:
        rule = form.rule()
        if request.form.get("verb") == "test":
            return _page(connection, form, order=_order_to_test(), tried=rule)
        with _changing(connection) as rules:
            saved = rules.change(rule_id, rule) if rule_id else rules.add(rule)
            told = f"Saved: {sentence(rule_of(saved))}."
    except RuleRefused as refused:
        return _page(connection, form, problem=str(refused)), 422
    flash(f"{told} {_IN_FORCE}", "done")
    return redirect(url_for("rules.show", connection=connection))


@pages.post("/order")
def arrange(connection: str) -> ResponseReturnValue:
    """The buttons of one rule: up, down, on, off, delete."""
    rule_id = id_from(request.form.get("rule", "")) or 0
    verb = request.form.get("verb", "")
    if verb not in _VERBS:
        abort(400)
    try:
        with _changing(connection) as rules:
            told = _arranged(rules, rule_id, verb)
    except RuleRefused as refused:
        flash(str(refused), "refused")
    else:
        flash(f"{told} {_IN_FORCE}", "done")
    return redirect(url_for("rules.show", connection=connection))


@pages.get("/rules.json")
def export(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        text = document_text(rows_of_connection(db, find_connection(db, connection).id))
    disposition = f'attachment; filename="{connection}-rules.json"'
    return Response(text, mimetype="application/json", headers={"Content-Disposition": disposition})


@pages.post("/import")
def take_file(connection: str) -> ResponseReturnValue:
    """All rules of the file, or none."""
    sent = request.files.get("file")
    try:
        taken = read_rules(sent.read() if sent else b"")
        with _changing(connection) as rules:
            rules.take(taken)
    except RuleRefused as refused:
        return _page(connection, problem=str(refused)), 422
    flash(f"Taken over: {len(taken)}. {_IN_FORCE}", "done")
    return redirect(url_for("rules.show", connection=connection))


@contextmanager
def _changing(name: str) -> Iterator[Rules]:
    with here().database.writing("rules") as db:
        yield Rules(db, lock_connection(db, name), signed_in_name(), here().now())


def _order_to_test() -> str:
    order = request.form.get("order", "").strip()
    if not order:
        raise RuleRefused("Write the number of the order to test on")
    return order


def _arranged(rules: Rules, rule_id: int, verb: str) -> str:
    """Do it, and say so. Raises RuleRefused."""
    match verb:
        case "up" | "down":
            place = rules.place(rule_id) + (-1 if verb == "up" else 1)
            row = rules.move(rule_id, place)
            return f'"{row.name}" is number {rules.place(rule_id)} now.'
        case "on" | "off":
            row = rules.switch(rule_id, is_on=verb == "on")
            return f'"{row.name}" is {verb}.'
        case _:
            return f'Deleted: "{rules.remove(rule_id).name}".'


def _page(
    name: str,
    form: RuleForm | None = None,
    *,
    problem: str = "",
    order: str = "",
    tried: Rule | None = None,
) -> str:
    """`tried`: what stands in the form goes for the test as if it were saved."""
    with here().database.reading() as db:
        found = find_connection(db, name)
        rows = rows_of_connection(db, found.id)
        form = form or _edited(rows)
        trial, order_problem = _trial(db, found, order, _as_if(rows, tried))
        counted = hits(db, found.id, here().now() - timedelta(days=HITS_DAYS))
        fields = action_fields(db, found.id, form)
    return render_template(
        "rules.html",
        head=head_of(found),
        rules=[_line(row, counted.get(row.id, 0)) for row in rows],
        days=HITS_DAYS,
        form=form,
        fields=fields,
        problem=problem,
        order=order,
        order_problem=order_problem,
        trial=trial,
        order_fields=list(Field),
        comparisons=list(Comparison),
    )


def _edited(rows: Sequence[RuleRow]) -> RuleForm:
    """What `edit` names; an empty form where it names none."""
    wanted = id_from(request.args.get("edit", "")) or 0
    return next((form_of(rule_of(row)) for row in rows if row.id == wanted), RuleForm())


def _as_if(rows: Sequence[RuleRow], tried: Rule | None) -> list[Rule]:
    """The rules that are on, with the one that is tried in its place, or at the end."""
    rules = [(rule_of(row), row.is_on) for row in rows]
    if tried is None:
        return [rule for rule, is_on in rules if is_on]
    others = [(rule, is_on) for rule, is_on in rules if rule.rule_id != tried.rule_id]
    place = next((i for i, row in enumerate(rows) if row.id == tried.rule_id), len(rows))
    return [rule for rule, is_on in (*others[:place], (tried, True), *others[place:]) if is_on]


def _trial(
    db: Session, connection: Connection, order: str, rules: Sequence[Rule]
) -> tuple[Trial | None, str]:
    """The test, or why there is none; neither where no order is named."""
    if not order:
        return None, ""
    order_id = id_from(order)
    if not order_id:
        return None, "Write the number of an order, for example 1048."
    try:
        return try_rules(db, connection, order_id, here().now(), rules), ""
    except RuleRefused as refused:
        return None, f"{refused.reason}."


def _line(row: RuleRow, counted: int) -> RuleLine:
    return RuleLine(row.id, row.name, sentence(rule_of(row)), row.is_on, counted)
