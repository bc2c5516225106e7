# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs system tests in a dom0 with Debian 13's Xen (4.20) and Linux (6.12). Source this file after
# common.sh, and before kmod/lib.sh.

# shellcheck disable=SC2034	# for kmod/lib.sh
KMOD_KIND=trixie
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
KMOD_HEADERS=$("$E2E/kmod/headers-for" trixie) || {
	echo "not ok 1 - the headers of trixie's kernel"
	exit 1
}

# Builds the judge for this kernel. Sets TRIXIE to the arguments for xenbox. Call this after
# kmod_files.
trixie_prepare()
{
	e2e_step "the judge" make -C "$TOP" -s "B=$B" judge "JUDGE_HEADERS=$KMOD_HEADERS" \
		"JUDGE_DIR=$KMOD/judge" "JUDGE_PUT=$KMOD/put"
	TRIXIE=(--dom0-suite trixie
		--put "$KMOD/put/xengt_judge.ko:/root/t/xengt_judge.ko")
}
