# Thin names for dev.py; `make test ARGS="tests/guestman -x"` passes arguments on.
PYTHON ?= python3
ARGS ?=

.PHONY: demo test setup check bench docs lock
demo test setup check bench docs lock:
	@"$(PYTHON)" dev.py $@ $(ARGS)
