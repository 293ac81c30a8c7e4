"""The catalog behind the counter: courses, approvals, the provider, accreditors."""
