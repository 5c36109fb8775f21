"""GET /support/<connection>: the page behind the Web Connector's "support" link (AppSupport).

Anybody may read it, so it tells times, counts and sentences of ours, and no name, amount or
secret. A name that no connection has gets the page of one that was never called.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask, Response, render_template_string
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qbwc_service.database import Database
from qbwc_service.ledger.models import Connection, KeapOrder, OrderStatus, UpdateSession
from qbwc_service.ledger.reports import WAITING
from qbwc_service.messages import CATALOGUE, message

_SESSIONS = 10


@dataclass(frozen=True, slots=True)
class Update:
    """One run of the Web Connector: when it began (UTC), and how it went in one sentence; where it
    met trouble, what to do, and how, one act a line."""

    at: datetime
    sentence: str
    advice: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Support:
    """What the page shows of one connection."""

    waiting: int
    held: int
    updates: tuple[Update, ...]

    @property
    def newest(self) -> Update | None:
        return self.updates[0] if self.updates else None


def register(app: Flask, *, database: Database) -> None:
    """Add the page to the site."""

    @app.get("/support/", defaults={"connection": ""})
    @app.get("/support/<connection>")
    def support(connection: str) -> Response:
        with database.reading() as db:
            page = render_template_string(_PAGE, support=read_support(db, connection))
        response = Response(page)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def read_support(db: Session, name: str) -> Support:
    """The figures of the connection with that name; those of an unused one where there is none."""
    connection_id = db.scalar(select(Connection.id).where(Connection.name == name))
    found = db.execute(
        select(KeapOrder.status, func.count())
        .where(KeapOrder.connection_id == connection_id)
        .group_by(KeapOrder.status)
    )
    counts = {OrderStatus(status): int(count) for status, count in found}
    sessions = db.scalars(
        select(UpdateSession)
        .where(UpdateSession.connection_id == connection_id)
        .order_by(UpdateSession.id.desc())
        .limit(_SESSIONS)
    )
    return Support(
        waiting=sum(counts.get(status, 0) for status in WAITING),
        held=counts.get(OrderStatus.HELD, 0),
        updates=tuple(_update(session) for session in sessions),
    )


def _update(session: UpdateSession) -> Update:
    # The stored result may name a company or an order: the catalogue's own words do not.
    if session.trouble in CATALOGUE and session.trouble != "nothing-to-do":
        entry = CATALOGUE[session.trouble]
        advice = "" if "{" in entry.do else entry.do
        title = message(session.trouble).title
        return Update(session.started_at, f"{title}.", advice, entry.steps)
    return Update(session.started_at, _sentence(session))


def _sentence(session: UpdateSession) -> str:
    if session.ended_at is None:
        return "This update has not ended yet."
    if not session.posted and not session.held:
        return "It went well. Nothing was left to send."
    went = f"{session.posted} record{'' if session.posted == 1 else 's'} went to QuickBooks"
    if not session.held:
        return f"It went well. {went}."
    return f"{went}, {session.held} need{'s' if session.held == 1 else ''} a person."


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Support: Keap orders to QuickBooks</title>
</head>
<body>
<h1>Keap orders to QuickBooks</h1>
<p>Waiting for QuickBooks: {{ support.waiting }}. Waiting for a person: {{ support.held }}.</p>
{% if support.newest and support.newest.advice %}
<h2>What to do now</h2>
<p>{{ support.newest.sentence }} {{ support.newest.advice }}</p>
{% if support.newest.steps %}
<ol>
{% for step in support.newest.steps %}
<li>{{ step }}</li>
{% endfor %}
</ol>
{% endif %}
{% endif %}
<h2>Last updates of the Web Connector</h2>
{% if support.updates %}
<ul>
{% for update in support.updates %}
<li><time datetime="{{ update.at.isoformat() }}">{{ update.at.strftime("%Y-%m-%d %H:%M") }} UTC\
</time>: {{ update.sentence }}</li>
{% endfor %}
</ul>
{% else %}
<p>No update has been seen yet.</p>
<ol>
<li>In the Web Connector, click into the Password column of this application and paste its \
password. It was shown when the connection was made; whoever set this up can make a new one.</li>
<li>Answer Yes when it asks whether to save the password.</li>
<li>Tick this application and press Update Selected.</li>
</ol>
{% endif %}
<p>Times are UTC. What each order waits for, and a file for somebody who helps, are behind the \
<a href="/">sign-in</a>; or ask whoever set this up.</p>
</body>
</html>
"""
