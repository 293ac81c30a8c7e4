"""Questions of a course version; attempts with their frozen form; responses."""

from django.db import models
from django.db.models import F, Q

from aliquot.accounts.models import User
from aliquot.catalog.models import CourseVersion, Page


class Question(models.Model):
    """One question of a version, in a page or in the test bank. ``spec`` holds the answer key."""

    class Use(models.TextChoices):
        PAGE = "page", "in a page"
        TEST = "test", "in the test bank"

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=80)
    use = models.CharField(max_length=4, choices=Use.choices)
    page = models.ForeignKey(Page, null=True, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=20)
    stem = models.TextField()  # Markdown
    figure_key = models.CharField(max_length=80, blank=True)
    objective_keys = models.JSONField()
    reference_keys = models.JSONField()
    spec = models.JSONField()  # options, key, reasons: the shape is the kind's

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="question_key_once"),
            models.CheckConstraint(
                condition=Q(use="page", page__isnull=False) | Q(use="test", page__isnull=True),
                name="question_page_only_in_pages",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Attempt(models.Model):
    """One go at a test. The form, the key and the pass mark are frozen when it starts."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(
        CourseVersion, on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    started_at = models.DateTimeField()
    form = models.JSONField()  # ordered questions with stem, spec (key included), option order
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2)
    submitted_at = models.DateTimeField(null=True)
    points = models.PositiveSmallIntegerField(null=True)
    points_possible = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # percent, cut to 0.01
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version"],
                condition=Q(submitted_at=None),
                name="attempt_open_once",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, score=None, passed=None, points=None)
                | Q(
                    submitted_at__isnull=False,
                    score__isnull=False,
                    passed__isnull=False,
                    points__isnull=False,
                ),
                name="attempt_scored_when_submitted",
            ),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__lte=F("points_possible")),
                name="attempt_points_within_form",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class Response(models.Model):
    """The answer a person gave to one question of an attempt; saved as it is given."""

    attempt = models.ForeignKey(  # no index of its own: the constraint's begins with it
        Attempt, on_delete=models.PROTECT, related_name="responses", db_index=False
    )
    question_key = models.CharField(max_length=80)
    answer = models.JSONField()
    sequence = models.PositiveBigIntegerField()  # rises with each save; the last writer wins
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key"], name="response_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.question_key}"
