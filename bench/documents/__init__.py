"""Measures reading and extraction on labelled documents: ``python -m bench.documents --data DIR``."""
