#!/bin/sh
# Runs every fuzz target for SECONDS each, with the coverage that a stable compiler can give.
# Usage: run.sh SECONDS. What it finds is left in fuzz/artifacts.
set -eu
seconds=${1:-60}
cd "$(dirname "$0")"
export RUSTFLAGS='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1'
target=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --target "$target" --target-dir target
for name in message superset parameter embedded edits clamd_reply command_output config disarm; do
    mkdir -p "corpus/$name" "artifacts/$name"
    echo "== $name, $seconds seconds"
    status=0
    "target/$target/release/$name" -max_total_time="$seconds" -rss_limit_mb=2048 -artifact_prefix="artifacts/$name/" "corpus/$name" \
        > "artifacts/$name.log" 2>&1 || status=$?
    grep -E '^==[0-9]+==.*ERROR|panicked|^Done|DONE' "artifacts/$name.log" || true
    test "$status" -eq 0 || { tail "artifacts/$name.log"; echo "$name: status $status, see fuzz/artifacts"; exit 1; }
done
