"""What an account tells about itself. Source: v2 OpenAPI schemas."""

from collections.abc import Sequence

from qbwc_service.demo.keap.account import Account
from qbwc_service.demo.keap.values import Json

PAYMENT_TYPES = (
    "Adjustment",
    "Cash",
    "Check",
    "Credit",
    "Credit Card (Manual)",
    "Money Order",
    "Refund",
)


def business_profile(account: Account) -> Json:
    """The business."""
    return {
        "name": account.name,
        "email": "owner@acme.example",
        "time_zone": account.time_zone,
        "currency_code": account.currency,
        "language_tag": "en-US",
    }


def user_info(account: Account) -> Json:
    """Whose key it is."""
    return {
        "email": "owner@acme.example",
        "sub": "1",
        "id": "1",
        "keap_id": "owner@acme.example",
        "given_name": "Dana",
        "family_name": "Whitfield",
        "is_admin": True,
        "tenant_id": account.tenant.partition(".")[0],
    }


def configuration(account: Account, fields: Sequence[str]) -> Json:
    """The settings of the account; those of the shop only where they are asked for."""
    shown: Json = {
        "application": {"time_zone": account.time_zone, "default_view_locale": "en_US"},
    }
    if "ECOMMERCE" in fields:
        shown["ecommerce"] = {
            "currency": account.currency,
            "default_country": "United States",
            "default_merchant": "6",
            "credit_card_types": "American Express,Discover,MasterCard,Visa",
            "default_tax": "0",
            "payment_types": ",".join(PAYMENT_TYPES),
            "default_to_auto_charge": True,
            "default_charge_max_retry_attempts": 3,
            "default_number_of_days_between_charge_attempts": 2,
            "merchant_account_max_retry_attempts": 3,
            "promo_codes": "SAVE5,SAVE7",
            "track_cost_per_unit": False,
            "track_inventory": False,
        }
    return shown
