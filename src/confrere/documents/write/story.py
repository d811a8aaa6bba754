"""A deck told from a recap: as many slides as asked, each title a finding with its figures.

Few slides are merged ones (figures, chart and points together); more slides go deeper: by client, by month, currency by
currency, document by document. Past what the documents can tell, the last pages are for the meeting itself, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from confrere.documents.write.content import DeckContent, Recap, Slide
from confrere.documents.write.figures import Totals
from confrere.documents.write.labels import recap_title
from confrere.documents.write.teller import Teller

LEAST, MOST = 1, 30


def recap_story(recap: Recap, n_slides: int, language: str) -> DeckContent:
    """A deck of exactly ``n_slides`` slides (1 to 30; other numbers are brought within) about ``recap``."""
    wanted = max(LEAST, min(MOST, n_slides))
    totals = Totals(recap)
    tell = Teller(recap, totals, language)
    title = recap_title(recap, totals, language)
    chosen: list[tuple[int, Slide]] = []
    for place, group in _candidates(tell, wanted):
        if len(chosen) + len(group) <= wanted:
            chosen += [(place, slide) for slide in group]
        if len(chosen) == wanted:
            break
    number = 1
    while len(chosen) < wanted:
        chosen.append((99, tell.meeting_page(number)))
        number += 1
    slides = [slide for _, slide in sorted(chosen, key=lambda pair: pair[0])]
    return DeckContent(title=title, slides=slides, footer=title, day=recap.day)


def _candidates(tell: Teller, wanted: int) -> Iterator[tuple[int, list[Slide]]]:
    """(place in the deck, slides that only make sense together), the most needed first."""

    def some(*slides: Slide | None) -> list[Slide]:
        return [slide for slide in slides if slide is not None]

    if wanted == 1:
        yield 1, [tell.overview(chart=True, points=True)]
        return
    # In a short deck what to check and what to do share a slide, and the overview carries the chart.
    short = wanted < 6
    if wanted >= 4:
        yield 0, [tell.cover()]
    yield 1, [tell.overview(chart=wanted < 3, points=wanted >= 3)]
    if short:
        yield 80, [tell.check_and_next()]
    else:
        yield 80, some(tell.to_check())
        yield 90, [tell.next_steps()]
    for slide in tell.evolutions():
        yield 9, [slide]
    yield 2, some(tell.highlights())
    for slide in [] if short else tell.decided():
        yield 75, [slide]
    yield 76, [] if short else some(tell.actions())
    yield 10, some(tell.parties())
    yield 20, some(tell.months())
    yield 40, some(tell.largest())
    others = tell.totals.currencies[1:]
    for one in others:
        if one.all.count > 1:
            yield 25, some(tell.currency(one))
    if short:
        yield 75, some(tell.decisions())
        yield 76, some(tell.actions())
    yield 13, some(tell.other_axis())
    yield 45, some(tell.due_dates())
    yield 30, some(tell.types())
    yield 35, some(tell.taxes())
    yield 12, some(tell.concentration())
    for one in others:
        if one.all.count == 1:  # the overview shows it already
            yield 26, some(tell.currency(one))
    for number, slide in enumerate(tell.party_details()):
        if number >= 4:
            break
        yield 50, [slide]
    yield 22, some(tell.party_months())
    yield 85, some(tell.completeness())
    yield 95, [tell.method()]
    for number, slide in enumerate(tell.party_details()):
        if number >= 4:
            yield 50, [slide]
    yield 97, tell.lists()
    yield 60, [*tell.month_details()]
    for slide in tell.document_details():
        yield 70, [slide]
