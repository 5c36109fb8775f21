"""Which customer, which item, which account. Pure functions over a slice of the mirror."""
