"""What remains to be done about a recap: values to check, steps, what people decided, how the work was done."""

from __future__ import annotations

import datetime as dt
import posixpath
from decimal import Decimal

from confrere.documents.write import formats
from confrere.documents.write.content import (
    Action,
    Block,
    Column,
    Row,
    Slide,
    Table,
    Text,
    filled,
)
from confrere.documents.write.figures import TO_CONFIRM, ZERO, signed
from confrere.documents.write.labels import doubts, field_label, priority
from confrere.documents.write.telling import FIELDS, Words
from confrere.documents.write.text import line


class FollowUp(Words):
    """What follows from a recap."""

    def check_rows(self) -> Table:
        columns = [
            Column(title=self.say("number")),
            Column(title=self.say(self.axis)),
            Column(title=self.say("what-to-check")),
            Column(title=self.say("total"), kind="amount"),
        ]
        rows: list[list[object]] = [
            [
                self.label(row),
                self.name(getattr(row, self.axis), limit=34),
                ", ".join(
                    f"{field_label(name, self.language)} : {reason}"
                    if self.language == "fr"
                    else f"{field_label(name, self.language)}: {reason}"
                    for name, reason in doubts(row, self.language)
                ),
                self.shown(row, "total"),
            ]
            for row in self._ordered_checks()
        ]
        return Table(columns=columns, rows=rows)

    def _ordered_checks(self) -> list[Row]:
        order = {id(row) for row in self.totals.with_status(TO_CONFIRM)}
        return sorted(self.totals.to_check(), key=lambda row: (id(row) not in order, -abs(signed(row.total, row) or ZERO)))

    def check_title(self) -> str:
        one = self.main
        rows = self.totals.with_status(TO_CONFIRM)
        if one and rows:
            amounts = [self.money(each.all.doubtful, each.code) for each in self.totals.currencies if each.all.doubtful]
            if amounts:
                return self.counted("story-check", len(rows), amount=" + ".join(amounts))
            return self.counted("story-check-plain", len(rows))
        rest = self.totals.to_check()
        return self.counted("story-check-plain", len(rest)) if rest else ""

    def to_check(self) -> Slide | None:
        title = self.check_title()
        if not title:
            return None
        table = self.check_rows()
        table.caption = title
        return Slide(title=title, blocks=[table], notes=self.notes(self.say("notes-check"), self.sources(self._ordered_checks())))

    def steps(self) -> list[str]:
        """What to do next, from what is missing or doubtful; then what was decided to be done."""
        found = []
        rows = self.totals.with_status(TO_CONFIRM)
        if rows:
            found.append(self.counted("step-confirm", len(rows)))
        for axis in (self.axis,):
            unknown = sum(1 for one in self.totals.currencies if one.told_by(axis) for row in one.rows if not getattr(row, axis))
            if unknown:
                found.append(self.counted(f"step-{axis}", unknown))
        undated = sum(1 for row in self.totals.rows if row.date is None and row.type in self.totals.counted)
        if undated:
            found.append(self.counted("step-date", undated))
        if self.recap.omitted:
            names = ", ".join(posixpath.basename(file) for file, _ in self.recap.omitted[:3])
            found.append(self.counted("step-omitted", len(self.recap.omitted), names=line(names, 90)))
        found += [self.action_line(action) for action in self.recap.actions[:5]]
        if self.totals.rows:
            found.append(self.say("step-share"))
        return found or [self.say("story-empty-next")]

    def action_line(self, action: Action) -> str:
        when = formats.date(action.when, self.language) if isinstance(action.when, dt.date) else line(action.when)
        tail = ", ".join(part for part in (line(action.who), when) if part)
        return line(action.what) + (f" ({tail})" if tail else "")

    def next_steps(self) -> Slide:
        steps = self.steps()
        return Slide(title=self.counted("story-next", len(steps)), blocks=[Text(lines=steps, ordered=True)], notes=self.say("notes-next"))

    def check_and_next(self) -> Slide:
        title = self.check_title() or self.counted("story-next", len(self.steps()))
        blocks: list[Block] = []
        if self.totals.to_check():
            blocks.append(self.check_rows())
        blocks.append(Text(title=self.say("next-heading"), lines=self.steps()))
        return Slide(title=title, blocks=blocks, notes=self.notes(self.say("notes-check"), self.sources(self._ordered_checks())))

    def highlights(self) -> Slide | None:
        if not self.recap.highlights:
            return None
        count = len(self.recap.highlights)
        title = line(self.recap.highlights[0], 110) if count == 1 else self.say("story-highlights", count=count)
        return Slide(title=title, blocks=[Text(lines=self.recap.highlights)])

    def decisions(self) -> Slide | None:
        count = len(self.recap.decisions)
        if not count:
            return None
        return Slide(title=self.counted("story-decisions", count), blocks=[Text(lines=self.recap.decisions, ordered=True)])

    def questions(self) -> Slide | None:
        count = len(self.recap.questions)
        if not count:
            return None
        return Slide(title=self.counted("story-questions", count), blocks=[Text(lines=self.recap.questions)])

    def action_table(self, actions: list[Action]) -> Table:
        columns = [
            Column(title=self.say("action")),
            Column(title=self.say("who")),
            Column(title=self.say("when"), kind="date"),
            Column(title=self.say("priority")),
        ]
        return filled(
            Table(
                columns=columns,
                rows=[[action.what, action.who, action.when or None, priority(action.priority, self.language)] for action in actions],
            )
        )

    def actions(self) -> Slide | None:
        actions = self.recap.actions
        if not actions:
            return None
        people = len({action.who for action in actions if action.who})
        title = self.counted("story-actions", len(actions))
        if people > 1:
            title = self.say("story-actions-people", count=len(actions), people=people)
        sources = self.notes(*(action.source for action in actions if action.source))
        return Slide(title=title, blocks=[self.action_table(actions)], notes=sources)

    def completeness(self) -> Slide | None:
        rows = [row for row in self.totals.rows if row.type in self.totals.counted]
        if not rows:
            return None
        lines: list[list[object]] = []
        for name in FIELDS:
            found = sum(1 for row in rows if getattr(row, name) not in (None, ""))
            doubtful = sum(1 for row in rows if name in row.check)
            lines.append([field_label(name, self.language), found, len(rows) - found, doubtful, Decimal(found) / len(rows)])
        missing = [row for row in lines if row[2]]
        columns = [
            Column(title=self.say(name), kind=kind)
            for name, kind in (
                ("check-field", "text"),
                ("found", "number"),
                ("missing", "number"),
                ("doubtful", "number"),
                ("share", "percent"),
            )
        ]
        if missing:
            worst = max(missing, key=lambda row: int(str(row[2])))
            title = self.counted("story-missing", int(str(worst[2])), field=str(worst[0]), total=self.documents(len(rows)))
        else:
            title = self.say("story-complete", total=self.documents(len(rows)))
        return Slide(title=title, blocks=[Table(columns=columns, rows=lines, caption=title)], notes=self.say("notes-complete"))

    def method(self) -> Slide:
        folders = sorted({posixpath.dirname(row.file) for row in self.totals.rows})
        lines = [self.say("method-sources"), self.say("method-doubts"), self.say("method-currency"), self.say("method-credit")]
        if folders:
            lines.append(self.say("method-folders", folders=line(", ".join(folders[:4]) + ("…" if len(folders) > 4 else ""), 160)))
        if self.recap.omitted:
            lines.append(self.counted("story-omitted", len(self.recap.omitted)))
        return Slide(
            title=self.say("story-method", count=self.documents(len(self.totals.rows))),
            blocks=[Text(lines=lines)],
            notes=self.sources(self.totals.rows),
        )

    def meeting_page(self, number: int) -> Slide:
        """A page to fill in during the meeting: an honest blank, said to be one."""
        kinds = ("decisions", "questions", "actions")
        kind = kinds[(number - 1) % 3]
        page = (number - 1) // 3
        title = self.say(f"meeting-{kind}") + (f" ({page + 1})" if page else "")
        columns = [Column(title=self.say(head)) for head in (kind[:-1], "who", "when")]
        table = Table(columns=columns, rows=[["", "", ""] for _ in range(8)], caption=title)
        return Slide(title=title, blocks=[table], notes=self.say("notes-meeting"))
