"""What people said in their own words: coded under themes, and quoted when cleared."""
