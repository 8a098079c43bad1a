"""What was said and done so far, read once, in one form for all who need it."""
