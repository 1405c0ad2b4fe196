"""Handing in and collecting without nbgrader's exchange: by an LMS, in which students upload files.

cli/submit  ── sending   a student's zip
cli/collect ── filing    submitted/STUDENT/ASSIGNMENT, as nbgrader wants it
               ├─ lms       who handed in what, by the names in Canvas' and Moodle's downloads
               └─ archive   reads zips and folders that nobody can trust
"""
