"""qbXML for QuickBooks Desktop: requests out, answers in, and the rules of both.

Pure: no database, no network, no clock. Modules are imported by name:

- ``message_set`` renders requests; ``schema`` refuses what QuickBooks would refuse;
- ``session``, ``lists`` and ``transactions`` ask; ``customers`` and ``items`` write lists;
  ``invoices``, ``sales_receipts``, ``sales_orders``, ``credit_memos`` (in common: ``sales_forms``),
  ``payments`` and ``refunds`` write transactions; ``removal`` takes them back; ``custom_fields``
  fills the fields that people defined;
- ``answers``, ``records`` and ``txn_records`` read what comes back; ``statuses`` says what a code
  means;
- ``text`` fits Keap's text into QuickBooks' character set and lengths.
"""
