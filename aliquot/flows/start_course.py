"""Starting a course."""

from datetime import datetime

from aliquot.accounts.models import User
from aliquot.catalog.models import Course
from aliquot.learning import services
from aliquot.learning.models import Enrollment


def start_course(*, person: User, course: Course, now: datetime) -> Enrollment:
    """Enroll a person who pressed "Start"; pressing again gives the open enrollment back.

    Raises CourseNotOpenError with the reason, or CreditIntervalError with the day from which the
    course earns credit again.
    """
    return services.enroll(person=person, course=course, actor_id=person.pk, now=now)
