"""Entitlements, enrollments, the place to resume, answers in pages, evaluations, completions."""

from django.db import models
from django.db.models import F, Q

from aliquot.accounts.models import User
from aliquot.assessment.models import Attempt, Question
from aliquot.catalog.models import Course, CourseVersion, Page


class Entitlement(models.Model):
    """The right to open one course or all, until a day, for some hours or without a limit."""

    class Source(models.TextChoices):
        GRANT = "grant", "granted by the provider"
        ORDER = "order", "order"
        PACK = "pack", "hour pack"
        SEAT = "seat", "seat"
        GIFT = "gift", "gift"

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="entitlements")
    source = models.CharField(max_length=10, choices=Source.choices)
    source_reference = models.CharField(max_length=80, blank=True)
    course = models.ForeignKey(  # None: every course
        Course, null=True, on_delete=models.PROTECT, related_name="entitlements"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)  # None: without end
    hours_limit = models.DecimalField(max_digits=7, decimal_places=2, null=True)
    granted_at = models.DateTimeField()
    granted_by_id = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    end_noticed_at = models.DateTimeField(null=True)  # when its holder was told that it ends

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="entitlement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(hours_limit=None) | Q(hours_limit__gt=0),
                name="entitlement_hours_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.source}"


class Enrollment(models.Model):
    """One person taking one course version once. Taking it again for credit is a new row."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrollments")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="enrollments")
    entitlement = models.ForeignKey(  # None: the course was free
        Entitlement, null=True, on_delete=models.PROTECT, related_name="enrollments"
    )
    hours_drawn = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    started_at = models.DateTimeField()
    furthest_position = models.PositiveSmallIntegerField(default=0)  # never moves back
    sequence = models.PositiveBigIntegerField(default=0)  # the server's count of saves
    completed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # given back: its hours are free again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "course"],
                condition=Q(completed_at=None, returned_at=None),
                name="enrollment_open_once",
            ),
            models.CheckConstraint(
                condition=Q(hours_drawn__gte=0), name="enrollment_draw_positive"
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(returned_at=None),
                name="enrollment_completed_or_returned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.version}"


class Bookmark(models.Model):
    """The exact place to resume: a page and an anchor on it. The last save by sequence wins."""

    enrollment = models.OneToOneField(Enrollment, on_delete=models.PROTECT, related_name="bookmark")
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+", db_index=False)
    anchor = models.CharField(max_length=80, blank=True)
    sequence = models.PositiveBigIntegerField()
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.page} {self.anchor}"


class PageVisit(models.Model):
    """A page that was opened, and when it was left by going on: the ticks of the outline."""

    enrollment = models.ForeignKey(  # no index of its own: the constraint's begins with it
        Enrollment, on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    page = models.ForeignKey(Page, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "page"], name="page_visit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.page}"


class PageAnswer(models.Model):
    """The answer given to an in-page question; the latest one counts for nothing but learning."""

    enrollment = models.ForeignKey(  # as for a visit
        Enrollment, on_delete=models.PROTECT, related_name="answers", db_index=False
    )
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer = models.JSONField()
    is_right = models.BooleanField()
    sequence = models.PositiveBigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "question"], name="page_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.question}"


class TestAttempt(models.Model):
    """Ties an attempt to the enrollment it was made under."""

    __test__ = False  # not a test case of pytest

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempts")
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="enrolled")

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.attempt_id}"


class Evaluation(models.Model):
    """What the learner said of the course, once. Reports never join it to the person."""

    enrollment = models.OneToOneField(
        Enrollment, on_delete=models.PROTECT, related_name="evaluation"
    )
    answers = models.JSONField()
    submitted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"evaluation {self.pk}"


class Completion(models.Model):
    """A finished course. Append-only: a correction is a new row that points back.

    ``record`` freezes what an audit years later asks for (domain: provider.md, "Frozen at
    completion"): objectives, hours and their derivation, people and disclosures, form, answers,
    score, pass mark, attempts, evaluation, approvals valid on the date.
    """

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="completions")
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="completions")
    completed_at = models.DateTimeField()
    completed_on = models.DateField()  # in the learner's zone of that moment
    time_zone = models.CharField(max_length=64)
    contact_hours = models.DecimalField(max_digits=6, decimal_places=2)
    record = models.JSONField()
    record_hash = models.CharField(max_length=64)
    corrects = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(corrects=None), name="completion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} completed {self.version}"
