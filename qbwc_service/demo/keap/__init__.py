"""A simulated Keap account: a real HTTP program that plays REST v2, with people who work in it.

It shares no code with the client and the rules it tests.
"""

from qbwc_service.demo.keap.account import Account
from qbwc_service.demo.keap.demo_orders import bulk_shop, demo_shop
from qbwc_service.demo.keap.expected import Expected
from qbwc_service.demo.keap.faults import Fault, FaultKind, Faults, Mix
from qbwc_service.demo.keap.full_shop import full_shop
from qbwc_service.demo.keap.money import Instalment
from qbwc_service.demo.keap.oauth import OTHER_TENANT
from qbwc_service.demo.keap.quota import Limits
from qbwc_service.demo.keap.records import ShopError
from qbwc_service.demo.keap.seed import COMPANY_ITEMS, TAKEN_NUMBERS, VENDORS
from qbwc_service.demo.keap.server import DEFAULT_KEY, SimulatedKeap
from qbwc_service.demo.keap.shapes import Line
from qbwc_service.demo.keap.shop import Shop
from qbwc_service.demo.keap.trade_day import Step, day_of_trade

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
    "Instalment",
    "Limits",
    "Line",
    "Mix",
    "Shop",
    "ShopError",
    "SimulatedKeap",
    "Step",
    "bulk_shop",
    "day_of_trade",
    "demo_shop",
    "full_shop",
]
