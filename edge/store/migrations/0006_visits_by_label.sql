-- The sums of a label lie together, so that those of a season are added up without sorting them first.

CREATE INDEX visit_counts_labels ON visit_counts (role, label, slice_at, count);
