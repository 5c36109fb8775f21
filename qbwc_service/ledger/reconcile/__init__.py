"""QuickBooks as it was last read, held against what we posted: there, changed, or gone."""
