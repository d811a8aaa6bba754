"""The look shared by all deliverables: few colours, each with one meaning; dark ones pass WCAG AA on white."""

from __future__ import annotations

INK = "1B2A41"  # titles, table heads
BODY = "2B3441"  # running text
GREY = "5C6773"  # captions, axis labels
LINE = "D5DBE1"  # rules, grid
TINT = "F2F5F7"  # panels, banding
ACCENT = "0B6E6E"  # the series, the figure that matters
SOFT = "A9C9C8"  # the series that are context
WARN = "B4451F"  # to confirm, doubtful
WARN_TINT = "FBEDE6"
GOOD = "2F7D4F"
WHITE = "FFFFFF"

# The same on the dark ground of a company's template.
PALE = "F2F5F7"
PALE_GREY = "C3CBD4"
PALE_WARN = "FFB199"

SERIES = (ACCENT, "D08A2E", "3B5B8C", "8C4A6B", "6B8E4E", "7A6FA8", "4A8FA8", "9A7B4F")

FONT = "Calibri"
