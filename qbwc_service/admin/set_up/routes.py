"""The pages of the set-up and their buttons. The page without a step is the one left off at."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.connection_home import wake_the_reader
from qbwc_service.admin.health import head_of
from qbwc_service.admin.keap_view import keap_login
from qbwc_service.admin.set_up.answers import save_answer, typed_of
from qbwc_service.admin.set_up.checklist import Checklist, checklist
from qbwc_service.admin.set_up.facts import in_short
from qbwc_service.admin.set_up.questions import TITLES, screen
from qbwc_service.admin.set_up.steps import Reached, Stage, after, open_stage, steps_of
from qbwc_service.admin.set_up.trial import ADVISED, OFFERED, trial_of
from qbwc_service.admin.settings import save_settings
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.admin.upkeep import connection_file
from qbwc_service.admin.words import counted
from qbwc_service.connections import find_connection, lock_connection
from qbwc_service.keap_access import sign_ins
from qbwc_service.ledger import company_file, history, leases, mirror, pausing, set_up, trial
from qbwc_service.ledger.list_entries import ChoiceRefused
from qbwc_service.ledger.models import Connection
from qbwc_service.ledger.pausing import Suspended
from qbwc_service.ledger.product_reports import NEEDS_YOU, product_counts
from qbwc_service.ledger.reconcile import runs
from qbwc_service.ledger.set_up import Progress, Question, Tick
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.last_days import read_last_days

pages = Blueprint("set_up", __name__, url_prefix="/c/<connection:connection>/set-up")

_OF_THIS_PC = (Tick.NO_SLEEP, Tick.STARTS_WITH_WINDOWS, Tick.ONE_COMPUTER)
_SEEN = {Stage.PRODUCTS: Tick.PRODUCTS_SEEN, Stage.PREVIEW: Tick.PREVIEW_SEEN}


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    """The step at which the person left off."""
    return _page(connection, None)


@pages.get("/<stage>")
def show_step(connection: str, stage: str) -> ResponseReturnValue:
    if stage not in set(Stage):
        abort(404)
    return _page(connection, Stage(stage))


@pages.get("/settings/<question>")
def ask(connection: str, question: str) -> ResponseReturnValue:
    """One question. What stands in the address is shown in the fields, and not saved."""
    asked = _question(question)
    typed = typed_of(asked, request.args) if request.args else None
    return _question_page(connection, asked, typed=typed)


@pages.post("/settings/<question>")
def answer(connection: str, question: str) -> ResponseReturnValue:
    """Save it and go on to the next; with the button "show" nothing is saved."""
    asked = _question(question)
    if "show" in request.form:
        return _question_page(connection, asked, typed=typed_of(asked, request.form))
    try:
        problems = save_answer(connection, asked, request.form)
    except ChoiceRefused as refused:
        flash(f"The answer was not taken. {refused}", "refused")
        return redirect(url_for("set_up.ask", connection=connection, question=asked))
    if problems:
        typed = typed_of(asked, request.form)
        return _question_page(connection, asked, typed=typed, problems=problems), 422
    here().wake()
    following = list(Question)[list(Question).index(asked) + 1 :]
    if not following:
        return redirect(url_for("set_up.show_step", connection=connection, stage=Stage.SETTINGS))
    return redirect(url_for("set_up.ask", connection=connection, question=following[0]))


@pages.post("/last-days")
def count_last_days(connection: str) -> ResponseReturnValue:
    """Ask Keap now; only figures are kept."""
    try:
        found = read_last_days(here().access(), connection)
    except LoginRefused as refused:
        flash(f"Your last 30 days could not be read. {refused} Nothing was changed.", "refused")
    else:
        flash(f"{in_short(found)}. Only these figures are kept; nothing is sent.", "done")
    return _back(connection, request.form.get("back", ""))


@pages.post("/read")
def read_keap(connection: str) -> ResponseReturnValue:
    """Have the job read Keap at its next look, which is at once."""
    with here().database.writing("set-up.read-keap") as db:
        sign_ins.read_at_once(lock_connection(db, connection))
        is_looked_after = leases.is_looked_after(db, here().now())
    wake_the_reader(is_looked_after=is_looked_after)
    return _back(connection, request.form.get("back", ""))


@pages.post("/file")
def download_file(connection: str) -> ResponseReturnValue:
    """The Web Connector file, and a note that it was fetched."""
    with here().database.writing("set-up.file") as db:
        found = lock_connection(db, connection)
        set_up.note_file(db, found, here().now())
        return connection_file(found)


@pages.post("/this-computer")
def tick_this_computer(connection: str) -> ResponseReturnValue:
    """Save the ticks about the QuickBooks computer."""
    wanted = [each for each in _OF_THIS_PC if each in request.form.getlist("tick")]
    with here().database.writing("set-up.ticks") as db:
        found = lock_connection(db, connection)
        set_up.untick(db, found, *_OF_THIS_PC)
        set_up.tick(db, found, *wanted)
    flash("Noted.", "done")
    return _back(connection, Stage.QUICKBOOKS)


@pages.post("/company")
def answer_about_company(connection: str) -> ResponseReturnValue:
    """ "Is this the right company?" """
    said, shown = request.form.get("answer", ""), request.form.get("company_file", "")
    with here().database.writing("set-up.company") as db:
        found = lock_connection(db, connection)
        if not found.company_file or found.company_file != shown:
            flash("Another company file is known by now; please look once more.", "refused")
        elif said == "yes":
            set_up.confirm_company(db, found)
            # The numbers in use there are shown beside the question about numbers.
            runs.ask(db, found, who=signed_in_name(), now=here().now())
            flash(f"{found.company_name or 'This company'} it is.", "done")
        elif said == "no":
            _leave_company(db, found)
            flash(
                "Stopped. Nothing was sent to that company, and nothing more is read from it.",
                "done",
            )
        else:
            abort(400)
    return _back(connection, Stage.QUICKBOOKS)


@pages.post("/go-on")
def go_on_with_another_company(connection: str) -> ResponseReturnValue:
    """After "No, stop": the file that is open at the next update is taken."""
    try:
        with here().database.writing("set-up.go-on") as db:
            pausing.resume(db, lock_connection(db, connection), signed_in_name(), here().now())
    except Suspended as refused:
        flash(str(refused), "refused")
    else:
        flash("Press Update Selected in the Web Connector, with the right company open.", "done")
    return _back(connection, Stage.QUICKBOOKS)


@pages.post("/seen/<stage>")
def go_on(connection: str, stage: str) -> ResponseReturnValue:
    """Go on from a step that is done when the person says so."""
    done = _SEEN.get(Stage(stage)) if stage in set(Stage) else None
    if done is None:
        abort(404)
    with here().database.writing("set-up.seen") as db:
        found = lock_connection(db, connection)
        set_up.tick(db, found, done)
        sign_ins.read_at_once(found)
    # What was matched is looked at anew with the next reading.
    here().wake()
    return _back(connection, after(Stage(stage)))


@pages.post("/send-three")
def send_these(connection: str) -> ResponseReturnValue:
    """Let the ticked orders go at the next update, and nothing else."""
    wanted = [order for text in request.form.getlist("order") if (order := id_from(text))]
    with here().database.writing("set-up.send-three") as db:
        found = lock_connection(db, connection)
        if not 0 < len(wanted) <= OFFERED:
            flash("Tick the orders to send; three are enough. Nothing was sent.", "refused")
            return _back(connection, Stage.THREE)
        refused = trial.send_these(db, found, wanted, signed_in_name(), here().now())
    for each in refused:
        flash(f"Not chosen: {each}", "refused")
    if len(refused) < len(wanted):
        flash("In the Web Connector press Update Selected. The progress shows below.", "done")
    return _back(connection, Stage.THREE)


@pages.post("/undo-three")
def undo_these(connection: str) -> ResponseReturnValue:
    """Take the trial back: what is in QuickBooks is deleted there at the next update."""
    with here().database.writing("set-up.undo-three") as db:
        found = lock_connection(db, connection)
        number = len(found.trial_orders)
        refused = trial.undo_trial(db, found, signed_in_name(), here().now())
        set_up.untick(db, found, Tick.LOOKS_RIGHT)
    for each in refused:
        flash(f"Not undone: {each}", "refused")
    if number > len(refused):
        flash(
            f"{counted(number - len(refused), 'order')} taken back. What is in QuickBooks is "
            "deleted there at the next update: in the Web Connector press Update Selected.",
            "done",
        )
    return _back(connection, Stage.THREE)


@pages.post("/switch-on")
def switch_on(connection: str) -> ResponseReturnValue:
    """From now on orders are sent, and these addresses told; asked for twice it changes nothing."""
    if "looks_right" in request.form:
        told = {"alert_emails": request.form.get("alert_emails", "").strip()}
        problems = save_settings(connection, told)
        if problems:
            flash(f"Nothing was switched on: {problems['alert_emails']}.", "refused")
            return _back(connection, Stage.ON)
    with here().database.writing("set-up.switch-on") as db:
        found = lock_connection(db, connection)
        if "looks_right" not in request.form:
            flash("Nothing was switched on: set the tick first.", "refused")
            return _back(connection, Stage.ON)
        set_up.tick(db, found, Tick.LOOKS_RIGHT)
        trial.switch_on(db, found, signed_in_name(), here().now())
    flash(
        "Switched on. Orders go to QuickBooks at each update of the Web Connector: tick Auto-Run "
        "there, and it calls by itself.",
        "done",
    )
    return redirect(url_for("connection_home.show", connection=connection))


# -- the pages ------------------------------------------------------------------------------------


def _page(name: str, wanted: Stage | None) -> str:
    with here().database.reading() as db:
        found = find_connection(db, name)
        progress = set_up.progress_of(db, found.id)
        context = _context(db, found, progress)
        stage = wanted or open_stage(context["steps"])
        context |= _of_stage(db, found, stage)
        return render_template(
            f"set_up/{stage.value.replace('-', '_')}.html", stage=stage, **context
        )


def _context(db: Session, connection: Connection, progress: Progress) -> dict[str, Any]:
    """What every page of the set-up shows."""
    now = here().now()
    login = keap_login(db, connection, can_sign_in=bool(here().config.keap_client_id))
    checks = checklist(db, connection, progress, now)
    chosen = trial_of(db, connection)
    reached = Reached(login.is_connected, _is_reached(connection, checks), chosen.has_arrived)
    return {
        "head": head_of(connection),
        "steps": steps_of(connection, progress, reached),
        "progress": progress,
        "keap": login,
        "checklist": checks,
        "trial": chosen,
        "is_on": connection.is_on,
        "paused": connection.paused,
        "suspended": connection.suspended_because,
        "user_name": connection.user_name,
        "last_sync_at": connection.last_sync_at,
        "alert_emails": str(connection.settings.get("alert_emails", "")),
        "questions": TITLES,
        "in_short": in_short(progress.last_days) if progress.last_days else "",
        "advised": ADVISED,
        "now": now,
    }


def _is_reached(connection: Connection, checks: Checklist) -> bool:
    """Where it is on already nobody was asked whether the company is the right one."""
    asked = checks.asks_for_company and not connection.is_on
    return not asked and (checks.is_complete or (connection.is_on and bool(checks.company)))


def _of_stage(db: Session, connection: Connection, stage: Stage) -> dict[str, Any]:
    if stage is Stage.PRODUCTS:
        counts = product_counts(db, connection.id)
        open_products = sum(counts.get(state, 0) for state in NEEDS_YOU)
        return {"products": sum(counts.values()), "open_products": open_products}
    return {}


def _question_page(
    name: str,
    asked: Question,
    *,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    with here().database.reading() as db:
        found = find_connection(db, name)
        progress = set_up.progress_of(db, found.id)
        shown = screen(db, found, asked, progress, typed=typed, problems=problems)
        context = _context(db, found, progress)
        return render_template(
            "set_up/question.html", stage=Stage.SETTINGS, screen=shown, **context
        )


def _question(text: str) -> Question:
    if text not in set(Question):
        abort(404)
    return Question(text)


def _leave_company(db: Session, connection: Connection) -> None:
    """Learn another one at the next update, after a person has said that it is open."""
    company_file.take_the_open_one(db, connection, signed_in_name(), here().now())
    mirror.load_afresh(db, connection.id)
    why = "the company was not the right one"
    pausing.pause(db, connection, signed_in_name(), here().now(), why)


def _note(db: Session, connection: Connection, text: str) -> None:
    history.note(db, connection.id, text, now=here().now(), who=signed_in_name())


def _back(name: str, place: str) -> ResponseReturnValue:
    """To that step or question; to the open step where it is neither."""
    if place in set(Question):
        return redirect(url_for("set_up.ask", connection=name, question=place))
    if place in set(Stage):
        return redirect(url_for("set_up.show_step", connection=name, stage=place))
    return redirect(url_for("set_up.show", connection=name))
