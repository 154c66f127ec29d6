# make            the release binary: static, by musl where rustup can have that target, else by glibc
# make demo       six messages through the embedded default
# make test       installs what the tests need (Debian packages, as root) and runs them all
# make lint       formatting, clippy with warnings denied, documentation
# make bench      whole-process figures against the peers, written to bench/RESULTS.md, the cost of reading: bench/READING.md, and
#                 that of disarming: bench/HTML.md, that of several engines: bench/ENGINES.md
# make fuzz       builds the fuzz targets and runs each for FUZZ_SECONDS
# make superset   compares MUTANTS broken messages with what other programs take out of them
# make install    DESTDIR and prefix as usual

prefix = /usr/local
sbindir = $(prefix)/sbin
mandir = $(prefix)/share/man
datadir = $(prefix)/share/mailward
spool = /var/spool/mailward/quarantine

CARGO = cargo
# What is compiled of C for the static release asks for no C library: the system's own compiler will do.
export CC_x86_64_unknown_linux_musl ?= cc
export CC_aarch64_unknown_linux_musl ?= cc
INSTALL = install
FUZZ_SECONDS = 60
MUTANTS = 100000

# The target folder that cargo uses, and the one target of the release.
TARGET_DIR = $(or $(CARGO_TARGET_DIR),target)
MUSL = $(shell uname -m)-unknown-linux-musl
GNU = $(shell uname -m)-unknown-linux-gnu
has-musl = $(wildcard $(shell rustc --print sysroot)/lib/rustlib/$(MUSL)/lib/libstd-*.rlib)
triple = $(if $(has-musl),$(MUSL),$(GNU))
release = $(TARGET_DIR)/$(triple)/release/mailward

.PHONY: all build musl demo test lint bench fuzz fuzz-build superset packages install clean

all: build

build: musl
	$(MAKE) --no-print-directory release

# Asked for once; where it cannot be had the glibc build does, some tenths of a millisecond slower.
musl:
	@test -n "$(has-musl)" || ! command -v rustup > /dev/null || timeout 120 rustup target add $(MUSL) > /dev/null 2>&1 || true

.PHONY: release
release:
	$(CARGO) build --release --locked --bin mailward --target $(triple)

demo: build
	@sh contrib/demo/demo.sh "$$($(MAKE) --no-print-directory where)" "$(CURDIR)/demo"

.PHONY: where
where:
	@realpath $(release)

test: packages fuzz-build
	MAILWARD_REQUIRE_MTA=1 $(CARGO) test --locked --workspace
	$(CARGO) test --locked --features fault-injection --test crash
	MAILWARD_REQUIRE_MTA=1 $(CARGO) test --locked --features fault-injection --test mta -- matrix

# A missing package is installed; on a machine that is no Debian, or without root, the tests that need it say that they are left out.
packages:
	@missing=; for package in $$(cat tests/packages.txt); do \
		dpkg-query -W -f '$${Status}' $$package 2> /dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	test -z "$$missing" || { echo "installing$$missing"; apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing > /dev/null; }

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --document-private-items

# The benchmark's own build would put a program in the place of the release that has the features of what only tests need.
bench: packages build
	$(INSTALL) -D -m 755 $(release) $(TARGET_DIR)/measured/mailward
	MAILWARD="$$(realpath $(TARGET_DIR)/measured/mailward)" $(CARGO) bench --locked --bench process --target $(triple)
	$(CARGO) bench --locked --bench reading --target $(triple)
	$(CARGO) bench --locked --bench html --target $(triple)
	$(CARGO) bench --locked --bench engines --target $(triple)

fuzz-build:
	$(CARGO) build --locked --manifest-path fuzz/Cargo.toml --target-dir $(TARGET_DIR)/fuzz

fuzz:
	sh fuzz/run.sh $(FUZZ_SECONDS)

# With some optimisation, in a folder of its own; what breaks the rule is left in its breaches/.
superset: packages
	CARGO_PROFILE_DEV_OPT_LEVEL=1 MAILWARD_MUTANTS=$(MUTANTS) MAILWARD_DUMP="$(TARGET_DIR)/superset/breaches" \
		$(CARGO) test --locked --target-dir $(TARGET_DIR)/superset --test superset

# Whoever installs, often root, may see another toolchain than whoever built: what is there is installed.
built = $(firstword $(wildcard $(TARGET_DIR)/$(MUSL)/release/mailward $(TARGET_DIR)/$(GNU)/release/mailward))

install:
	@test -n "$(built)" || { echo "nothing is built yet: run make first"; exit 1; }
	$(INSTALL) -d $(DESTDIR)$(sbindir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(datadir) $(DESTDIR)/etc/mailward
	$(INSTALL) -m 755 $(built) $(DESTDIR)$(sbindir)/mailward
	$(INSTALL) -m 644 man/mailward.1 $(DESTDIR)$(mandir)/man1/
	$(INSTALL) -m 644 man/mailward.toml.5 $(DESTDIR)$(mandir)/man5/
	cp -R contrib/templates contrib/attachments contrib/mailward.toml $(DESTDIR)$(datadir)/
	$(INSTALL) -d -m 1733 $(DESTDIR)$(spool)
	for folder in tmp new cur records slots; do $(INSTALL) -d -m 1733 $(DESTDIR)$(spool)/$$folder; done

clean:
	$(CARGO) clean
	rm -rf demo fuzz/target
