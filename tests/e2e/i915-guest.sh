# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Makes guests with i915 for the system tests (image, config) and runs tests in them. Source
# this file after common.sh.

IGT=usr/libexec/igt-gpu-tools/benchmarks
IGT_IN_GUEST="gem_exec_nop gem_exec_ctx gem_latency gem_blt kms_vblank"

i915_guest_prepare() # SUITE
{
	local name programs=''
	for name in $IGT_IN_GUEST; do
		programs+=${programs:+,}$IGT/$name
	done
	E2E_GUEST_SUITE=$1
	E2E_GUEST_IMAGE=$B/e2e/guest-$1-i915
	E2E_GUEST_ARGS=(--extra-modules i915,button --program "$B/e2e/drmtest"
		--program "$B/e2e/kmstest" --program "$E2E/guest/igt-benchmarks"
		--program "$E2E/guest/i915-sleep" --file "$E2E/in-dom0/tap.sh:/lib/tap.sh"
		--package "intel-gpu-tools:$programs")
	e2e_prepare
}

# Make a guest whose config has vgt = 1 and no sizes; standard input has more lines for
# xl.cfg. The monitor is small, because in t-72 the kernel draws its console on the monitor.
i915_guest() # NAME < EXTRA-LINES
{
	e2e_guest "$1" < <(
		cat <<-END
		vgt = 1
		vgt_edid = "/root/monitor.edid"
		END
		cat
	)
}

i915_guest_run() # GPU full|probe BATCHES [console|none [msi|intx [low|high]]]
{
	e2e_run --gpu "$1" --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
		72-i915.sh "$2" "$3" "$E2E_GUEST_SUITE" "$IGT_IN_GUEST" "${4:-none}" \
		"${5:-msi}" "${6:-low}"
}
