"""Every parser of bytes from outside, fed with what nobody would send.

A target (`targets/`) is a function of bytes that raises only on a defect of the product. The same
targets run in two modes: `test_replay.py` replays seeds and what was found before, with some
mutations, in every test run; `python -m tests.fuzz` runs them for long under atheris, guided by
coverage. An input that a long run found, and that is mended, is kept in `found/<target>/`.

Nothing of the product may be imported from here: the long mode instruments it as it is imported.

| bytes | read by | target |
|---|---|---|
| POST, GET of `/qbwc/...`: headers, envelope, all eight calls | `webconnector/soap/` | soap |
| tickets, user names, passwords | `webconnector/service.py`, `sessions.py` | soap |
| strHCPResponse, qbXML answers, HRESULTs | `qbxml_builders/answers.py`, `readers.py`, `txn_readers.py`, `hresults.py`, `statuses.py` | qbxml |
| the same, in a session that waits for that answer | `webconnector/answers.py`, `phases/`, `outcome.py`, `verify.py`, `comparing.py` | session |
| Keap's pages, records, error bodies, headers, tokens | `keap/` | keap_answers |
| the same, read into the ledger and planned | `staging/`, `planning/`, `matching/` | keap_reading |
| pages, forms, queries, uploads, cookies of the admin; `/support`, the OAuth callback | `admin/`, `support_page.py` | admin |
| product file (CSV), rules file (JSON), `.qwc` | `spreadsheets.py`, `ledger/product_file.py`, `rule_file.py`, `qwc/` | files |
| what people type: order numbers, settings, rules, days | `order_numbers.py`, `settings/`, `planning/rule.py`, `admin/addresses.py` | typed |
| names, addresses and texts on their way into qbXML | `matching/keys.py`, `qbxml_builders/text.py` | typed |
| key, password and configuration files, the environment | `config.py`, `secrecy.py` | typed |

Not here: HTTP itself, which waitress reads (`tests/protocol/test_floods.py` tries it on sockets).
"""
