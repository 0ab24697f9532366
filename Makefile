# course.py does the work; this file only calls it.
PYTHON ?= python3

lab setup test check edit fresh slides slides-watch exercises grade notebooks font checkpoint experiments bench lock clean:
	@$(PYTHON) course.py $@ $(ARGS) $(VARIANT_OF_$@)

# make exercises VARIANT=autumn-2026: a class's own variant
VARIANT_OF_exercises = $(if $(VARIANT),--variant "$(VARIANT)")

help:
	@$(PYTHON) course.py

.DEFAULT_GOAL := help
.PHONY: lab setup test check edit fresh slides slides-watch exercises grade notebooks font checkpoint experiments bench lock clean help
