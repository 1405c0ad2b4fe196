"""A class graded in parallel, on this machine's cores or on many machines, by Dask.

    cli/grade ── class_ ── dispatch ── cluster ══ work (on a worker)
                   │          └─ jobs: what goes to a worker as bytes, and comes back as JSON
                   ├─ converting: nbgrader's own Autograde, with what the workers have run
                   └─ records: what has been graded, of which submission, by which tests

Only the coordinator, which is the process of the command, touches the grade book and files.
"""
