#!/usr/bin/env bash
# Mutation testing with Stryker.NET over a sample that a seed draws: which line can change without a test noticing?
#
#   tests/mutation/mutate.sh AREA [SEED [WINDOWS]]     AREA: protocol, server, log or sessions
#   tests/mutation/mutate.sh AREA FILE...              whole files, by their names: VoteRule.cs
#
# Draws WINDOWS (default 20) windows of 1,200 characters from the area's source, mutates what begins in them, and runs for
# each mutant the tests of that area that reach it. Prints the score and each surviving mutant with its line. Twenty
# windows take from ten minutes (protocol) to an hour (server). Mutations of texts and of argument checks for null are
# left out: texts are for people.
set -eu -o pipefail
cd "$(dirname "$0")/../.."

area=${1:?"usage: mutate.sh AREA [SEED [WINDOWS]]"}
shift
case "$area" in
  protocol) project=RaftAkka.Protocol; folder=src/RaftAkka.Protocol; tests=RaftAkka.Protocol.Tests; filter="" ;;
  server)   project=RaftAkka; folder=src/RaftAkka/Server; tests=RaftAkka.Tests; filter="FullyQualifiedName~.Server" ;;
  log)      project=RaftAkka; folder=src/RaftAkka/Log; tests=RaftAkka.Tests; filter="FullyQualifiedName~.Log" ;;
  sessions) project=RaftAkka; folder=src/RaftAkka/Sessions; tests=RaftAkka.Tests; filter="FullyQualifiedName~.Sessions" ;;
  *) echo "unknown area '$area': expected protocol, server, log or sessions" >&2; exit 2 ;;
esac

sources() { find "$folder" -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' | LC_ALL=C sort; }
seeded() { openssl enc -aes-256-ctr -pass "pass:$1" -nosalt </dev/zero 2>/dev/null || true; }

# Every possible window as a line "**/folder/File.cs{start..end}".
windows() {
  while read -r file; do
    local length; length=$(wc -m <"$file")
    for ((start = 0; start < length; start += 1200)); do echo "**/${file#src/*/}{$start..$((start + 1200))}"; done
  done < <(sources)
}

mutate=()
if [[ ${1:-1} =~ ^[0-9]+$ ]]; then
  seed=${1:-1}
  mapfile -t chosen < <(windows | shuf -n "${2:-20}" --random-source=<(seeded "$seed"))
  echo "area $area, seed $seed, ${#chosen[@]} of $(windows | wc -l) windows"
else
  chosen=("${@/#/**/}")
fi
for pattern in "${chosen[@]}"; do mutate+=(--mutate "$pattern"); done

output=$(mktemp -d "${TMPDIR:-/tmp}/raftakka-mutation.XXXXXX")
config=$output/stryker-config.json
cat >"$config" <<JSON
{ "stryker-config": {
    "project": "$project.csproj", "configuration": "Release", "reporters": ["json"], "concurrency": $(nproc),
    "ignore-mutations": ["string"], "ignore-methods": ["*ThrowIfNull", "*ThrowIfGreaterThan", "*ThrowIfLessThan"],
    "test-case-filter": "$filter", "coverage-analysis": "perTest" } }
JSON

dotnet tool restore >/dev/null
(cd "tests/$tests" && dotnet tool run dotnet-stryker --config-file "$config" --output "$output" "${mutate[@]}") >"$output/log" 2>&1 \
  || { tail -n 40 "$output/log"; exit 1; }
grep -h 'final mutation score' "$output/log" || true
python3 - "$output/reports/mutation-report.json" <<'PYTHON'
import json, sys
for file, report in sorted(json.load(open(sys.argv[1]))["files"].items()):
    lines = report["source"].split("\n")
    for mutant in report["mutants"]:
        if mutant["status"] not in ("Survived", "NoCoverage"): continue
        line = mutant["location"]["start"]["line"]
        print(f'{mutant["status"]}: {file.split("/src/")[-1]}:{line} {lines[line - 1].strip()}\n'
              f'    {mutant["mutatorName"]}: {mutant.get("replacement", "").strip()}')
PYTHON
echo "Report: $output/reports/mutation-report.json"
