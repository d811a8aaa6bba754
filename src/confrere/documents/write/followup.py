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
from confrere.documents.write.figures import PURCHASES, SALES, TO_CONFIRM, ZERO, Currency, signed
from confrere.documents.write.labels import doubts, field_label, priority
from confrere.documents.write.telling import FIELDS, Words
from confrere.documents.write.text import line

_NEAREST = 8  # due dates shown beside the next steps


class FollowUp(Words):
    """What follows from a recap."""

    def check_rows(self) -> Table:
        both = any(self.totals.sides)
        columns = [
            Column(title=self.say("number")),
            Column(title=self.say("party" if both else self.axis)),
            Column(title=self.say("what-to-check")),
            Column(title=self.say("total"), kind="amount"),
        ]
        rows: list[list[object]] = []
        for row in self._ordered_checks():
            side = self.side_of(row)
            axis = {SALES: "client", PURCHASES: "supplier"}.get(side, self.axis)
            rows.append([self.label(row), self.name(getattr(row, axis), axis, 34), self.to_see(row), self.shown(row, "total")])
        return Table(columns=columns, rows=rows)

    def to_see(self, row: Row) -> str:
        """What to look at in a document, fields with the same doubt together, each with what was read."""
        reasons: dict[str, list[str]] = {}
        for name, reason in doubts(row, self.language):
            label, value = field_label(name, self.language), self.shown(row, name) if name in FIELDS else ""
            label = label[:1].lower() + label[1:] if reasons.get(reason) and not label.isupper() else label
            shown = self.say("check-read", field=label, value=line(value, 40)) if value and name not in ("net", "tax", "total") else label
            reasons.setdefault(reason, []).append(shown)
        return " ; ".join(self.say("check-line", fields=", ".join(fields), reason=reason) for reason, fields in reasons.items())

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
            return self.counted("story-check-missing", len(rows))
        rest = self.totals.to_check()
        return self.counted("story-check-plain", len(rest)) if rest else ""

    def to_check(self) -> Slide | None:
        title = self.check_title()
        if not title:
            return None
        table = self.check_rows()
        table.caption = title
        return Slide(title=title, blocks=[table], notes=self.notes(self.say("notes-check"), self.sources(self._ordered_checks())))

    def steps(self, actions: bool = False) -> list[str]:
        """What to do next, from what is missing, doubtful or falls due; with ``actions``, also what people undertook to do."""
        found = []
        rows = self.totals.with_status(TO_CONFIRM)
        if rows:
            found.append(self.counted("step-confirm", len(rows)))
        elif self.totals.to_check():
            found.append(self.counted("step-check", len(self.totals.to_check())))
        unknown = sum(1 for one in self.totals.currencies if one.told_by(self.axis) for row in one.rows if not getattr(row, self.axis))
        if unknown:
            found.append(self.counted(f"step-{self.axis}", unknown))
        undated = sum(1 for row in self.totals.rows if row.date is None and row.type in self.totals.counted)
        if undated:
            found.append(self.counted("step-date", undated))
        if self.recap.omitted:
            names = ", ".join(posixpath.basename(file) for file, _ in self.recap.omitted[:3])
            found.append(self.counted("step-omitted", len(self.recap.omitted), names=line(names, 90)))
        found += self._due()
        if actions:
            found += [self.action_line(action) for action in self.recap.actions[:5]]
        if self.totals.rows:
            found.append(self.say("step-share"))
        return found or [self.say("story-empty-next")]

    def _coming(self, one: Currency) -> list[Row]:
        """The invoices of a pot that fall due on the day of the work or later, the nearest first."""
        day = self.recap.day
        rows = [row for row in self.confirmed(one) if row.type == "invoice" and row.due_date and day and row.due_date >= day]
        return sorted(rows, key=lambda row: row.due_date or dt.date.max)

    def _due(self) -> list[str]:
        """What falls due in the first month after the day of the work that has anything due, pot by pot."""
        found = []
        for one in self.totals.currencies:
            coming = self._coming(one)
            if not coming or not coming[0].due_date:
                continue
            month = coming[0].due_date.replace(day=1)
            rows = [row for row in coming if row.due_date and row.due_date.replace(day=1) == month]
            amount = self.money(sum((row.total or ZERO for row in rows), ZERO), one.code)
            key = f"step-due-{one.side or 'all'}"
            found.append(self.counted(key, len(rows), month=formats.month(month, self.language), amount=amount))
        return found

    def _due_table(self) -> list[Block]:
        rows = self._coming(self.main)[:_NEAREST] if self.main else []
        if not rows or not self.main:
            return []
        columns = [
            Column(title=self.say(self.axis)),
            Column(title=self.say("due_date"), kind="date"),
            Column(title=self.say("total"), kind="money", currency=self.main.code),
        ]
        lines: list[list[object]] = [[self.name(getattr(row, self.axis), limit=40), row.due_date, row.total] for row in rows]
        title = self.say("due-title")
        return [Table(columns=columns, rows=lines, title=title, caption=title)]

    def action_line(self, action: Action) -> str:
        when = formats.date(action.when, self.language) if isinstance(action.when, dt.date) else line(action.when)
        tail = ", ".join(part for part in (line(action.who), when) if part)
        return line(action.what) + (f" ({tail})" if tail else "")

    def next_steps(self, actions: bool = False) -> Slide:
        steps = self.steps(actions)
        return Slide(
            title=self.counted("story-next", len(steps)),
            blocks=[Text(lines=steps, ordered=True), *self._due_table()],
            notes=self.say("notes-next"),
        )

    def check_and_next(self) -> Slide:
        steps = self.steps(actions=True)
        title = self.check_title() or self.counted("story-next", len(steps))
        blocks: list[Block] = []
        if self.totals.to_check():
            blocks.append(self.check_rows())
        blocks.append(Text(title=self.say("next-heading"), lines=steps))
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

    def decided(self) -> list[Slide]:
        """Decisions and open questions: on one slide where they are few, else on one each."""
        decisions, questions = len(self.recap.decisions), len(self.recap.questions)
        if not (0 < decisions <= 6 and 0 < questions <= 6):
            return [slide for slide in (self.decisions(), self.questions()) if slide is not None]
        title = self.say(
            "story-decided", decisions=self.counted("count-decisions", decisions), questions=self.counted("count-questions", questions)
        )
        blocks: list[Block] = [
            Text(title=self.say("decisions"), lines=self.recap.decisions, ordered=True),
            Text(title=self.say("questions"), lines=self.recap.questions),
        ]
        return [Slide(title=title, blocks=blocks)]

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
