"""From rows to sufficient statistics: columnar extracts, the fold, and the frames of metrics."""
