"""What makes the sample folder: the invented companies, the arithmetic of their papers, the page designs, the pictures.

Nothing here is part of the installed program. `samples/make.py` is the only door.
"""
