"""The copy-on-write view of the granted folders in which a task works, and the way back to the real folders:
change set, apply, vault, undo. Nothing else writes to a person's folder."""
