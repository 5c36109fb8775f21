"""The activity page: what happened in a connection, order by order, with what to do about it."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from qbwc_service.admin.activity_rows import Level, Place, activity_page
from qbwc_service.admin.addresses import id_from
from qbwc_service.admin.health import head_of
from qbwc_service.admin.surroundings import here
from qbwc_service.connections import find_connection

pages = Blueprint("activity", __name__, url_prefix="/c/<connection:connection>/activity")


@pages.get("")
def show(connection: str) -> ResponseReturnValue:
    asked = request.args.get("level", "")
    level = Level(asked) if asked in set(Level) else None
    after = _place(request.args.get("after", ""))
    with here().database.reading() as db:
        found = find_connection(db, connection)
        page = activity_page(db, found.id, level, after)
    return render_template(
        "activity.html",
        head=head_of(found),
        page=page,
        level=level,
        query={"level": level.value} if level else {},
        paged=after is not None,
        older=_text(page.older),
    )


def _place(text: str) -> Place | None:
    """Where a page begins, as `_text` wrote it; None for anything else."""
    moment, _, rest = text.partition("~")
    source, _, row_id = rest.partition("~")
    where, number = id_from(source), id_from(row_id)
    try:
        at = datetime.fromisoformat(moment)
        in_utc = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None or where is None or number is None:
        return None
    return Place(in_utc, where, number)


def _text(place: Place | None) -> str:
    return f"{place.at.isoformat()}~{place.source}~{place.row_id}" if place is not None else ""
