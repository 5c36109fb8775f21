"""Keap's REST API v2, read only, and its hooks: typed records, exact money, patient with limits.

    with KeapClient("https://api.keap.com/crm", key) as client:
        for page in client.orders(modified_since=moment):
            ...

Knows nothing of QuickBooks and nothing of a database.
"""

from keap.allowance import Allowance, Pace, Priority, heard, slowed, turn
from keap.auth import Auth, StaticKey
from keap.client import CONTACT_FIELDS, IDS_PER_CALL, PAGE_SIZE, KeapClient
from keap.decoding import Page, ShapeError, Unreadable, decode_record
from keap.errors import (
    KeapAnswerUnreadable,
    KeapAuthRefused,
    KeapBadRequest,
    KeapClientRefused,
    KeapError,
    KeapNotFound,
    KeapOtherTenant,
    KeapPermissionMissing,
    KeapPutOff,
    KeapServerError,
    KeapSignInEnded,
    KeapThrottled,
    KeapUnreachable,
    PutOff,
)
from keap.filters import Filter
from keap.hooks import Hook, Hooks, HookStatus
from keap.http import is_same_tenant
from keap.oauth import (
    REFRESH_TOKEN_LIVES,
    Client,
    TokenEndpoint,
    Tokens,
    authorize_address,
    code_challenge,
    new_secret_word,
)
from keap.quota import Quota, QuotaWindow
from keap.records import (
    Address,
    BusinessProfile,
    Company,
    Contact,
    ContactStub,
    EmailAddress,
    Merchant,
    Money,
    Order,
    OrderItem,
    OrderPayment,
    Payment,
    PhoneNumber,
    Product,
    ProductStub,
    ShippingInformation,
    UserInfo,
)
from keap.throttle import Pacer, TokenBucket

__all__ = [
    "CONTACT_FIELDS",
    "IDS_PER_CALL",
    "PAGE_SIZE",
    "REFRESH_TOKEN_LIVES",
    "Address",
    "Allowance",
    "Auth",
    "BusinessProfile",
    "Client",
    "Company",
    "Contact",
    "ContactStub",
    "EmailAddress",
    "Filter",
    "Hook",
    "HookStatus",
    "Hooks",
    "KeapAnswerUnreadable",
    "KeapAuthRefused",
    "KeapBadRequest",
    "KeapClient",
    "KeapClientRefused",
    "KeapError",
    "KeapNotFound",
    "KeapOtherTenant",
    "KeapPermissionMissing",
    "KeapPutOff",
    "KeapServerError",
    "KeapSignInEnded",
    "KeapThrottled",
    "KeapUnreachable",
    "Merchant",
    "Money",
    "Order",
    "OrderItem",
    "OrderPayment",
    "Pace",
    "Pacer",
    "Page",
    "Payment",
    "PhoneNumber",
    "Priority",
    "Product",
    "ProductStub",
    "PutOff",
    "Quota",
    "QuotaWindow",
    "ShapeError",
    "ShippingInformation",
    "StaticKey",
    "TokenBucket",
    "TokenEndpoint",
    "Tokens",
    "Unreadable",
    "UserInfo",
    "authorize_address",
    "code_challenge",
    "decode_record",
    "heard",
    "is_same_tenant",
    "new_secret_word",
    "slowed",
    "turn",
]
