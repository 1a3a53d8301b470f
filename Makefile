# The front door: every target is a thin call of CMake or of a script.

PRESET ?= dev
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: build demo test bench stress lint format install clean help

build: ## compile the programs (PRESET=dev, release, clang, asan, tsan); the tests come with make test
	@scripts/build $(PRESET) programs

demo: ## everything from nothing: set-up, build, base images, a registry, the samples
	@scripts/demo

test: ## set-up, build and every test (PRESET=asan: under sanitizers; KIND=unit: of that kind only)
	@scripts/test $(PRESET) $(KIND)

bench: ## what a start costs, beside the bare system calls and other runtimes
	@scripts/bench

stress: ## thousands of containers, and our processes killed at random moments
	@scripts/stress

lint: ## format, include rules, file length, scripts; then clang-tidy (slow)
	@scripts/lint

format: ## let clang-format rewrite our C++ files
	@git ls-files -z --cached --others --exclude-standard '*.cc' '*.h' '*.c' | xargs -0r clang-format-14 -i

install: ## install into DESTDIR/PREFIX (default /usr/local)
	@scripts/build release
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)"

clean: ## remove build/: all that was built, and the demo's images
	@rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile
