"""What is told of a graded class: files for an LMS, and one page for those who teach."""
