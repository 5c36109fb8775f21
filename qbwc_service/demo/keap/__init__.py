"""A simulated Keap account: a real HTTP program that plays REST v2, with people who work in it.

It shares no code with the client and the rules it tests.
"""

from qbwc_service.demo.keap.demo_orders import bulk_shop, demo_shop
from qbwc_service.demo.keap.expected import Expected
from qbwc_service.demo.keap.faults import Fault, FaultKind, Faults
from qbwc_service.demo.keap.oauth import OTHER_TENANT
from qbwc_service.demo.keap.records import Account, ShopError
from qbwc_service.demo.keap.seed import COMPANY_ITEMS, TAKEN_NUMBERS, VENDORS
from qbwc_service.demo.keap.server import DEFAULT_KEY, SimulatedKeap
from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.shop import Shop

__all__ = [
    "COMPANY_ITEMS",
    "DEFAULT_KEY",
    "OTHER_TENANT",
    "TAKEN_NUMBERS",
    "VENDORS",
    "Account",
    "Expected",
    "Fault",
    "FaultKind",
    "Faults",
    "Line",
    "Shop",
    "ShopError",
    "SimulatedKeap",
    "bulk_shop",
    "demo_shop",
]
