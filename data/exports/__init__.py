"""Files out: one module a product, each through the published sheet and the access gate."""
