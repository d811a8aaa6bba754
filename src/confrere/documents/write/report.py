"""What a report says, from a recap or from the minutes of a meeting; and the writers of reports, under one name.

``report_docx``, ``report_pdf`` and ``report_markdown`` write the same content; ``minutes_*`` those of a meeting.
"""

from __future__ import annotations

import posixpath
from pathlib import Path

from confrere.documents.write import formats
from confrere.documents.write.content import Block, Column, Figures, Minutes, Recap, ReportContent, Section, Slide, Table, Text, filled
from confrere.documents.write.figures import Totals
from confrere.documents.write.labels import made_on, priority, recap_title, type_label
from confrere.documents.write.markdown import report_markdown
from confrere.documents.write.teller import Teller
from confrere.documents.write.typeset import report_pdf
from confrere.documents.write.word import report_docx
from confrere.messages import say

__all__ = [
    "minutes_docx",
    "minutes_markdown",
    "minutes_pdf",
    "minutes_report",
    "recap_report",
    "report_docx",
    "report_markdown",
    "report_pdf",
]


def recap_report(recap: Recap, language: str) -> ReportContent:
    """The report of a recap: summary, findings with chart and table, what to check, actions, sources."""
    totals = Totals(recap)
    tell = Teller(recap, totals, language)
    sections: list[Section] = []

    def add(heading: str, slides: list[Slide | None]) -> None:
        told = [slide for slide in slides if slide is not None]
        if told:
            sections.append(Section(title=tell.say(heading)))
            sections.extend(Section(title=slide.title, blocks=_flat(slide.blocks), level=2) for slide in told)

    add(
        "report-findings",
        [
            *tell.evolutions(),
            tell.parties(),
            tell.months(),
            tell.other_axis(),
            *(_plainly(tell.currency(one)) for one in totals.currencies[1:]),
            tell.types(),
            tell.taxes(),
            tell.largest(),
        ],
    )
    add("report-meeting", [tell.highlights(), tell.decisions(), tell.actions(), tell.questions()])
    add("what-to-check", [tell.to_check()])
    sections.append(Section(title=tell.say("next-heading"), blocks=[Text(lines=tell.steps(), ordered=True)]))
    sections.append(_sources(recap, totals, tell, language))
    figures = tell.key_figures().figures if totals.rows else []
    return ReportContent(
        title=recap_title(recap, totals, language),
        subtitle=made_on(recap.day, language),
        day=recap.day,
        figures=figures,
        summary=[tell.scope(), *(point.rstrip(".") + "." for point in (tell.headline(), *tell.points()))] if totals.rows else tell.points(),
        sections=sections,
    )


def _plainly(slide: Slide) -> Slide:
    """A slide about one pot without its key figures, which its title and the total of its table say on a page."""
    slide.blocks = [block for block in slide.blocks if not isinstance(block, Figures)]
    return slide


def _flat(blocks: list[Block]) -> list[Block]:
    """A slide's blocks in reading order for a page: words first, then what shows them."""
    return sorted(blocks, key=lambda block: not isinstance(block, Text) or bool(block.title))


def _sources(recap: Recap, totals: Totals, tell: Teller, language: str) -> Section:
    rows: list[list[object]] = [
        [number, posixpath.basename(row.file), posixpath.dirname(row.file), type_label(row.type, language), row.source]
        for number, row in enumerate(totals.rows, 1)
    ]
    kinds = {"rank": "number"}
    columns = [Column(title=tell.say(name), kind=kinds.get(name, "text")) for name in ("rank", "file", "folder", "type", "source")]
    blocks: list[Block] = [
        Text(lines=[tell.say("method-sources"), tell.say("method-doubts"), tell.say("method-currency"), tell.say("method-credit")])
    ]
    if rows:
        blocks.append(Table(columns=columns, rows=rows, caption=tell.say("sources-title")))
    if recap.omitted:
        blocks.append(
            Table(
                title=tell.say("not-read"),
                columns=[Column(title=tell.say("file")), Column(title=tell.say("check-why"))],
                rows=[[file, reason] for file, reason in recap.omitted],
            )
        )
    return Section(title=tell.say("sheet-sources"), blocks=blocks)


def minutes_report(minutes: Minutes, language: str) -> ReportContent:
    """The minutes of a meeting as a report: decisions and actions first, since that is what people look for."""

    def words(key: str) -> str:
        return say(f"write.{key}", language)

    sections: list[Section] = []
    people = [", ".join(minutes.participants) + "."] if minutes.participants else []
    if minutes.absent:
        people.append(say("write.absent", language, names=", ".join(minutes.absent)))
    if people:
        sections.append(Section(title=words("participants"), blocks=[Text(lines=people, points=False)]))
    if minutes.decisions:
        sections.append(Section(title=words("decisions"), blocks=[Text(lines=minutes.decisions, ordered=True)]))
    if minutes.actions:
        columns = [
            Column(title=words("action")),
            Column(title=words("who")),
            Column(title=words("when"), kind="date"),
            Column(title=words("priority")),
        ]
        table = filled(
            Table(
                columns=columns,
                caption=words("actions"),
                rows=[[action.what, action.who, action.when or None, priority(action.priority, language)] for action in minutes.actions],
            )
        )
        sections.append(Section(title=words("actions"), blocks=[table]))
    if minutes.questions:
        sections.append(Section(title=words("questions"), blocks=[Text(lines=minutes.questions)]))
    if minutes.topics:
        sections.append(
            Section(title=words("discussion"), blocks=[block for topic in minutes.topics if not topic.title for block in topic.blocks])
        )
        sections.extend(Section(title=topic.title, blocks=topic.blocks, level=2) for topic in minutes.topics if topic.title)
    if not (minutes.decisions or minutes.actions or minutes.questions or minutes.topics):
        sections.append(Section(title=words("decisions-actions"), blocks=[Text(lines=[words("minutes-none")], points=False)]))
    if minutes.following:
        sections.append(Section(title=words("next-meeting"), blocks=[Text(lines=[minutes.following], points=False)]))
    if minutes.source:
        sections.append(Section(title=words("source-title"), blocks=[Text(lines=[minutes.source], points=False)]))
    quotes = list(dict.fromkeys(minutes.quotes))
    if quotes:
        rows: list[list[object]] = [[say("write.quoted", language, text=text), who, place] for text, who, place in quotes]
        titles = [Column(title=words(name)) for name in ("said", "who", "source")]
        section = Section(title=words("quotes-title"), blocks=[filled(Table(columns=titles, rows=rows, caption=words("quotes-title")))])
        section.level = 2 if minutes.source else 1
        sections.append(section)
    subtitle = formats.long_date(minutes.date, language) if minutes.date else ""
    return ReportContent(
        title=minutes.title or words("minutes-title"), subtitle=subtitle, summary=minutes.summary, sections=sections, day=minutes.date
    )


def minutes_docx(path: Path, minutes: Minutes, language: str) -> None:
    """Write the minutes of a meeting as a Word document."""
    report_docx(path, minutes_report(minutes, language), language)


def minutes_pdf(path: Path, minutes: Minutes, language: str) -> None:
    """Write the minutes of a meeting as a PDF."""
    report_pdf(path, minutes_report(minutes, language), language)


def minutes_markdown(path: Path, minutes: Minutes, language: str) -> None:
    """Write the minutes of a meeting as Markdown."""
    report_markdown(path, minutes_report(minutes, language), language)
