"""Keap orders, payments and refunds into QuickBooks Desktop."""

__version__ = "0.1.0"
