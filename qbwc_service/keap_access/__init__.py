"""How a connection gets into its Keap account: by a sign-in whose tokens rotate, or by a key.

failures       why an account cannot be used
tries          a sign-in that was begun in a browser
sign_ins       what is kept of a sign-in, and which login is in force
renewal        new tokens for old, by one process at a time
stored_login   what every call identifies itself with
account        whose account it is, asked of Keap
"""
