"""Papers as people send them, and files that only pretend to be one."""

from tests.factories.pictures import jpeg, png

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
)
HEIC = (
    (24).to_bytes(4) + b"ftypheic" + bytes(4) + b"mif1heic"
    + (12).to_bytes(4) + b"meta" + bytes(4)
    + (16).to_bytes(4) + b"mdat" + b"8 bytes."
)  # fmt: skip
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"
XHTML = (
    b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'
    b"<script>alert(1)</script></html>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def pdf(words: str = "") -> bytes:
    """A PDF; other words make another file."""
    return PDF.replace(b"trailer", f"% {words}\ntrailer".encode())


__all__ = ["HEIC", "HTML", "PDF", "SVG", "XHTML", "jpeg", "pdf", "png"]
