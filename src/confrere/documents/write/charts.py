"""Native, editable charts for slides, in one sober style."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from confrere.documents.write import formats, theme
from confrere.documents.write.content import Chart
from confrere.documents.write.text import clip, plain

_EMU = 12700


def chart_data(block: Chart, language: str, size: float, room: float) -> Any:
    """The data of a chart as python-pptx wants it (it becomes the workbook embedded in the file). ``room`` is the width in
    points a category's label may take, 0 for no limit."""
    from pptx.chart.data import CategoryChartData

    make: Any = CategoryChartData
    data = make(number_format=number_format(block, language))
    data.categories = [clip(plain(name), size, room, 1) if room else plain(name) for name in block.categories]
    for series in block.series:
        data.add_series(plain(series.name), [None if value is None else float(value) for value in series.values])
    return data


def number_format(block: Chart, language: str) -> str:
    """Whole amounts, or plain numbers without a currency."""
    if not block.currency:
        return "#,##0"
    if scale(block):
        return formats.excel_scaled(block.currency, language, scale(block))
    small = all(abs(value) < 1000 for series in block.series for value in series.values if value is not None)
    return formats.excel_money(block.currency, language, None if small else 0).split(";")[0]


def scale(block: Chart) -> int:
    """How many thousands a chart's labels count in (0: none): many columns of large amounts, whose figures would run into one another."""
    if not block.currency or block.kind not in ("column", "line", "stacked") or len(block.categories) <= 7:
        return 0
    most = max((abs(value) for series in block.series for value in series.values if value is not None), default=Decimal(0))
    return 2 if most >= 50_000_000 else 1 if most >= 100_000 else 0


def chart_type(kind: str) -> Any:
    from pptx.enum.chart import XL_CHART_TYPE

    return {
        "bar": XL_CHART_TYPE.BAR_CLUSTERED,
        "column": XL_CHART_TYPE.COLUMN_CLUSTERED,
        "line": XL_CHART_TYPE.LINE_MARKERS,
        "stacked": XL_CHART_TYPE.COLUMN_STACKED,
        "doughnut": XL_CHART_TYPE.DOUGHNUT,
    }[kind]


def add_chart(slide: Any, block: Chart, box: tuple[float, float, float, float], palette: Any, language: str, size: float = 12) -> Any:
    """Add a chart to ``slide``, its text at ``size`` points, and return its graphic frame."""
    room = {"bar": box[2] * 0.36, "doughnut": box[2] * 0.4}.get(block.kind, 0.0)
    frame = slide.shapes.add_chart(chart_type(block.kind), *(round(value * _EMU) for value in box), chart_data(block, language, size, room))
    style(frame.chart, block, palette.series, palette.soft, language, size, palette.ink)
    return frame


def style(chart: Any, block: Chart, colors: tuple[str, ...], soft: str, language: str, size: float, text: str = theme.BODY) -> None:
    """Quiet axes, direct labels instead of a grid where they are readable, one colour where one is enough."""
    from pptx.enum.chart import XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    chart.has_title = False
    chart.font.size, chart.font.name = Pt(size), theme.FONT
    chart.font.color.rgb = _rgb(text)
    several = len(block.series) > 1 or block.kind == "doughnut"
    chart.has_legend = several
    if several:
        chart.legend.position = XL_LEGEND_POSITION.RIGHT if block.kind == "doughnut" else XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.legend.font.size = Pt(size)
    plot = chart.plots[0]
    plot.vary_by_categories = block.kind == "doughnut"
    paired = block.kind == "bar" and len(block.series) == 2 and len(block.categories) <= 8
    labelled = paired or (len(block.series) == 1 and len(block.categories) <= 14)
    plot.has_data_labels = labelled
    if labelled:
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = number_format(block, language), False
        labels.font.size = Pt(size)
        if block.kind == "line":
            labels.position = XL_LABEL_POSITION.ABOVE
        if block.kind == "doughnut":
            labels.show_percentage, labels.show_value = True, False
            labels.number_format = "0%"
            labels.font.color.rgb = _rgb("FFFFFF")
            labels.font.bold = True
    if block.kind == "doughnut":
        for number in range(len(block.categories)):
            _fill(plot.series[0].points[number].format, colors[number % len(colors)])
        return
    if block.kind != "line":
        plot.gap_width = 45
    for number, series in enumerate(plot.series):
        ink = soft if number == block.pale else colors[(number - (block.pale is not None and block.pale < number)) % len(colors)]
        series.smooth = False if block.kind == "line" else None
        if block.kind == "line":
            series.format.line.color.rgb = _rgb(ink)
            series.format.line.width = Pt(2.5)
            continue
        series.invert_if_negative = False
        _fill(series.format, soft if block.highlight is not None and len(block.series) == 1 else ink)
        if block.highlight is not None and len(block.series) == 1 and 0 <= block.highlight < len(block.categories):
            _fill(series.points[block.highlight].format, ink)
    category, value = chart.category_axis, chart.value_axis
    category.format.line.color.rgb = _rgb(theme.LINE)
    category.major_tick_mark = XL_TICK_MARK.NONE
    category.tick_labels.font.size = Pt(size)
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.has_major_gridlines = False
    value.has_major_gridlines = not labelled
    value.visible = not labelled
    if not labelled:
        value.major_gridlines.format.line.color.rgb = _rgb(theme.LINE)
        value.format.line.fill.background()
        value.tick_labels.font.size = Pt(size)
        value.tick_labels.number_format, value.tick_labels.number_format_is_linked = number_format(block, language), False
    values = [one for series in block.series for one in series.values if one is not None]
    if block.kind != "line" and values:  # a bar tells by its length: it begins at nothing, whatever the program would choose
        if min(values) >= 0:
            value.minimum_scale = 0
        elif max(values) <= 0:
            value.maximum_scale = 0
    if block.kind == "bar":
        category.reverse_order = True


def _fill(target: Any, ink: str) -> None:
    target.fill.solid()
    target.fill.fore_color.rgb = _rgb(ink)


def _rgb(value: str) -> Any:
    from pptx.dml.color import RGBColor

    make: Any = RGBColor
    return make(*bytes.fromhex(value))


def label(value: Decimal | None, block: Chart, language: str) -> str:
    """A value of a chart in words, as its data labels show it."""
    if value is None:
        return ""
    if scale(block):
        return formats.scaled(value, block.currency, language, scale(block))
    if (
        block.currency
        and abs(value) < 1000
        and any(abs(one) >= 1000 for series in block.series for one in series.values if one is not None)
    ):
        return formats.money(value, block.currency, language, 0)  # as its neighbours are written
    return formats.rounded(value, block.currency, language) if block.currency else formats.number(value, language)
