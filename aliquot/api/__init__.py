"""The REST API: what pages do, for programs. docs/api.md tells its users about it.

Views translate, as pages do: a token and JSON in, one deed or some reads of the rooms below, JSON
out. ``frame`` holds what every area shares; the areas have the names of the page modules.
"""
