"""Measures what the course promises of its speed; `make bench` runs it."""
