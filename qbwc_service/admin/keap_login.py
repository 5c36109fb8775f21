"""Connect Keap: the two ways in, and what is done with a login: test, switch, disconnect."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.health import head_of
from qbwc_service.admin.keap_view import keap_login
from qbwc_service.admin.sign_in import signed_in_name
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import KeapAccountUnusable, find_connection, lock_connection
from qbwc_service.keap_access import sign_ins
from qbwc_service.staging import logins
from qbwc_service.staging.failures import LoginRefused
from qbwc_service.staging.logins import KeyChanged

pages = Blueprint("keap_login", __name__, url_prefix="/c/<connection:connection>/keap")

_LONGEST_KEY = 4000
_LONGEST_ACCOUNT = 200


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    return _page(connection)


@pages.post("/key")
def save_key(connection: str) -> ResponseReturnValue:
    """Try the key, and keep it (encrypted) if Keap accepts it or cannot be asked."""
    account = request.form.get("keap_account", "").strip()
    key = request.form.get("keap_key", "").strip()
    if not _is_key(key):
        return _page(connection, {"keap_key": _NO_KEY}, account), 422
    if len(account) > _LONGEST_ACCOUNT:
        return _page(connection, {"keap_account": "That is too long for an account name."}), 422
    try:
        saved = logins.change_key(
            here().access(), connection, account=account, key=key, who=signed_in_name()
        )
    except KeapAccountUnusable as error:
        return _page(connection, {"keap_account": str(error)}, account), 422
    except LoginRefused as refused:
        flash(f"{refused} The login on file was not changed.", "refused")
        return _page(connection, {}, account), 422
    flash(_told(saved), "done")
    return redirect(url_for("set_up.show", connection=connection))


@pages.post("/test")
def test(connection: str) -> ResponseReturnValue:
    """Ask Keap now."""
    try:
        found = logins.try_login(here().access(), connection)
    except LoginRefused as refused:
        flash(str(refused), "refused")
    else:
        name = found.name or "an account without a name"
        flash(f"It works. Keap answers as {name} ({found.app_id or 'app id not told'}).", "done")
    return _back(connection)


@pages.post("/use-key")
def use_key(connection: str) -> ResponseReturnValue:
    """Forget the tokens; the key on file is in force from now on."""
    with here().database.writing("keap-login.use-key") as db:
        row = lock_connection(db, connection)
        done = sign_ins.use_key(db, row, signed_in_name(), here().now())
    if done:
        flash("The API key on file is used from now on. The sign-in is forgotten.", "done")
    else:
        flash("There is no API key on file, so nothing was changed.", "refused")
    return _back(connection)


@pages.get("/disconnect")
def ask_to_disconnect(connection: str) -> ResponseReturnValue:
    with here().database.reading() as db:
        head = head_of(find_connection(db, connection))
    return render_template("keap_disconnect.html", head=head)


@pages.post("/disconnect")
def disconnect(connection: str) -> ResponseReturnValue:
    """Forget the key and the tokens; everything that was read or sent stays."""
    done = logins.disconnect(here().access(), connection, who=signed_in_name())
    if done:
        flash(
            "Disconnected from Keap: key and sign-in are forgotten, and nothing is read any more. "
            "What was read and sent stays; what is ready still goes to QuickBooks.",
            "done",
        )
    else:
        flash("It was not connected; nothing was changed.", "refused")
    return _back(connection)


_NO_KEY = "Paste the key as Keap shows it: one word of letters, digits and signs."


def _is_key(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_KEY and all("!" <= letter <= "~" for letter in text)


def _told(saved: KeyChanged) -> str:
    if saved.account is None:
        told = (
            "The key is saved, but Keap could not be asked whether it works. It is tried at the "
            "next reading."
        )
        return told + (" Until then the sign-in stays in force." if saved.signed_in else "")
    name = saved.account.name or saved.account.app_id or "this account"
    return f"The key works: Keap answers as {name}. It is saved and used from now on."


def _page(name: str, problems: dict[str, str] | None = None, account: str | None = None) -> str:
    with here().database.reading() as db:
        connection = find_connection(db, name)
        view = keap_login(db, connection, can_sign_in=bool(here().config.keap_client_id))
    return render_template(
        "keap_login.html",
        head=head_of(connection),
        view=view,
        account=view.app_id if account is None else account,
        problems=problems or {},
        redirect_uri=here().config.keap_redirect_uri,
    )


def _back(name: str) -> ResponseReturnValue:
    return redirect(url_for("connection.show", connection=name))
