"""Keap -> our database: what was read becomes orders, payments and contacts of the ledger.

from_keap    Keap's records as the values that planning reads (pure)
reading      one poll: which pages are asked for, in which order, and how far was read
*_rows       one page of orders, payments or contacts into the tables
quarantine   records that cannot be read
trouble      what can go wrong with Keap, as messages of the catalogue
sync         one reading of one connection, alone, from the command line or the job
schedule     the job
"""
