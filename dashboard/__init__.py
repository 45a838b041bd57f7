"""The floor that shows: pages, charts, the server and the command line."""
