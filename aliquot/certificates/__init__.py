"""Numbered certificates: what was printed, its PDF, verification, supersession, revocation.

Words: certificate, code, content, superseded, revoked. It proves what ``learning`` completed; what
that is worth to a body is ``credentials``' business.
"""
