"""The floor that keeps: the tables, what comes in, what is published, what goes out.

In the order of the way that answers go: `schema` (tables), `imports` and `fieldwork` (what comes
in), `folding` (rows to statistics), `publication` (figures to sheets), `sheets` (the door to them),
`records`, `judgement`, `voices` and `reporting` (what people write and read), `exports` (what goes
out). `access` says who may see and do what; `sample` is the invented portfolio.
"""
