"""Every equation of the course once, in NumPy, one sentence at a time, made to be read."""
