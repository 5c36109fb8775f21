"""What is saved for an answer: settings, and what is chosen for payments and taxes."""

from collections.abc import Iterator, Mapping

from werkzeug.datastructures import MultiDict

from qbwc_service.admin.accounts import map_payments
from qbwc_service.admin.set_up.questions import REQUIRED, fields_of
from qbwc_service.admin.settings import save_settings
from qbwc_service.admin.settings_view import KEEP
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import lock_connection
from qbwc_service.ledger import set_up
from qbwc_service.ledger.choices import Choices
from qbwc_service.ledger.set_up import Question
from qbwc_service.planning.order_status import PaidState
from qbwc_service.settings import SETTINGS, words

_DEFAULTS: Mapping[str, str] = {each.name: str(each.default) for each in SETTINGS}
_PAID = tuple(state.value for state in PaidState)
#: a shop names a few taxes
_MOST_TAXES = 30


def typed_of(question: Question, form: MultiDict[str, str]) -> dict[str, str]:
    """The fields of this question as they were sent; what equals the default is "" in a setting."""
    typed = {}
    for name in fields_of(question):
        if name == "order_status":
            typed[name] = _statuses(form)
        elif name in form:
            text = form[name].strip()
            typed[name] = "" if text == _DEFAULTS[name] else text
    return typed


def save_answer(connection: str, question: Question, form: MultiDict[str, str]) -> dict[str, str]:
    """Save all of it or no setting: what is wrong with which field, empty when it was saved.

    Raises ChoiceRefused for an entry that QuickBooks does not have (any more).
    """
    typed = typed_of(question, form)
    problems = {name: _MISSING[name] for name in REQUIRED & typed.keys() if not typed[name]}
    if question is Question.WHICH and not form.getlist("order_status"):
        problems["order_status"] = "Tick at least one; without any nothing would be sent."
    if not problems:
        problems = save_settings(connection, typed)
    if problems:
        return problems
    with here().database.writing("set-up.answer") as db:
        row = lock_connection(db, connection)
        choices = Choices(db, row, signed_in_name(), here().now())
        if question is Question.PAYMENTS:
            map_payments(choices)
        if question is Question.TAX:
            _map_taxes(choices, form)
        set_up.tick(db, row, question)
    return {}


_MISSING = {
    "income_account": "Choose an account.",
    "tax_account": "Choose an account.",
    "start_date": "Choose the first day.",
}


def _statuses(form: MultiDict[str, str]) -> str:
    """ "" stands for all; what Keap itself calls statuses was chosen elsewhere and stays."""
    ticked = [word for word in _PAID if word in form.getlist("order_status")]
    others = [word for word in words(form.get("other_statuses", "")) if word not in _PAID]
    if len(ticked) == len(_PAID):
        return ""
    return ", ".join([*ticked, *others])


def _map_taxes(choices: Choices, form: MultiDict[str, str]) -> None:
    for label, item in _chosen_taxes(form):
        if item:
            choices.map_tax(f"label:{label}", item)
        else:
            choices.unmap_tax(f"label:{label}")


def _chosen_taxes(form: MultiDict[str, str]) -> Iterator[tuple[str, str]]:
    for row in range(_MOST_TAXES):
        label, item = form.get(f"tax-{row}"), form.get(f"tax-item-{row}", KEEP)
        if label is None:
            return
        if item != KEEP:
            yield label, item
