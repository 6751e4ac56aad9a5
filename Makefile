# The two commands of the README, and what developers need. `make help` lists them.

VENV := .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check
DEMO_DATA := gardenwatch-data/demo

# Packages of Debian that `make test-system` installs: the emulated chip with its bootloader, a browser, a broker, a database.
SYSTEM_PACKAGES := gcc libc6-dev libsimavr-dev gcc-avr avr-libc arduino-core-avr chromium chromium-driver fonts-noto-cjk systemd-container mmdebstrap strace ffmpeg mosquitto postgresql openssh-server openssh-client

# What `make test-emulated` needs besides: 64-bit ARM, and a virtual machine.
EMULATORS := mmdebstrap qemu-user-static binfmt-support arch-test qemu-system-x86 e2fsprogs

.PHONY: help demo test test-system test-emulated lint locale clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/edge  ## watch the drawn demo garden: no camera, board or network needed
	@$(VENV)/bin/gardenwatch run --source demo --dry-run --realtime --data $(DEMO_DATA)

test: $(VENV)/test lint  ## run the tests that need Python packages only
	$(PYTHON) -m pytest -m "not system and not emulated" --durations=10 --cov --cov-report=term:skip-covered

test-system: $(VENV)/test  ## install Debian packages and run the tests that need them
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get update -q >/dev/null
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get install -qq -y --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null
	$(PYTHON) -m pytest -m system --durations=10 --ignore=tests/deploy
	$(PYTHON) -m pytest -m system --durations=10 tests/deploy

test-emulated: $(VENV)/test  ## install on emulated 64-bit ARM, cut the power of a virtual machine: half an hour or more
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get update -q >/dev/null
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get install -qq -y --no-install-recommends $(EMULATORS) >/dev/null
	$(PYTHON) -m pytest -s -m emulated -o faulthandler_timeout=0

lint: $(VENV)/test  ## check style, types and the direction of imports
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

locale: $(VENV)/test  ## compile the Chinese catalogues after editing a .po file
	$(VENV)/bin/pybabel compile -D gardenwatch -d edge/locale
	$(VENV)/bin/pybabel compile -D gardenwatch-train -d training/locale
	$(VENV)/bin/pybabel compile -D click -d training/locale

clean:  ## remove the virtual environment and what tools left behind
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage

$(PYTHON):
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "expected Python 3.11 or newer; found $$(python3 --version 2>&1); use a newer system" >&2; exit 1; }
	@python3 -m venv $(VENV) || \
	    { rm -rf $(VENV); echo "please type: sudo apt install python3-venv" >&2; exit 1; }

$(VENV)/edge: $(PYTHON) pyproject.toml
	@echo "Installing Gardenwatch's device side into $(VENV) (about 400 MB, a minute or two) ..."
	@$(PIP) -e .
	@deploy/system-packages.sh $(PYTHON)
	@touch $@

# pinpong without its dependencies: an Uno needs pyserial only, the others need a compiler.
$(VENV)/test: $(VENV)/edge
	@echo "Installing what the tests need (PyTorch is large: several minutes) ..."
	@$(PIP) -e '.[test,training,lite,studio,mqtt,notify,hub]' pyserial
	@$(PIP) --no-deps 'pinpong==0.6.2'
	@touch $@
