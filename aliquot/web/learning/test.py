"""The test of a course: rules, attempt, answers, results. Being written."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
