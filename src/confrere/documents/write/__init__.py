"""Deliverables: workbook, deck, report, minutes, index, PDF and conversions.

A writer takes plain data (``content``) and a path its caller owns, and leaves one finished file there. What lives here
reads no folder, sees no view and no network, and gives the same bytes for the same data. Checking what was written
is the business of ``documents.verify``.
"""
