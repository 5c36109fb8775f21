"""Which role each page and each button needs. Enforced in `sign_in.require_person`, for all."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from qbwc_service.ledger.models import Role

#: what is read by everybody (by support with people blotted out), and changed by bookkeepers,
#: stands in no line
_NEEDS: Final[Mapping[tuple[str, str], Role]] = MappingProxyType(
    {
        # Users, and what concerns the service as a whole
        ("people.show", "GET"): Role.OWNER,
        ("people.show_one", "GET"): Role.OWNER,
        ("people.ask_to_add", "GET"): Role.OWNER,
        ("people.add", "POST"): Role.OWNER,
        ("people.change", "POST"): Role.OWNER,
        ("people.renew_password", "POST"): Role.OWNER,
        ("people.disable", "POST"): Role.OWNER,
        ("people.enable", "POST"): Role.OWNER,
        ("invitations.ask_to_invite", "GET"): Role.OWNER,
        ("invitations.invite", "POST"): Role.OWNER,
        ("invitations.withdraw", "POST"): Role.OWNER,
        ("home.end_drain", "POST"): Role.OWNER,
        # A connection: that it is there, which computer may call, which company file is its own
        ("adding.show", "GET"): Role.OWNER,
        ("adding.add", "POST"): Role.OWNER,
        ("keap_login.ask_to_disconnect", "GET"): Role.OWNER,
        ("keap_login.disconnect", "POST"): Role.OWNER,
        ("upkeep.ask_for_password", "GET"): Role.OWNER,
        ("upkeep.make_password", "POST"): Role.OWNER,
        ("upkeep.answer_about_company_file", "POST"): Role.OWNER,
        ("upkeep.suspend", "POST"): Role.OWNER,
        ("upkeep.reinstate", "POST"): Role.OWNER,
        ("company_file.take_the_open_one", "POST"): Role.OWNER,
        ("set_up.answer_about_company", "POST"): Role.OWNER,
        ("set_up.go_on_with_another_company", "POST"): Role.OWNER,
        ("set_up.switch_on", "POST"): Role.OWNER,
        # Whoever has the key can pretend to be this service to the receiver
        ("alerts.ask_for_signing_key", "GET"): Role.OWNER,
        ("alerts.make_signing_key", "POST"): Role.OWNER,
        # A new key or sign-in is taken only for the Keap account of before, so a bookkeeper may
        # renew it. The way back from Keap changes things although it is a GET.
        ("keap_login.show", "GET"): Role.BOOKKEEPER,
        ("keap_sign_in.ask", "GET"): Role.BOOKKEEPER,
        ("keap_sign_in.come_back", "GET"): Role.BOOKKEEPER,
        ("keap_sign_in.show_account", "GET"): Role.BOOKKEEPER,
        # Only of use to whoever sets up the QuickBooks computer
        ("upkeep.web_connector_file", "GET"): Role.BOOKKEEPER,
        # Each of their pages asks for a press
        ("set_up.show", "GET"): Role.BOOKKEEPER,
        ("set_up.show_step", "GET"): Role.BOOKKEEPER,
        ("set_up.ask", "GET"): Role.BOOKKEEPER,
        ("link_many.show", "GET"): Role.BOOKKEEPER,
        # Planned while it is shown: from names that are blotted out another plan would come
        ("preview.show", "GET"): Role.VIEWER,
        # One's own
        ("own_password.change", "POST"): Role.SUPPORT,
        ("sign_in.sign_out", "POST"): Role.SUPPORT,
    }
)
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def needed(endpoint: str, method: str) -> Role:
    """The role for that page or button: everybody reads, and saves the support file, which holds
    less than the pages; whatever else is there needs a bookkeeper unless it is named above."""
    reads = method in _READS
    usual = Role.SUPPORT if reads else Role.BOOKKEEPER
    return _NEEDS.get((endpoint, "GET" if reads else method), usual)


def named() -> frozenset[tuple[str, str]]:
    """The pages and buttons that are named above: a test holds them against those that exist."""
    return frozenset(_NEEDS)
