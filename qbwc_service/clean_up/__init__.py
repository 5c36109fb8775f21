"""What is old and no longer needed goes, a little at a time."""
