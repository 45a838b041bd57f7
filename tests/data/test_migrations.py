"""The tables go up and down with what they hold, and equal the models, on both databases."""

from data import database


def test_a_fresh_database_is_the_one_that_the_program_needs(engine):
    database.require_current(engine)
