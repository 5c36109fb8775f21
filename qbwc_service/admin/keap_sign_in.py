"""Sign in with Keap, in the browser: we say where it goes, Keap asks the person, the browser comes
back with a code, and a person says whether it is the right account.

The state that travels belongs to this browser, this person and one connection, for 15 minutes and
for one use. The tokens are stored before anything is asked with them.
"""

import hmac
from urllib.parse import urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from keap import KeapError, KeapSignInEnded, authorize_address, is_same_tenant
from qbwc_service.admin.guards import content_policy
from qbwc_service.admin.health import head_of
from qbwc_service.admin.keap_view import keap_login
from qbwc_service.admin.sign_in import signed_in, signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.config import KEAP_CALLBACK
from qbwc_service.connections import ConnectionUnknown, find_connection, lock_connection
from qbwc_service.keap_access import sign_ins, tries
from qbwc_service.keap_access.account import read_account
from qbwc_service.keap_access.failures import KeapUnusable
from qbwc_service.keap_access.sign_ins import OtherAccount
from qbwc_service.keap_access.tries import Begun
from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState
from qbwc_service.secrecy import SecretUnreadable
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.trouble import trouble_of

pages = Blueprint("keap_sign_in", __name__)

_PLACE = "/c/<connection:connection>/keap"
_STATES = "keap_states"
#: a person may have begun in several tabs
_STATES_KEPT = 5
_LONGEST_CODE = 4000


@pages.get(f"{_PLACE}/sign-in")
def ask(connection: str) -> ResponseReturnValue:
    """Where the browser is about to go, and what we may see then."""
    address = urlsplit(here().config.keap_authorize_url)
    with here().database.reading() as db:
        row = find_connection(db, connection)
        view = keap_login(db, row, can_sign_in=bool(here().config.keap_client_id))
    if not view.can_sign_in:
        return redirect(url_for("keap_login.show", connection=connection))
    page = make_response(
        render_template("keap_sign_in.html", head=head_of(row), view=view, place=address.netloc)
    )
    # The answer to the form leads there, which a browser counts as the form's own target.
    page.headers["Content-Security-Policy"] = content_policy(f"{address.scheme}://{address.netloc}")
    return page


@pages.post(f"{_PLACE}/sign-in")
def begin(connection: str) -> ResponseReturnValue:
    config = here().config
    if not config.keap_client_id:
        return redirect(url_for("keap_login.show", connection=connection))
    with here().database.writing("keap-sign-in.begin") as db:
        row = lock_connection(db, connection)
        begun = tries.begin(db, here().secrecy, row, signed_in_name(), here().now())
    browser[_STATES] = [*browser.get(_STATES, []), begun.state][-_STATES_KEPT:]
    return redirect(
        authorize_address(
            config.keap_authorize_url,
            config.keap_client_id,
            redirect_uri=config.keap_redirect_uri,
            state=begun.state,
            verifier=begun.verifier,
        )
    )


@pages.get(KEAP_CALLBACK)
def come_back() -> ResponseReturnValue:
    """Keap sends the browser here, with a code or with the reason why not."""
    begun = _begun()
    if begun is None:
        return render_template("keap_over.html"), 400
    with here().database.reading() as db:
        name = db.get_one(Connection, begun.connection_id).name
    if not signed_in().sees(name):
        raise ConnectionUnknown(name)
    code = request.args.get("code", "")
    if request.args.get("error") == "access_denied":
        flash("You did not allow access in Keap. Nothing was changed.", "refused")
    elif "error" in request.args or not 0 < len(code) <= _LONGEST_CODE:
        flash("Keap broke the sign-in off. Nothing was changed; please try once more.", "refused")
    elif _fetch_tokens(name, code, begun):
        return redirect(url_for("keap_sign_in.show_account", connection=name))
    return redirect(url_for("keap_login.show", connection=name))


@pages.get(f"{_PLACE}/account")
def show_account(connection: str) -> ResponseReturnValue:
    """The question, after Keap was asked for the account's name, or the next try to ask."""
    return _settle(connection)


