"""The shipped sites as drawings: the ones in layouts/, and the same kind of site at the size that more robots need."""
