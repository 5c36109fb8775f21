"""A form that is sent twice does its work once: a double click, "back" and the button again.

Each form bears an id of its own (`form_id()`); what was sent under it is known by its digest, so
that another button of the same form, or other words in it, is another deed. While the work is done
a second one waits for it; afterwards it is led to the page that the form was on, with a sentence.
The proof is kept for an hour. An answer that is no redirect (a field is wrong, a password is shown
once) leaves none: then the same form may be sent again.

A service that dies between the work and its proof leaves no proof; what may not happen twice in
QuickBooks is guarded by the posting's state, never by this.
"""

import hashlib
import secrets
import time
from datetime import timedelta
from typing import Final

from flask import Flask, Response, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qbwc_service.admin.addresses import place_from
from qbwc_service.admin.surroundings import here
from qbwc_service.database import DatabaseBusy
from qbwc_service.ledger import leases

KEPT: Final = timedelta(hours=1)
#: how long a work may take before another try of it is let through
_AT_WORK: Final = timedelta(minutes=2)
#: how often, and how far apart in seconds, a second one looks whether the first has ended
_LOOKS, _APART = 100, 0.1
_WORK, _DONE = "form:", "form-done:"


def register_once(app: Flask) -> None:
    """Give the templates `form_id()`; `only_once` is for the hook before the pages."""
    app.jinja_env.globals["form_id"] = lambda: secrets.token_urlsafe(16)
    app.after_request(_keep_proof)


def only_once() -> ResponseReturnValue | None:
    """None: do the work. Else the answer to a form whose work was done before."""
    if request.method != "POST" or not request.form.get("form_id"):
        return None
    digest, mine = _digest(), secrets.token_hex(16)
    for _ in range(_LOOKS):
        now = here().now()
        with here().database.writing("form.begin") as db:
            done = leases.holder(db, _DONE + digest)
            if done is not None and done.expires_at > now:
                break
            if leases.acquire(db, _WORK + digest, mine, now, _AT_WORK):
                g.form_at_work = (digest, mine)
                return None
        time.sleep(_APART)
    flash("That was sent twice, and was done once. This is how things are now.", "done")
    return redirect(_page_of_the_form())


def _keep_proof(response: Response) -> Response:
    at_work: tuple[str, str] | None = g.pop("form_at_work", None)
    if at_work is None:
        return response
    try:
        _end(*at_work, is_done=300 <= response.status_code < 400)
    except DatabaseBusy:
        # The work is done, and its answer says so: better without a proof than called a failure.
        current_app.logger.warning(
            "no proof of a form was kept: the database was busy for too long"
        )
    return response


def _end(digest: str, mine: str, *, is_done: bool) -> None:
    now = here().now()
    with here().database.writing("form.end") as db:
        leases.release(db, _WORK + digest, mine)
        for ended in (_WORK, _DONE):
            leases.forget_ended(db, ended, now)
        if is_done:
            leases.acquire(db, _DONE + digest, mine, now, KEPT)


def _digest() -> str:
    """Of all that was sent but the session's own token, files included."""
    seen = hashlib.sha256(request.full_path.encode())
    for name, value in sorted(request.form.items(multi=True)):
        if name != "csrf_token":
            seen.update(repr((name, value)).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda each: each[0]):
        seen.update(repr((name, file.filename)).encode() + file.stream.read())
        file.stream.seek(0)
    return seen.hexdigest()


def _page_of_the_form() -> str:
    """Only a path of ours is taken of what the browser says."""
    host, path = place_from(request.referrer or "")
    return path if host == request.host else url_for("home.show")
