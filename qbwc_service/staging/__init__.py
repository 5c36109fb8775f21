"""Keap -> our database: what was read becomes orders, payments and contacts of the ledger.

from_keap    Keap's records as the values that planning reads (pure); usable: each value of them
reading      one poll: which pages are asked for, in which order, and how far was read
*_rows       one page of orders, payments or contacts into the tables
quarantine   records that cannot be read
trouble      what can go wrong with Keap, as messages of the catalogue
sync         one reading of one connection, alone, from the command line or the job
pace         how fast Keap is asked, by all processes together; api_use says what was used
schedule     the job: who is read next, slice by slice
hook_upkeep  has Keap call where that is wanted; hook_subscriptions: what it is asked for that
due          who is due, who takes it on; next_time says when it is due again (pure)
"""
