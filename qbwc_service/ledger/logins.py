"""Which connections can be read at all, as a condition of a query."""

from sqlalchemy import ColumnElement, and_, or_, select

from qbwc_service.ledger.models import Connection, KeapSignIn, SignInState


def can_be_read() -> ColumnElement[bool]:
    """Not paused, with a login that is of use."""
    return and_(Connection.paused.is_(False), has_login())


def has_login() -> ColumnElement[bool]:
    """Some login, but not a sign-in that has ended: asking cannot help there."""
    sign_in = select(KeapSignIn.id).where(
        KeapSignIn.connection_id == Connection.id, KeapSignIn.state == SignInState.IN_FORCE
    )
    return and_(
        or_(Connection.keap_key != "", sign_in.exists()),
        ~sign_in.where(KeapSignIn.broken_at.is_not(None)).exists(),
    )
