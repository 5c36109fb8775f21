"""The service as whoever runs it sees it: is it up, may it be sent calls, and its figures."""
