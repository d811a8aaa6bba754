"""Reading documents of every kind, made here."""
