"""qbXML for QuickBooks Desktop: requests out, answers in, and the rules of both.

Pure: no database, no network, no clock. Modules are imported by name:

- ``message_set`` renders requests; ``session``, ``lists``, ``transactions``, ``customers``,
  ``items``, ``invoices``, ``payments`` build them; ``schema`` refuses what QuickBooks would refuse;
- ``answers`` and ``records`` read what comes back; ``statuses`` says what a code means;
- ``text`` fits Keap's text into QuickBooks' character set and lengths.
"""
