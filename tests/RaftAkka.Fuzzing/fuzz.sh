#!/usr/bin/env bash
# Coverage-guided fuzzing of every decoder of bytes from outside, with AFL++ over SharpFuzz.
#
#   tests/RaftAkka.Fuzzing/fuzz.sh [MINUTES [TARGET...]]      20 minutes for each target by default
#
# Needs afl-fuzz (package afl++). Findings stay in the printed folder; keep an input by copying it to
# tests/RaftAkka.Fuzzing/Kept/TARGET/ once the fault is mended: a test runs it from then on.
set -eu -o pipefail
cd "$(dirname "$0")"

minutes=${1:-20}
shift || true
command -v afl-fuzz >/dev/null || { echo "afl-fuzz is missing: install the package afl++" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/raftakka-fuzz.XXXXXX")
dotnet publish RaftAkka.Fuzzing.csproj -c Release -p:PublishReadyToRun=false -o "$work/bin" --nologo -v q

# Before the libraries are instrumented: from then on they run under the fuzzer only.
(cd "$work/bin" && dotnet RaftAkka.Fuzzing.dll --seeds "$work/seeds")

targets=("$@")
[ "${#targets[@]}" -gt 0 ] || mapfile -t targets < <(dotnet "$work/bin/RaftAkka.Fuzzing.dll" --list)

(cd ../.. && dotnet tool restore >/dev/null)
for library in RaftAkka RaftAkka.Protocol RaftAkka.KeyValue; do
  (cd ../.. && dotnet tool run sharpfuzz "$work/bin/$library.dll")
done

export AFL_SKIP_BIN_CHECK=1 AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
export DOTNET_TieredPGO=0
failed=0
mkdir -p "$work/found"
for target in "${targets[@]}"; do
  afl-fuzz -i "$work/seeds/$target" -o "$work/found/$target" -V $((minutes * 60)) -t 10000 -m none \
    -- dotnet "$work/bin/RaftAkka.Fuzzing.dll" "$target" >"$work/$target.log" 2>&1 || { tail -n 20 "$work/$target.log"; failed=1; }
  [ -f "$work/found/$target/default/fuzzer_stats" ] || continue
  stats=$work/found/$target/default/fuzzer_stats
  value() { sed -n "s/^$1 *: //p" "$stats"; }
  echo "$target: $(value execs_done) runs, $(value corpus_count) inputs, $(value saved_crashes) failures, $(value saved_hangs) hangs"
  [ "$(value saved_crashes)" = 0 ] && [ "$(value saved_hangs)" = 0 ] || failed=1
done
echo "Inputs and failures: $work"
exit "$failed"
