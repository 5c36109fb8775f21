"""The ledger: what was read, what was planned, what was sent, what QuickBooks answered.

`models` holds the tables, `states` the life of a posting; nothing else changes a posting's state.
"""
