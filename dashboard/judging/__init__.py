"""Judging a phase of a project oneself: the form, two writers at once, raters beside each other."""
