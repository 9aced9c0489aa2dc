# Everything a fresh machine needs is Python 3.11 or later and make.

# A distribution's own Python was built with profiles of how it is used, one that a version manager compiles mostly
# without: then the same services need a tenth more. So it is taken wherever it is recent enough and makes environments.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
ARGS ?=
BIN := .venv/bin
INSTALLED := .venv/.installed
ROUNDS ?= 5
# Processes that tests run in: most of their time they wait for servers, so two cores carry more than two.
WORKERS ?= 3
# Kept compiled, tests and what they start are there in half the time; some machines say that nothing be kept.
unexport PYTHONDONTWRITEBYTECODE
# What stands beside the chain, which `bench` names itself, since it alone takes ARGS.
BENCHMARKS := $(filter-out tests/benchmarks/_%,$(wildcard tests/benchmarks/*.py))

.PHONY: demo test test-whole test-kafka test-pages test-strangers proof faults fuzz hostile repairs bench growth soak \
	configuration kubernetes cluster networks upgrade-drill restore-drill sbom release lexicon lint lock lock-peers \
	lock-strangers lock-kubernetes clean

demo: $(INSTALLED)
	@$(BIN)/engage demo $(ARGS)

test: lint
	@echo "== pytest"
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

# Systems that run: each starts servers and services of its own, and what the longest play takes minutes. Then all cases
# of what `make test` draws a quarter of.
test-whole: $(INSTALLED)
	@echo "== pytest on whole systems"
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile tests/end_to_end $(ARGS)
	@echo "== pytest on all that is drawn"
	@ENGAGE_TEST_DRAWS=all $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal -m drawn $(ARGS)

# Needs Java 17 or later and, the first time, Maven.
test-kafka: $(INSTALLED)
	@echo "== pytest on Apache Kafka"
	@ENGAGE_TEST_KAFKA=apache $(BIN)/python -m pytest tests/integration/chassis tests/integration/kafka tests/faults \
		tests/end_to_end/test_hostile_flood.py tests/end_to_end/test_killers.py $(ARGS)

# Programs of others against `engage up`, and against what we publish: CloudEvents SDKs and Kafka clients of five
# languages, the examples, generators of code, validators, tools of data teams. Needs Java 17 or later, Maven, Node.js 20
# or later, Go 1.24 or later and kcat; what is missing is skipped by name.
test-strangers: $(INSTALLED)
	@echo "== pytest with the programs of strangers"
	@$(BIN)/python -m pytest tests/strangers $(ARGS)

# Needs Chromium: drives the console and the desk through what people do, in both languages and at two widths.
test-pages: $(INSTALLED)
	@echo "== pytest in Chromium"
	@$(BIN)/python -m pytest tests/pages $(ARGS)

# Plays an edition in which every step is taken in a browser, and once more through raw events, and compares both: a small
# one, or with SIZE=whole one of 150 applications over three years. Needs Chromium.
proof: $(INSTALLED)
	@ENGAGE_PROOF=$(SIZE) $(BIN)/python -m pytest -s tests/proof $(ARGS)

# Kills, freezes and doubles what runs, and proves that nothing was lost. SEED=… repeats a campaign.
faults: $(INSTALLED)
	@$(BIN)/python -m tests.faults.campaign --rounds $(ROUNDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

# The database goes back to a moment under traffic, then Kafka is lost; proves that nothing else is, and says how long it
# took. Needs Java 17 or later.
restore-drill: $(INSTALLED)
	@$(BIN)/python -m tests.restores.drill $(ARGS)

# Ten thousand mutated documents for each reader of the contracts.
fuzz: $(INSTALLED)
	@ENGAGE_FUZZ_DOCUMENTS=10000 $(BIN)/python -m pytest tests/contracts/test_hostile_documents.py $(ARGS)

# Ten thousand hostile records on every topic of forms, among good ones.
hostile: $(INSTALLED)
	@ENGAGE_HOSTILE_RECORDS=10000 $(BIN)/python -m pytest -s tests/end_to_end/test_hostile_flood.py $(ARGS)

# Ten thousand dead letters repaired by filter while forms go on coming; says what that costs these.
repairs: $(INSTALLED)
	@ENGAGE_REPAIRS=10000 $(BIN)/python -m pytest -s tests/end_to_end/test_repair_under_traffic.py $(ARGS)

# Half an hour, on a machine that does nothing else. The peers need npm the first time, and Linux.
# ARGS="--count 500 --runs 1" is a smoke test; ARGS="--part latency" one part of the chain's.
bench: $(INSTALLED)
	@echo "== benchmark: chain"
	@$(BIN)/python -m tests.benchmarks.chain $(ARGS)
	@set -e; for script in $(BENCHMARKS); do \
		module=$$(basename "$$script" .py); \
		echo "== benchmark: $$module"; \
		$(BIN)/python -m "tests.benchmarks.$$module"; \
	done

# Years of a whole country in the tables, and what the same forms cost then: half an hour and 15 GB of disk.
# ARGS="--applications 2000 20000" takes three minutes.
growth: $(INSTALLED)
	@$(BIN)/python -m tests.benchmarks.years $(ARGS)

# Hours of mixed traffic; fails where memory, connections or what waits went on growing. ARGS="--minutes 10".
soak: $(INSTALLED)
	@$(BIN)/python -m tests.benchmarks.soak $(ARGS)

# Builds every overlay of deploy/kubernetes, and holds it against the schemas of Kubernetes and of the operators.
# Needs Go 1.24, Java 17 and, the first time, Maven.
kubernetes: $(INSTALLED)
	@echo "== pytest on deploy/kubernetes"
	@$(BIN)/python -m pytest tests/kubernetes $(ARGS)

# Upgrades a system under traffic, from the last release and to a made-up next version, and takes it back each time.
# Needs Java 17 or later and, the first time, Maven.
upgrade-drill: $(INSTALLED)
	@echo "== drill: upgrade"
	@$(BIN)/python -m pytest -s tests/drills/test_upgrade.py $(ARGS)

# A real API server, with etcd, controllers and a scheduler, built from Kubernetes' own modules: takes every manifest,
# makes pods of it, spreads them. Needs what `make kubernetes` needs, and ten minutes of two cores the first time.
cluster: $(INSTALLED)
	@echo "== pytest on a control plane of Kubernetes"
	@$(BIN)/python -m pytest tests/kubernetes/cluster $(ARGS)

# Services behind a wire that has faults, in network namespaces of their own. Needs Linux, root and iproute2.
networks: $(INSTALLED)
	@echo "== pytest behind a wire that has faults"
	@unshare --net --mount --propagation private $(BIN)/python -m pytest tests/networks $(ARGS)

# Prints what the image holds, as CycloneDX.
sbom: $(INSTALLED)
	@$(BIN)/python -m deploy.image sbom

# Version, changelog, signed tag, wheels, bill of materials, signed digests, all in dist/. VERSION=1.4.0 KEY=~/.ssh/id_ed25519
# Nothing leaves the machine.
release: $(INSTALLED)
	@$(BIN)/python -m deploy.release "$(VERSION)" "$(KEY)"

# Writes the tables of docs/configure.md from the settings' own descriptions, and that of events that forms may send
# from the catalogue, the page and the dashboard of all metrics, what of deploy/kubernetes is made from it, and in which
# order releases are upgraded; tests check that they are fresh.
configuration: $(INSTALLED)
	@$(BIN)/python -m deploy.configuration
	@$(BIN)/python -m deploy.kubernetes
	@$(BIN)/python -m deploy.forms_table
	@$(BIN)/python -m deploy.observability
	@$(BIN)/python -m deploy.release.upgrades

# Gives each word of the lexicon its points, by the projects of tests/corpus; a test checks that they are fresh.
lexicon: $(INSTALLED)
	@$(BIN)/python -m tests.corpus.weighing

lint: $(INSTALLED)
	@echo "== ruff: style"
	@$(BIN)/ruff check .
	@echo "== ruff: format"
	@$(BIN)/ruff format --check .
	@echo "== mypy: types"
	@$(BIN)/mypy
	@echo "== import-linter: what may import what"
	@$(BIN)/lint-imports --no-logo
	@echo "== squawk: what migrations may do beside a service that runs"
	@$(BIN)/squawk services/*/migrations/*.sql libraries/chassis/migrations/*.sql

# Run it with the oldest Python supported, so that what only that one needs is in the lock too.
# ARGS=--upgrade takes the newest releases; ARGS="--upgrade-package NAME" those of one package.
lock: $(INSTALLED)
	@echo "== pip-compile: requirements.lock"
	@PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet \
		--all-extras --all-build-deps --allow-unsafe --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock $(ARGS) pyproject.toml

# What the benchmark's peers need, which is none of ours.
lock-peers: $(INSTALLED)
	@echo "== pip-compile: tests/benchmarks/peers/requirements.lock"
	@cd tests/benchmarks/peers && PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock-peers" \
		$(CURDIR)/$(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock $(ARGS) requirements.in
	@echo "== npm: tests/benchmarks/peers/package-lock.json"
	@cd tests/benchmarks/peers && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --silent \
		--omit-lockfile-registry-resolved=true

# What strangers' programs in Python need, which is none of ours.
lock-strangers: $(INSTALLED)
	@set -e; cd tests/strangers/clients/python; for name in sdk_1 sdk_2 webhooks; do \
		echo "== pip-compile: tests/strangers/clients/python/$$name.lock"; \
		PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock-strangers" \
			$(CURDIR)/$(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
			--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
			--output-file $$name.lock $(ARGS) $$name.in; \
	done
	@echo "== npm: tests/strangers/clients/openid/package-lock.json"
	@cd tests/strangers/clients/openid && npm install --package-lock-only --ignore-scripts --no-audit --no-fund --silent \
		--omit-lockfile-registry-resolved=true
	@# Whom to give money to is no part of a lock, and says addresses.
	@$(BIN)/python -c 'import json; from pathlib import Path; \
		path = Path("tests/strangers/clients/openid/package-lock.json"); lock = json.loads(path.read_text()); \
		[each.pop("funding", None) for each in lock["packages"].values()]; \
		path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")'

# What checks Kubernetes' own resources, which is none of ours.
lock-kubernetes: $(INSTALLED)
	@echo "== pip-compile: tests/kubernetes/validate.lock"
	@cd tests/kubernetes && PIP_FIND_LINKS= CUSTOM_COMPILE_COMMAND="make lock-kubernetes" \
		$(CURDIR)/$(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file validate.lock $(ARGS) validate.in

clean:
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find contracts libraries services publication deploy tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Made anew when what is installed changes; the mark comes last, so that an interrupted start begins again.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Engage needs Python 3.11 or later, and '$(PYTHON)' is not ($$($(PYTHON) --version 2>&1))." >&2; \
		echo "Name another one, for example: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; }
	@echo "== Installing into .venv (only when requirements.lock or pyproject.toml changed)" >&2
	@$(PYTHON) -m venv --clear .venv
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --require-hashes --use-pep517 \
		-r requirements.lock
	@PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONWARNINGS=ignore \
		$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps -e .
	@touch $(INSTALLED)
