"""The provider, its accreditors, courses, versions and what a version is made of."""

from django.db import models
from django.db.models import F, Q

from aliquot.infra.models import StoredFile


class Provider(models.Model):
    """Who publishes here. One row today; certificates freeze what it said on their day."""

    name = models.CharField(max_length=200)
    address = models.TextField()
    provider_number = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField()
    accent_color = models.CharField(max_length=7, blank=True)  # "#4b2e83"; contrast is checked
    logo = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    administrator_name = models.CharField(max_length=200)
    administrator_title = models.CharField(max_length=200)
    credit_interval_months = models.PositiveSmallIntegerField(default=12)

    def __str__(self) -> str:
        return self.name


class Accreditor(models.Model):
    """A body that approves courses. Its numbers are settings: check with your accreditor."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    approval_kind = models.CharField(max_length=20)  # an id of the closed list `approvals`
    provider_number = models.CharField(max_length=40, blank=True)
    statement = models.TextField(blank=True)  # printed on certificates; {number} {hours} filled in
    is_demonstration = models.BooleanField(default=False)  # fictional: watermark, demo only

    def __str__(self) -> str:
        return self.name


class Course(models.Model):
    """What stays the same while versions come and go, and what the office changes without one."""

    class Availability(models.TextChoices):
        OPEN = "open", "open"
        HIDDEN = "hidden", "hidden"
        RETIRED = "retired", "retired"

    code = models.CharField(max_length=20, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    availability = models.CharField(
        max_length=10, choices=Availability.choices, default=Availability.HIDDEN
    )
    is_free = models.BooleanField(default=False)
    review_by = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    current_version = models.ForeignKey(
        "CourseVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.code


class CourseVersion(models.Model):
    """An immutable published state of a course; completions point at it."""

    class Level(models.TextChoices):
        BASIC = "basic", "Basic"
        INTERMEDIATE = "intermediate", "Intermediate"
        ADVANCED = "advanced", "Advanced"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    format = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True)
    what_changed = models.TextField()

    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=200, blank=True)
    description = models.TextField()
    language = models.CharField(max_length=20, default="en-US")
    audience = models.TextField()
    level = models.CharField(max_length=12, choices=Level.choices)
    delivery = models.CharField(max_length=20, default="self_study")
    notice = models.TextField(blank=True)
    references = models.JSONField(default=list)  # [{"id", "text", "url"}]
    glossary = models.JSONField(default=list)  # [{"id", "term", "definition"}]

    test_questions = models.PositiveSmallIntegerField()
    pass_mark = models.DecimalField(max_digits=5, decimal_places=2)  # percent
    attempts_allowed = models.PositiveSmallIntegerField(null=True)  # None: as often as needed
    retake_wait_hours = models.PositiveSmallIntegerField(default=0)

    contact_hours = models.DecimalField(max_digits=6, decimal_places=2)  # awarded
    computed_hours = models.DecimalField(max_digits=6, decimal_places=2)
    hours_method = models.CharField(max_length=40)
    hours_inputs = (
        models.JSONField()
    )  # words, questions, media, study minutes with reasons, settings
    hours_by = models.CharField(max_length=200)
    hours_on = models.DateField()
    hours_reason = models.TextField(blank=True)  # required when awarded exceeds computed

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["course", "content_hash"], name="version_content_once"),
            models.CheckConstraint(condition=Q(contact_hours__gt=0), name="version_hours_positive"),
            models.CheckConstraint(
                condition=Q(contact_hours__lte=F("computed_hours")) | ~Q(hours_reason=""),
                name="version_hours_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(pass_mark__gt=0, pass_mark__lte=100), name="version_pass_mark_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} version {self.number}"


class SubjectHours(models.Model):
    """How many of a version's contact hours belong to which subject area."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="subjects")
    position = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=40)
    hours = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "area"], name="subject_area_once"),
            models.CheckConstraint(condition=Q(hours__gt=0), name="subject_hours_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.hours}"


class Objective(models.Model):
    """What a learner will be able to do; each is assessed by at least one question."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="objectives")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    text = models.TextField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="objective_key_once"),
        ]

    def __str__(self) -> str:
        return self.text


class Contributor(models.Model):
    """An author, reviewer or editor as shown on this version, with the disclosure of interests."""

    class Role(models.TextChoices):
        AUTHOR = "author", "author"
        REVIEWER = "reviewer", "reviewer"
        EDITOR = "editor", "editor"

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="people")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=200)
    credentials = models.CharField(max_length=200, blank=True)
    biography = models.TextField(blank=True)
    disclosure = models.TextField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """One page of a version: its Markdown, and the blocks it was rendered to when published.

    ``blocks`` is a list of {"anchor", "kind": "html" | "figure" | "question", …}; a bookmark
    names an anchor.
    """

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="pages")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    is_preview = models.BooleanField(default=False)
    source = models.TextField()
    blocks = models.JSONField()
    words = models.PositiveIntegerField()
    minutes = models.DecimalField(max_digits=6, decimal_places=2)
    study_minutes = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    study_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "slug"], name="page_slug_once"),
            models.UniqueConstraint(fields=["version", "position"], name="page_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Figure(models.Model):
    """A drawing or photograph of a version, with both of its text alternatives."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="figures")
    key = models.SlugField(max_length=80)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    caption = models.TextField()
    alt = models.TextField()
    description = models.TextField()
    credit = models.TextField()
    license = models.CharField(max_length=60)
    source = models.TextField()
    stain = models.CharField(max_length=120, blank=True)
    magnification = models.CharField(max_length=60, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="figure_key_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Approval(models.Model):
    """An accreditor's number for a course, from a day through a day."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="approvals")
    accreditor = models.ForeignKey(Accreditor, on_delete=models.PROTECT, related_name="approvals")
    number = models.CharField(max_length=60)
    hours = models.DecimalField(max_digits=6, decimal_places=2)
    valid_from = models.DateField()
    valid_through = models.DateField()
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_through__gte=F("valid_from")), name="approval_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0), name="approval_hours_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.accreditor} {self.number}"


class SearchText(models.Model):
    """The words a course can be found by, kept with the course's current version."""

    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="search_text")
    title = models.TextField()
    body = models.TextField()

    def __str__(self) -> str:
        return self.title
