"""What funders are told: the desk, one figure with all behind it, closing a period, claims."""
