"""Deliverables opened again and checked: recalculated, measured, looked at.

What lives here reads finished files and tells what is wrong with them as ``Finding``s. It repairs nothing and writes
nothing but pictures where asked.
"""
