"""Order + settings + mirror -> what is to be made in QuickBooks, or a hold. Pure functions."""
