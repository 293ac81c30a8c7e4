"""Many activities from a table: sent, checked row by row, then entered; and one of one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from aliquot.api.frame import ApiRequest, Area, Id, Limit, Listed, Shape, Start, Taken, after
from aliquot.api.frame.files import FileName
from aliquot.api.frame.shapes import Flag
from aliquot.infra.http.downloads import attached
from aliquot.interop.activities import cells, reader, writer
from aliquot.interop.activities.columns import column_of
from aliquot.ledger import access, queries, services
from aliquot.ledger.models import ActivityImport
from aliquot.lib.dates import day_in_zone

area = Area("Tables of activities")
READ, WRITE = "activities:read", "activities:write"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TAKES = ("text/csv", XLSX, "application/octet-stream")


class ImportShape(Shape):
    """A table that you sent, as it was judged. Nothing of it counts before it is confirmed."""

    id: Id
    file_name: str
    sent_at: datetime
    confirmed_at: datetime | None
    rows: int
    good: Annotated[int, Field(description="Rows that can be entered.")]
    wrong: Annotated[int, Field(description="Rows with problems.")]
    alike: Annotated[int, Field(description="Good rows that seem to be there already.")]

    @classmethod
    def of(cls, sent: ActivityImport) -> "ImportShape":
        """As its page counts it."""
        report = queries.import_report(sent)
        good = [each for each in report if each.is_good]
        return cls(
            id=sent.pk,
            file_name=sent.file_name,
            sent_at=sent.uploaded_at,
            confirmed_at=sent.confirmed_at,
            rows=len(report),
            good=len(good),
            wrong=len(report) - len(good),
            alike=sum(1 for each in good if each.looks_like),
        )


class SentImport(ImportShape):
    """A table as it was just read."""

    ignored: Annotated[list[str], Field(description="Headings of columns that were not read.")]


class CellProblem(Shape):
    """What is wrong in one column of a row."""

    column: str
    detail: str


class ImportRow(Shape):
    """One row, by its number in the table."""

    number: int
    title: str
    problems: Annotated[list[CellProblem], Field(description="None: the row can be entered.")]
    looks_like: Annotated[
        list[str], Field(description="Titles of what it may repeat, further up or entered before.")
    ]


class Confirmation(Taken):
    """Which rows are to be entered."""

    only_good: Annotated[
        Flag, Field(description="Leave out rows with problems; else one of them refuses all.")
    ] = False
    without_lookalikes: Annotated[
        Flag, Field(description="Leave out rows that seem to be there already.")
    ] = False


class ConfirmedImport(ImportShape):
    """A table whose rows are entered."""

    entered: Annotated[int, Field(description="Activities entered by this request.")]


@area.upload(
    "/me/activity-imports", scope=WRITE, gives=SentImport, takes=TAKES, most=cells.MOST_BYTES,
    opens=cells.rows_of,
)  # fmt: skip
def send_import(
    request: ApiRequest,
    name: FileName = "",
) -> SentImport:
    """Send a table of activities, CSV or XLSX: the body is the file itself.

    It is checked row by row, and nothing is entered yet. Columns are those of the template. 422
    `table_unreadable` says why the file as a whole cannot be read: at most 2 MB and 1,000 rows.
    """
    key = request.auth
    today = day_in_zone(key.now, key.person.time_zone)
    read = reader.read_rows(request.opened, this_year=today.year)
    sent = services.store_import(
        person=key.person, file_name=name, rows=read.rows, now=key.now, actor_id=key.person.pk
    )
    members = ImportShape.of(sent).model_dump()
    return SentImport(**members, ignored=[each[:40] for each in read.ignored[:10]])


@area.read("/me/activity-imports/{import_id}", scope=READ, gives=ImportShape)
def get_import(request: ApiRequest, import_id: Id) -> ImportShape:
    """One table that you sent. Of those not confirmed the newest five are kept."""
    return ImportShape.of(access.import_for(request.auth.person, import_id))


@area.read("/me/activity-imports/{import_id}/rows", scope=READ, gives=Listed[ImportRow])
def list_import_rows(
    request: ApiRequest, import_id: Id, cursor: Start = "", limit: Limit = 25
) -> Listed[ImportRow]:
    """What was read, row by row, with everything that is wrong."""
    report = queries.import_report(access.import_for(request.auth.person, import_id))
    piece, following = after(report, cursor, limit, key=lambda each: str(each.row.number))
    return Listed(items=_rows(piece), next=following)


@area.deed("/me/activity-imports/{import_id}/confirm", scope=WRITE, gives=ConfirmedImport)
def confirm_import(request: ApiRequest, import_id: Id, body: Confirmation) -> ConfirmedImport:
    """Enter the rows of a table, all at once; they count from now on.

    A table is entered once: asked again, it enters nothing. 409 `import_not_clean`: rows have
    problems, and nothing was entered.
    """
    key = request.auth
    sent = access.import_for(key.person, import_id)
    entered = services.confirm_import(
        sent=sent,
        only_good=body.only_good,
        without_lookalikes=body.without_lookalikes,
        now=key.now,
        actor_id=key.person.pk,
    )
    members = ImportShape.of(access.import_for(key.person, import_id)).model_dump()
    return ConfirmedImport(**members, entered=entered)


@area.read("/me/activity-template", scope=READ, gives=None, media=f"text/csv, {XLSX}")
def get_import_template(
    request: ApiRequest,
    kind: Annotated[Literal["csv", "xlsx"], Query(description="Of the file.")] = "csv",
) -> HttpResponse:
    """The table to fill in, with every column and an example, as CSV or as a workbook."""
    if kind == "xlsx":
        return attached(writer.template_xlsx(), XLSX, "activities.xlsx")
    return attached(writer.template_csv(), "text/csv", "activities.csv")


@area.read("/me/activity-export", scope=READ, gives=None, media="text/csv")
def export_activities(request: ApiRequest) -> HttpResponse:
    """What you entered, as a table that can be sent again."""
    claims = queries.claims_of(request.auth.person)
    return attached(writer.activities_csv(claims), "text/csv", "activities.csv")


def _rows(report: Sequence[queries.ReportRow]) -> list[ImportRow]:
    return [
        ImportRow(
            number=each.row.number,
            title=each.row.claim.title,
            problems=[
                CellProblem(column=column_of(field), detail=words)
                for field, words in each.row.problems.items()
            ],
            looks_like=list(each.looks_like),
        )
        for each in report
    ]
