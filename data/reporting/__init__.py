"""What funders are told: targets, periods, reported values with what was counted, proofs, claims.

Releases, which freeze it, are in `data.releases`.
"""
