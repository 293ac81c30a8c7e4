"""The plan laid out for its page: the headline first, then the months, then course by course."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from aliquot.credentials.facts import RequirementVerdict, Spread, Verdict
from aliquot.credentials.queries.wording import in_units, verb
from aliquot.flows.course_offers import Candidate, pack_hours
from aliquot.flows.plan_credentials import SECONDS, Closing, LeftOut, PersonPlan, Step, Unmet, Why
from aliquot.lib.dates import long_date
from aliquot.lib.decimals import shortest


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month: its hours, the bar for them in hundredths of the fullest, and its courses."""

    name: str
    hours: Decimal
    share: str
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseRow:
    """One course of the plan. ``change`` is the address of the plan without it."""

    id: str
    title: str
    url: str
    area: str
    hours: Decimal
    notes: tuple[str, ...]
    closes: str
    due: str
    change: str
    change_label: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A requirement that stays short, why, and where to say what else could fill it."""

    title: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class Other:
    """Something beside the plan, with a link."""

    title: str
    text: str
    url: str
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows."""

    title: str
    lead: str
    why: str
    next_url: str
    next_label: str
    proof: str
    is_proven: bool
    months: tuple[MonthRow, ...]
    load: str
    limit: str
    courses: tuple[CourseRow, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    dates: tuple[Other, ...]
    left_out: tuple[Other, ...]
    held_back: tuple[Other, ...]
    outside: tuple[Other, ...]
    done: tuple[str, ...]
    calendar_url: str
    is_changed: bool


class Addresses:
    """Addresses of the same plan with one thing changed."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query

    def with_(self, name: str, value: str) -> str:
        """One more value."""
        query = self._query.copy()
        query.appendlist(name, value)
        return self._url(query)

    def less(self, names: tuple[str, ...], value: str) -> str:
        """The value taken out."""
        query = self._query.copy()
        for name in names:
            query.setlist(name, [each for each in query.getlist(name) if each != value])
        return self._url(query)

    def calendar(self) -> str:
        """The calendar of this plan."""
        query = self._query.urlencode()
        return reverse("credentials:plan_calendar") + (f"?{query}" if query else "")

    @staticmethod
    def _url(query: QueryDict) -> str:
        text = query.urlencode()
        return reverse("credentials:plan") + (f"?{text}" if text else "")


def page_of(plan: PersonPlan, query: QueryDict) -> Page:
    """Lay out a plan."""
    addresses = Addresses(query)
    return Page(
        title=headline(plan),
        lead=_lead(plan),
        why=_why(plan),
        **_next(plan),
        proof=_proof(plan),
        is_proven=plan.plan.is_proven,
        months=tuple(_months(plan)),
        load=_load(plan.spread),
        limit=_limit(plan),
        courses=tuple(_course(step, addresses) for step in plan.steps),
        gaps=tuple(map(_gap, plan.unmet)),
        notes=tuple(_notes(plan)),
        dates=tuple(_dates(plan)),
        left_out=tuple(map(_left_out, plan.left_out)),
        held_back=tuple(
            Other(each.title, "", addresses.less(("without",), each.id)) for each in plan.held_back
        ),
        outside=tuple(map(_outside, plan.outside)),
        done=tuple(each.title for each in plan.done),
        calendar_url=addresses.calendar(),
        is_changed=bool(query),
    )


def headline(plan: PersonPlan) -> str:
    """``9.5 hours close everything: 5 courses``."""
    count, short = len(plan.steps), len(plan.unmet)
    if not plan.goals:
        return "There is no cycle to plan for now"
    if not count:
        return "No course here closes what is missing" if short else "Nothing is missing"
    amount, verb = _amount(plan), "closes" if _is_one(plan) else "close"
    courses = f"{count} course{'' if count == 1 else 's'}"
    if short:
        lines = f"{short} requirement{'' if short == 1 else 's'}"
        return f"{amount} {verb} all but {lines}: {courses}"
    if all(not _lacks(goal.standing.verdict) for goal in plan.goals):
        return f"Nothing is missing. {amount} more {'makes' if _is_one(plan) else 'make'} it safe"
    return f"{amount} {verb} everything: {courses}"


def _lacks(verdict: Verdict) -> bool:
    return any(line.missing for line in verdict.requirements)


def _amount(plan: PersonPlan) -> str:
    if plan.wish.by == "price" and plan.plan.cents is not None:
        return f"{dollars(plan.plan.cents)}"
    return in_units(plan.plan.hours, "hours")


def _is_one(plan: PersonPlan) -> bool:
    return plan.wish.by == "price" or plan.plan.hours == 1


def dollars(cents: int) -> str:
    """``$42.50``, ``$40``."""
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"


def _lead(plan: PersonPlan) -> str:
    if not plan.goals:
        return "Below is what was left out, and why."
    named = _listed([goal.standing.pack.letters for goal in plan.goals])
    together = " together" if len(plan.goals) > 1 else ""
    last = plan.finish_by
    when = f" Finish it by {long_date(last)}." if last else ""
    both = ""
    if plan.wish.by == "price" and plan.steps:
        both = f" {in_units(plan.plan.hours, 'contact hours')} in all."
    return f"For {named}{together}.{both}{when}"


def _listed(names: list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _why(plan: PersonPlan) -> str:
    """Why more is planned than is needed."""
    if not plan.wish.margin or not plan.goals:
        return ""
    spare = shortest(Decimal(plan.wish.margin) / 100)
    return (
        f"It plans {spare} to spare above each total: a proof that fails in an audit may only be "
        "replaced by credit that was completed before the cycle ended."
    )


def _next(plan: PersonPlan) -> dict[str, str]:
    """The one next step: the first course of the plan that is here."""
    for step in plan.steps:
        if step.candidate.outside_id is None:
            url, _ = _link(step.candidate)
            verb = "Continue" if step.candidate.begun else "Start"
            return {"next_url": url, "next_label": f"{verb}: {step.candidate.title}"}
    return {"next_url": "", "next_label": ""}


def _proof(plan: PersonPlan) -> str:
    """Why nothing shorter would do, or that this is not known."""
    what = "costs less" if plan.wish.by == "price" else "needs fewer hours"
    if not plan.steps:
        return ""
    asked = " beside those you put in" if any(step.is_asked for step in plan.steps) else ""
    if plan.plan.is_proven:
        return f"Proven: no other choice of these courses{asked} {what}."
    return (
        f"Not proven best: the search stopped after {SECONDS:g} seconds. The plan closes what it "
        "says; perhaps another one is shorter."
    )


def _months(plan: PersonPlan) -> Iterator[MonthRow]:
    titles = {step.candidate.id: step.candidate.title for step in plan.steps}
    fullest = max((month.hours for month in plan.spread.months), default=Decimal(1))
    for month in plan.spread.months:
        courses = []
        for share in month.shares:
            is_whole = share.is_last and share.hours == _hours_of(plan, share.id)
            part = "" if is_whole else f" ({in_units(share.hours, 'hours')} of it)"
            courses.append(titles[share.id] + part)
        yield MonthRow(
            name=f"{month.first:%b %Y}",
            hours=month.hours,
            share=shortest(round(month.hours * 100 / fullest, 1)),
            courses=tuple(courses),
        )


def _hours_of(plan: PersonPlan, course: str) -> Decimal:
    return next(s.candidate.offer.hours for s in plan.steps if s.candidate.id == course)


def _load(spread: Spread) -> str:
    if not spread.months:
        return ""
    most = max(month.hours for month in spread.months)
    count = len(spread.months)
    if count == 1:
        return "All of it fits into one month."
    return f"{count} months, at most {in_units(most, 'hours')} in any of them."


def _limit(plan: PersonPlan) -> str:
    """That the limit of hours a month cannot be kept, and what could."""
    if plan.spread.is_kept or plan.wish.most is None:
        return ""
    return (
        f"{in_units(plan.wish.most, 'hours')} a month are not enough to be ready in time: "
        f"it takes at least {in_units(plan.spread.least, 'hours')} a month. Below is the "
        "plan without that limit."
    )


def _course(step: Step, addresses: Addresses) -> CourseRow:
    candidate = step.candidate
    url, label = _link(candidate)
    change = (
        addresses.less(("with", "with_"), candidate.id)
        if step.is_asked
        else addresses.with_("without", candidate.id)
    )
    return CourseRow(
        id=candidate.id,
        title=candidate.title,
        url=url,
        area=candidate.area,
        hours=candidate.offer.hours,
        notes=tuple(_course_notes(step, label)),
        closes=closes_words(step.closings),
        due=f"Finish by {long_date(step.due)}" if step.due else "",
        change=change,
        change_label="Take out what you put in" if step.is_asked else "Plan without it",
        is_outside=candidate.outside_id is not None,
    )


def _link(candidate: Candidate) -> tuple[str, str]:
    if candidate.begun:
        place = f"in progress, page {candidate.begun.page_number}"
        return reverse("learning:resume", args=[candidate.begun.enrollment_id]), place
    if candidate.outside_id is not None:
        where = f"at {candidate.provider}" if candidate.provider else "elsewhere"
        return reverse("credentials:offer_change", args=[candidate.outside_id]), where
    return reverse("catalog:course", args=[candidate.slug]), ""


def _course_notes(step: Step, label: str) -> Iterator[str]:
    candidate = step.candidate
    if label:
        yield label
    if candidate.is_free:
        yield "free"
    elif candidate.right is not None:
        limited = candidate.right.hours_left is not None
        yield "from your pack" if limited else "yours already"
    elif candidate.offer.cents and not candidate.begun:
        yield dollars(candidate.offer.cents)
    if step.is_asked:
        yield "put in by you"


def closes_words(closings: tuple[Closing, ...]) -> str:
    """``Closes 2 points of Blood bank for MLS(ASCP); also 1 hour of Any area for FL``."""
    said = [_closing_words(each) for each in closings if each.lines]
    spare = [_spare_words(each) for each in closings if each.spare]
    if said:
        return f"Closes {'; also '.join(said)}{'; ' if spare else ''}{'; '.join(spare)}."
    if spare:
        return f"Adds {'; '.join(spare)}."
    return "Closes nothing that is still open."


def _closing_words(closing: Closing) -> str:
    pack = closing.goal.standing.pack
    lines = [f"{in_units(amount, pack.unit)} of {_inside(line)}" for line, amount in closing.lines]
    return f"{_listed(lines)} for {pack.letters}"


def _inside(line: RequirementVerdict) -> str:
    return "any area" if line.id == "remainder" else line.title


def _spare_words(closing: Closing) -> str:
    pack = closing.goal.standing.pack
    return f"{in_units(closing.spare, pack.unit)} to spare for {pack.letters}"


def _gap(unmet: Unmet) -> Gap:
    pack, line = unmet.goal.standing.pack, unmet.line
    missing = in_units(line.missing, pack.unit)
    area = (line.accepts or ("",))[0]
    query = urlencode({"area": area}) if area else ""
    verb = "stays" if line.missing == 1 else "stay"
    last = unmet.goal.after.finish_by
    when = f" Needed by {long_date(last)}." if last else ""
    return Gap(
        title=f"{pack.letters}: {missing} of {_inside(line)} {verb} open",
        why=f"{_gap_why(unmet)}{when}",
        url=reverse("credentials:offer_add") + (f"?{query}" if query else ""),
    )


def _gap_why(unmet: Unmet) -> str:
    body, title = unmet.goal.standing.pack.body, unmet.line.title
    if not unmet.about:
        return f"No course in the catalog is about what {body} takes for {title}."
    if unmet.refused == unmet.about:
        few = "One course is" if unmet.about == 1 else f"{unmet.about} courses are"
        return f"{few} about it, but with no approval that {body} takes."
    parts = [f"All that {body} takes for it is in the plan, and it is not enough"]
    if unmet.held_back:
        left = f"{unmet.held_back} course{'' if unmet.held_back == 1 else 's'}"
        parts = [f"You left out {left} that would fill it"]
    if unmet.refused:
        parts.append(f"{unmet.refused} more with no approval that {body} takes")
    return "; ".join(parts) + "."


def _notes(plan: PersonPlan) -> Iterator[str]:
    spare = Decimal(plan.wish.margin) / 100
    for goal in plan.goals:
        pack, verdict = goal.standing.pack, goal.after
        if verdict.met is None:
            yield (
                f"{pack.letters}: some figures are not known, so nobody can say that all is "
                "closed. What is known is planned."
            )
        elif verdict.needed and verdict.surplus < spare and not _lacks(verdict):
            got = in_units(verdict.surplus, pack.unit)
            yield f"{pack.letters}: only {got} to spare can be planned from these courses."
    if plan.wish.by == "price" and plan.unpriced:
        many = f"{plan.unpriced} course{'' if plan.unpriced == 1 else 's'}"
        verb = "has" if plan.unpriced == 1 else "have"
        yield f"{many} {verb} no price here, so the cheapest plan cannot choose them."
    drawn = pack_hours(step.candidate for step in plan.steps)
    if drawn and drawn[0] > drawn[1]:
        yield (
            f"{in_units(drawn[0], 'hours')} of this would come from your pack, which has "
            f"{in_units(drawn[1], 'hours')} left."
        )


def _dates(plan: PersonPlan) -> Iterator[Other]:
    for goal in plan.goals:
        last = goal.after.finish_by
        pack = goal.standing.pack
        deed = f"Finish and {verb(pack)}" if goal.after.declaration else "Finish"
        text = f"{deed} by {long_date(last)}" if last else "No day presses"
        yield Other(pack.letters, text, reverse("credentials:detail", args=[goal.standing.held.pk]))


_LEFT_OUT: Mapping[Why, str] = {
    Why.DECLARED: "You noted that this cycle is declared.",
    Why.OVER: "This cycle ended on {end}: nothing can be earned for it any more.",
    Why.LATE: "{last} was the last sensible day. Look at it by itself: what can still be done is "
    "told there.",
    Why.NOT_BEGUN: "Credit counts for it from {start} only.",
    Why.NOT_ASKED: "You left it out.",
}


def _left_out(left: LeftOut) -> Other:
    verdict = left.standing.verdict
    text = _LEFT_OUT[left.why].format(
        end=long_date(verdict.held.cycle_ends_on),
        last=long_date(verdict.finish_by) if verdict.finish_by else "",
        start=long_date(verdict.window.starts_on) if verdict.window else "",
    )
    url = reverse("credentials:detail", args=[left.standing.held.pk])
    return Other(left.standing.pack.letters, text, url)


def _outside(candidate: Candidate) -> Other:
    cents = candidate.offer.cents
    facts = [in_units(candidate.offer.hours, "contact hours")]
    if candidate.provider:
        facts.append(candidate.provider)
    facts.append("no price" if cents is None else "free" if not cents else dollars(cents))
    number = [candidate.outside_id]
    return Other(
        candidate.title,
        " · ".join(facts),
        reverse("credentials:offer_change", args=number),
        reverse("credentials:offer_remove", args=number),
    )
