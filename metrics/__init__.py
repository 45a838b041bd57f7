"""The floor that judges: sufficient statistics in, protected figures out. Pure functions only."""

import pandas as pd

# Before any frame is made. Frames here have few rows and many columns, and what is long holds its
# words as categories; Arrow is slow for few, most of all for the names of columns (decision 124).
pd.set_option("mode.string_storage", "python")
