"""What people are told by e-mail and by web address, once for each change.

seen          one connection at one moment, and what of it a person should know (pure)
deciding      what is to be told, given what was told before (pure)
letters       the words of an alert, from the message catalogue (pure)
digest        the words of the daily digest: do Keap and QuickBooks add up? (pure)
looking       reads what `seen` holds, all connections in a few statements
outbox        alerts as rows: written in one transaction, taken and sent outside of it
mail          one alert as a mail, through the mail server
invitation    an invitation as a mail, at once and never stored
webhook       one alert to a web address, signed; never into one's own network
targets       whom a connection tells
job           looks and sends, every half minute, in one process at a time
"""
