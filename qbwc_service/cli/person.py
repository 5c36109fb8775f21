"""qbwc-service person: who may sign in to the admin pages, as what, to which connections."""

from dataclasses import dataclass

import click
from sqlalchemy import select

from qbwc_service import invitations, people
from qbwc_service.alerts import invitation as invitation_mail
from qbwc_service.alerts.failures import NotTold
from qbwc_service.cli.failures import Refused
from qbwc_service.cli.output import json_option, print_json, print_table
from qbwc_service.cli.surroundings import Surroundings, opened
from qbwc_service.clock import utc_now
from qbwc_service.ledger.audit import Author
from qbwc_service.ledger.models import Person, Role
from qbwc_service.people import COMMAND_LINE, OWNER, NewPassword, Standing

_name = click.argument("person", metavar="PERSON")
_role = click.argument("role", type=click.Choice([role.value for role in Role]))
_connections = click.option(
    "--connection",
    "connections",
    multiple=True,
    metavar="NAME",
    help="A connection that the person may see; can be given several times. Left out: all.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What `person list` tells of one person; `connections` None stands for all."""

    person: str
    email: str
    role: str
    connections: list[str] | None
    disabled: bool


@click.group()
def person() -> None:
    """Add, invite, list, change and disable the people who may sign in to the admin pages."""


@person.command()
@_name
@_role
@_connections
@click.option("--email", default="", help="An e-mail address.")
@json_option
def add(person: str, role: str, connections: tuple[str, ...], email: str, as_json: bool) -> None:
    """Add a person and show a one-time password, this once.

    owner: everything. bookkeeper: everything but users, adding connections, passwords of the Web
    Connector and what is decided about a company file. viewer: reads.

    \b
    Examples:
      qbwc-service person add bea bookkeeper
      qbwc-service person add vic viewer --connection acme --connection shop
    """
    password = people.one_time_password()
    with opened() as service, service.database.writing("person.add") as db:
        people.add(db, _author(), person, _standing(email, role, connections), password)
    _show_new(person, password, as_json)


@person.command()
@_role
@_connections
@click.option("--email", default="", help="Where to send the link, if there is a mail server.")
@json_option
def invite(role: str, connections: tuple[str, ...], email: str, as_json: bool) -> None:
    """Make a link by which one person joins, and choose name and password themselves.

    It can be used once, within 7 days. Where a mail server is set up and --email is given it is
    sent there; else it is shown, this once.

    \b
    Examples:
      qbwc-service person invite bookkeeper --email bea@example.com
      qbwc-service person invite viewer --connection acme
    """
    with opened() as service:
        author = _author()
        with service.database.writing("person.invite") as db:
            secret = invitations.invite(db, author, _standing(email, role, connections))
        link = service.config.address(f"/join/{secret}")
        server = service.config.mail_server
        problem = ""
        if server is not None and email:
            try:
                invitation_mail.send(server, email, link, invited_by="An owner", now=author.now)
            except NotTold as reason:
                problem = str(reason)
        is_sent = server is not None and bool(email) and not problem
    if as_json:
        print_json({"email": email, "sent": is_sent, "link": "" if is_sent else link})
        return
    if is_sent:
        click.echo(f"The invitation is on its way to {email}.")
        return
    if problem:
        click.echo(f"It could not be sent to {email}. {problem}", err=True)
    click.echo(f"Link: {link}   (for one person, within 7 days, shown this once)")


@person.command(name="list")
@json_option
def list_(as_json: bool) -> None:
    """List the people who may sign in, or could before they were disabled."""
    with opened() as service:
        found = _shown(service)
    if as_json:
        print_json(found)
        return
    print_table(
        ["Name", "E-mail", "Role", "Connections", "State"],
        [
            (
                one.person,
                one.email,
                one.role,
                "all" if one.connections is None else ", ".join(one.connections) or "none",
                "disabled" if one.disabled else "may sign in",
            )
            for one in found
        ],
        "Nobody can sign in yet. The first start of the service makes an owner.",
    )


@person.command()
@_name
@_role
@_connections
def role(person: str, role: str, connections: tuple[str, ...]) -> None:
    """Change the role of a person, and the connections that they may see.

    \b
    Examples:
      qbwc-service person role bea owner
      qbwc-service person role bea bookkeeper --connection acme
    """
    with opened() as service, service.database.writing("person.role") as db:
        found = people.find_person(db, person)
        is_new = people.change(db, _author(), found, _standing(found.email, role, connections))
    click.echo("Changed." if is_new else "Nothing was changed: it was so before.")


@person.command()
@_name
@json_option
def password(person: str, as_json: bool) -> None:
    """Make a one-time password; the one of now ends at once, in every browser.

    \b
    Example:
      qbwc-service person password bea
    """
    made = people.one_time_password()
    with opened() as service, service.database.writing("person.password") as db:
        if person == OWNER and service.config.admin_password_file is not None:
            raise Refused(
                f"The password of {OWNER} is taken from QBWC_ADMIN_PASSWORD_FILE at every start. "
                "Nothing was changed; change it there."
            )
        people.renew_password(db, _author(), people.find_person(db, person), made)
    _show_new(person, made, as_json)


@person.command()
@_name
def disable(person: str) -> None:
    """Sign a person out and let them in no more; what they did stays in the audit.

    \b
    Example:
      qbwc-service person disable bea
    """
    with opened() as service, service.database.writing("person.disable") as db:
        is_new = people.disable(db, _author(), people.find_person(db, person))
    click.echo("Disabled." if is_new else "Nothing was changed: it was so before.")


@person.command()
@_name
@json_option
def enable(person: str, as_json: bool) -> None:
    """Let a disabled person in again, with a new one-time password.

    \b
    Example:
      qbwc-service person enable bea
    """
    made = people.one_time_password()
    with opened() as service, service.database.writing("person.enable") as db:
        is_new = people.enable(db, _author(), people.find_person(db, person), made)
    if not is_new:
        raise Refused(f"{person} may sign in already. Nothing was changed.")
    _show_new(person, made, as_json)


def _author() -> Author:
    return Author(COMMAND_LINE, utc_now())


def _standing(email: str, role: str, connections: tuple[str, ...]) -> Standing:
    return Standing(email, Role(role), connections or None)


def _shown(service: Surroundings) -> list[Shown]:
    with service.database.reading() as db:
        rows = db.scalars(select(Person).order_by(Person.name)).all()
        seen = people.connections_of(db, rows)
        return [
            Shown(
                row.name,
                row.email,
                row.role.value,
                None if row.sees_all else seen[row.id],
                row.disabled_at is not None,
            )
            for row in rows
        ]


def _show_new(person: str, password: NewPassword, as_json: bool) -> None:
    if as_json:
        print_json({"person": person, "password": password.text})
        return
    click.echo(f"Name:     {person}")
    click.echo(f"Password: {password.text}   (for one sign-in, shown this once)")
    click.echo("The first page after the sign-in asks for a password of their own.")
