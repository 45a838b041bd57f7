"""The brief on paper: what the pages say of an entity, in a few A4 pages for a council or a funder.

`making.brief` makes it. This file imports nothing, because the child process that sets the type
begins here (`press_worker`).
"""