@pages.post(f"{_PLACE}/account")
def answer(connection: str) -> ResponseReturnValue:
    """ "Is this the right account?" """
    said, shown = request.form.get("answer"), request.form.get("sign_in", "")
    with here().database.writing("keap-sign-in.answer") as db:
        row = lock_connection(db, connection)
        pending = sign_ins.sign_in_of(db, row.id, SignInState.PENDING)
        if pending is None or sign_ins.mark_of(pending) != shown:
            flash("That question is settled already; nothing was changed.", "refused")
            return redirect(url_for("keap_login.show", connection=connection))
        if said != "yes":
            sign_ins.drop_pending(db, row)
            return redirect(url_for("keap_sign_in.ask", connection=connection))
        try:
            sign_ins.put_in_force(db, row, pending, signed_in_name(), here().now())
        except OtherAccount as other:
            sign_ins.drop_pending(db, row)
            return _other_account(row, other), 409
    return _connected(connection)


def _begun() -> Begun | None:
    """What the state in the address belongs to; None for a used, foreign or late one."""
    given = request.args.get("state", "")
    known = [str(state) for state in browser.get(_STATES, [])]
    found = [hmac.compare_digest(state.encode(), given.encode()) for state in known]
    if not any(found):
        return None
    browser[_STATES] = [state for state, is_it in zip(known, found, strict=True) if not is_it]
    with here().database.writing("keap-sign-in.come-back") as db:
        try:
            return tries.take(db, here().secrecy, given, signed_in_name(), here().now())
        except SecretUnreadable:
            return None


def _fetch_tokens(name: str, code: str, begun: Begun) -> bool:
    """Change the code for tokens and store them as pending; False after a refusal was told."""
    try:
        tokens = (
            here()
            .access()
            .token_endpoint()
            .exchange(code, redirect_uri=here().config.keap_redirect_uri, verifier=begun.verifier)
        )
    except KeapSignInEnded:
        flash(
            "Keap did not take the sign-in; perhaps it took too long. Nothing was changed; please "
            "try once more.",
            "refused",
        )
        return False
    except (KeapError, KeapUnusable) as error:
        _tell(error)
        return False
    with here().database.writing("keap-sign-in.pending") as db:
        row = lock_connection(db, name)
        sign_ins.keep_pending(db, here().secrecy, row, tokens, signed_in_name())
    return True


def _settle(name: str) -> ResponseReturnValue:
    """Ask Keap whose account was allowed, and then the person whether it is the right one.

    The account that the connection belongs to needs no question, and another is never taken.
    """
    with here().database.reading() as db:
        row = find_connection(db, name)
        pending = sign_ins.sign_in_of(db, row.id, SignInState.PENDING)
    if pending is None:
        return redirect(url_for("keap_login.show", connection=name))
    if not (pending.tenant or pending.account_name) and not _name_account(pending):
        return render_template("keap_account.html", head=head_of(row), pending=None)
    with here().database.writing("keap-sign-in.settle") as db:
        row = lock_connection(db, name)
        found = sign_ins.sign_in_of(db, row.id, SignInState.PENDING)
        if found is None:
            return redirect(url_for("keap_login.show", connection=name))
        if row.keap_tenant:
            try:
                sign_ins.put_in_force(db, row, found, signed_in_name(), here().now())
            except OtherAccount as other:
                sign_ins.drop_pending(db, row)
                return _other_account(row, other)
            return _connected(name)
    typed = row.keap_account
    differs = bool(typed and found.tenant) and not is_same_tenant(typed, found.tenant)
    return render_template(
        "keap_account.html",
        head=head_of(row),
        pending=found,
        mark=sign_ins.mark_of(found),
        typed=typed if differs else "",
    )


def _name_account(pending: KeapSignIn) -> bool:
    """Ask with the pending token, and note the answer; False after a failure was told."""
    access = here().access()
    try:
        token = access.secrecy.decrypt(pending.access_token)
        with access.client_with(token, max_attempts=1) as client:
            found = read_account(client)
    except (KeapError, KeapUnusable, SecretUnreadable) as error:
        _tell(error)
        return False
    with here().database.writing("keap-sign-in.named") as db:
        row = db.get(KeapSignIn, pending.id, with_for_update=True)
        if row is not None:
            row.tenant, row.account_name = found.tenant, found.name or found.app_id
    return True


def _connected(name: str) -> ResponseReturnValue:
    flash("Keap is connected. Orders are read at the next turn.", "done")
    return redirect(url_for("set_up.show", connection=name))


def _other_account(row: Connection, other: OtherAccount) -> str:
    return render_template(
        "keap_other_account.html",
        head=head_of(row),
        allowed=other.tenant.partition(".")[0] or "an account without a name",
        pinned=other.pinned.partition(".")[0],
    )


def _tell(error: KeapError | KeapUnusable | SecretUnreadable) -> None:
    trouble = trouble_of(error)
    flash(f"{LoginRefused(trouble.message, trouble.details)}", "refused")
