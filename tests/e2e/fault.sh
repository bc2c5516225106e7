# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Planted faults for system tests whose dom0 has our packages. Source this file after common.sh.

# Builds the program or the module with the fault that FAULT in the environment names
# (tests/faults), and sets E2E_FAULT to the arguments by which e2e_run gives it to dom0.
# in-dom0/faulty.sh installs it. Call this after e2e_prepare.
E2E_FAULT=()
e2e_fault()
{
	local program
	[ "${FAULT:-}" ] || return 0
	for program in xengtd:xengtd core:xengt-vgpu; do
		grep -rqw "XENGT_FAULT_$FAULT" "$TOP/src/${program%:*}" || continue
		program=$B/fault/$FAULT/bin/${program#*:}
		e2e_step "a program with a fault" make -C "$TOP" -s "B=$B/fault/$FAULT" \
			"FAULT=$FAULT" "$program"
		E2E_FAULT=(--put "$program:/root/t/faulty-$(basename "$program")")
		return
	done
	# shellcheck source-path=SCRIPTDIR
	. "$E2E/kmod/lib.sh"
	e2e_step "the module with a fault" kmod_module
	# shellcheck disable=SC2034	# used by the tests
	E2E_FAULT=(--put "$KMOD/put/xengt.ko:/root/t/faulty.ko")
}
