# Cells without an answer (unreadable replies, not sent again): counted, shown, exit 3; running again asks for them
# and for nothing else.
. "$(dirname "$0")/lib.sh"
start_mock --fail-every 4 --fail-mode html --fail-by hash --fail-attempts 1 --track-bodies --answer-from-context
cat >eval.yaml <<YAML
datasets: [$SOURCE/datasets/memes]
prompts: [$SOURCE/prompts/examples/plain.yaml]
models: [{name: mock, provider: openai, id: mock-a, base_url: "$MOCK_URL", price: {input: 1, output: 2}}]
limits: {resend: 0}
YAML
expect 3 "$PLUMB" run
out_has "cells have no answer; 'plumb run' asks for them again"
expect 0 "$PLUMB" run
err_has "continuing run"
out_lacks "cells have no answer"
expect 0 "$PLUMB" leaderboard --format json
out_has '"errors": 0'
out_lacks '"cost_usd": null'
