"""The face: base templates, components, form rendering, template tags, design tokens, fonts, icons.

Owns no rows and no business words beyond the names and colors of subject areas. Pages live in
`web` and `staff`; what they share in looks lives here. `docs/interface.md` lists every component
with its parameters.
"""
