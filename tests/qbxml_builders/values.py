"""Invented values that several examples share."""

from qbxml_builders.addresses import Address

GUID = "{0f2c1d1e-7a34-5b6c-8d9e-0a1b2c3d4e5f}"
SINCE = "2026-03-01T10:20:30"
ADDRESS = Address(
    ("Zoë O'Neill & Sons", "12 Harbour Lane"), "Portsmouth", "NH", "03801", "United States"
)
