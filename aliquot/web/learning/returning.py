"""Giving a started course back, after asking: its hours are free again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_http_methods

from aliquot.commerce.queries import shop_settings
from aliquot.infra import clock
from aliquot.learning import access, services
from aliquot.learning.models import Enrollment
from aliquot.web.learning.own import own_enrollment
from aliquot.web.own import reader, render_in_zone


@require_http_methods(["GET", "POST"])
@own_enrollment
def give_back(request: HttpRequest, enrollment: Enrollment) -> HttpResponse:
    """What giving back frees and until when, then the deed."""
    minutes, now = shop_settings().give_back_minutes, clock.now()
    returning = access.returning_for(enrollment, now, minutes=minutes)
    if request.method == "POST" and (returning.may or enrollment.returned_at is not None):
        services.return_course(
            enrollment=enrollment, minutes=minutes, actor_id=reader(request).pk, now=now
        )
        messages.success(request, "The course is given back, and its hours are yours again.")
        return redirect("learning:home")
    context = {"section": "learning", "enrollment": enrollment, "returning": returning}
    status = 409 if request.method == "POST" else 200
    return render_in_zone(request, "web/learning/return.html", context, status=status)


urlpatterns = [path("learning/<int:enrollment_id>/return/", give_back, name="return")]
