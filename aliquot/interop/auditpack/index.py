"""The first page of an audit pack: what each file proves. One page without scripts or addresses."""

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from aliquot.credentials.facts.closing import Sheet, SheetActivity
from aliquot.credentials.queries.wording import PAST
from aliquot.flows.audit_pack import ADDED_LATER, COUNTS, LEFT_OVER, AuditPack
from aliquot.interop.auditpack.tables import Filed, note_of, paper_words, places_of
from aliquot.lib.dates import long_date, short_date
from aliquot.lib.decimals import shortest

_STYLE = SafeString(
    "body{font:16px/1.5 system-ui,sans-serif;color:#1b1628;background:#fff;max-width:72rem;"
    "margin:2rem auto;padding:0 1rem}h1{font-size:1.75rem;line-height:1.2}h2{margin-top:2rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:start;vertical-align:top;"
    "padding:.5rem .75rem .5rem 0;border-bottom:1px solid #d9d3e3}td.hash{font-size:.75rem;"
    "word-break:break-all;color:#544d66}.quiet{color:#544d66}@media print{body{margin:0}}"
)
_SECTIONS = (
    (COUNTS, "What counts"),
    (LEFT_OVER, "Left over: may stand in if a proof fails"),
    (ADDED_LATER, "Added later: papers that came after the {noun}"),
)
_PAGE = """<!DOCTYPE html>
<html lang="en-US">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audit pack: {letters}, {holder}</title>
<style>{style}</style></head>
<body>
<h1>Audit pack: {letters}</h1>
<p><strong>{holder}</strong> · {title} · {body}</p>
<p>{state}. {total}.</p>
<p>Other files: <a href="{noun}.pdf">{noun}.pdf</a> and <a href="{noun}.csv">{noun}.csv</a>, the
lines in the order of the form; <a href="transcript.pdf">transcript.pdf</a>, the courses completed
here; <a href="transcript.json">transcript.json</a>, the same for a machine;
<a href="index.csv">index.csv</a>, this page as a table. Many bodies ask for single certificates,
not for a transcript.</p>
{sections}
{without}
<p class="quiet">Each hash is the SHA-256 of the file; of a certificate, that of its content, by
which it can be verified. {body} was not contacted. Made with Aliquot.</p>
</body></html>
"""


def index_html(pack: AuditPack, filed: Sequence[Filed], *, noun: str) -> str:
    """The page; every word of a person is escaped."""
    sheet = pack.sheet
    sections = (
        (title.format(noun=noun), [each for each in filed if each.packed.section == section])
        for section, title in _SECTIONS
    )
    return format_html(
        _PAGE,
        style=_STYLE,
        letters=sheet.letters,
        holder=sheet.holder,
        title=sheet.title,
        body=sheet.body_name,
        noun=noun,
        state=_state(sheet),
        total=_total(sheet),
        sections=format_html_join(
            "\n", "{}", ((_section(title, rows, sheet),) for title, rows in sections if rows)
        ),
        without=_without([*pack.counting, *pack.left_over], sheet),
    )


def _state(sheet: Sheet) -> str:
    cycle = f"Cycle ends {long_date(sheet.ends_on)}"
    if sheet.declared_on is None:
        return f"{cycle}. As of {long_date(sheet.as_of)}, not {PAST[sheet.files]} yet"
    past, number = PAST[sheet.files].capitalize(), sheet.confirmation_number
    confirmed = f", confirmation {number}" if number else ""
    return f"{cycle}. {past} on {long_date(sheet.declared_on)}{confirmed}"


def _total(sheet: Sheet) -> str:
    if sheet.needed is None:
        return f"{shortest(sheet.counted)} {sheet.unit} count"
    return f"{shortest(sheet.counted)} of {shortest(sheet.needed)} {sheet.unit} count"


def _section(title: str, rows: Iterable[Filed], sheet: Sheet) -> SafeString:
    return format_html(
        "<h2>{}</h2><table><thead><tr><th>File</th><th>Proves</th><th>Completed</th>"
        "<th>Counts toward</th><th>Hash</th></tr></thead><tbody>{}</tbody></table>",
        title,
        format_html_join("\n", "{}", ((_row(each, sheet),) for each in rows)),
    )


def _row(filed: Filed, sheet: Sheet) -> SafeString:
    activity = filed.packed.activity
    link = (
        format_html('<a href="{}">{}</a>', filed.name, paper_words(filed.packed))
        if filed.name
        else format_html("{}<br><strong>{}</strong>", paper_words(filed.packed), note_of(filed))
    )
    return format_html(
        '<tr><td>{}</td><td><strong>{}</strong><br>{}</td><td>{}</td><td>{}</td><td class="hash">'
        "{}</td></tr>",
        link,
        activity.title,
        activity.provider,
        _day(activity),
        places_of(activity, sheet) or "nothing",
        filed.packed.paper.sha256,
    )


def _without(activities: Iterable[SheetActivity], sheet: Sheet) -> SafeString:
    bare = [activity for activity in activities if not activity.papers]
    if not bare:
        return SafeString("")
    return format_html(
        "<h2>Without a proof here</h2><ul>{}</ul>",
        format_html_join(
            "\n",
            "<li><strong>{}</strong>, {}: {}{}</li>",
            (
                (
                    activity.title,
                    _day(activity),
                    places_of(activity, sheet) or "left over",
                    f" (an opening balance from {sheet.body}'s page)"
                    if activity.is_opening_balance
                    else "",
                )
                for activity in bare
            ),
        ),
    )


def _day(activity: SheetActivity) -> str:
    return short_date(activity.completed_on) if activity.completed_on else "date not known"
