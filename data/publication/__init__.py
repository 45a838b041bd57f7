"""From judged figures to published sheets: what waits, what is packed, what was released."""
