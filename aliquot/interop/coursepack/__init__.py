"""The open course format, version 1: a course as a folder of plain files (docs/course-format.md).

``reader.read_course`` reads a folder and reports every problem with file and line;
``writer.course_files`` writes a course to canonical files; ``skeleton`` begins a new one.
"""
