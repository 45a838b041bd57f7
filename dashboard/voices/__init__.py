"""What people wrote in their own words: put under themes by hand, quoted when cleared."""
