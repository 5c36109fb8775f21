"""The phases of an update session, in their order.

identify: is this the right company file?  recover: what became of the set that got no answer?
mirror: read what changed in QuickBooks' lists.  post: look up, make names, make transactions.
reconcile: once a day, is what we posted still there as it was posted?
"""
