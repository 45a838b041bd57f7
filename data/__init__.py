"""The floor that keeps: the tables, what comes in, what is published, what goes out."""
