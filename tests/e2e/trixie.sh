# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs tests of the module in a dom0 with Debian 13's Xen (4.20) and Linux (6.12). Source this file
# after common.sh, instead of kmod/lib.sh.

# shellcheck disable=SC2034	# for kmod/lib.sh
KMOD_KIND=trixie
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
KMOD_HEADERS=$("$E2E/kmod/headers-for" trixie) || {
	echo "not ok 1 - the headers of trixie's kernel"
	exit 1
}

# As kmod_run, in such a dom0. Call this after kmod_prepare.
trixie_run() # [XENBOX-ARG...] -- SCRIPT
{
	kmod_judge
	kmod_run --dom0-suite trixie --put "$KMOD/put/xengt_judge.ko:/root/t/xengt_judge.ko" "$@"
}
