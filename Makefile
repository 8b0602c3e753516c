# Thin names for dev.py; `make test ARGS="tests/guestman -x"` passes arguments on.
PYTHON ?= python3
ARGS ?=

.PHONY: demo test setup check bench lock
demo test setup check bench lock:
	@"$(PYTHON)" dev.py $@ $(ARGS)
