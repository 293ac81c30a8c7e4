"""Questions, frozen test forms, attempts, grading.

Words: question, kind, form, attempt, response. It does not know who may attempt what: attempts are
started and submitted through ``learning``, which checks the enrollment.
"""
