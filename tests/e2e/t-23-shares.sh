#!/bin/bash
# box: vgpu
# budget: 900
# Two guests want all of an engine's time: weight and cap decide how much each guest
# gets. The host ends work on which the engine hangs.
. "$(dirname "$0")/common.sh"
e2e_prepare
for g in 100:one 200:two; do
	e2e_guest "${g#*:}" <<-END
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 48
	vgt_weight = ${g%:*}
	END
done
e2e_run --gpu skl -- 23-shares.sh
