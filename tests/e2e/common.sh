# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the system tests (t-*.sh) share on the host side: the guest image, the
# packages, one call of xenbox. A test script names its guests and the script
# of tests/e2e/in-dom0 that does the testing, which prints TAP lines.

set -u
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$E2E/../.." && pwd)
B=${B:-$TOP/build}
E2E_NAME=$(basename "$0" .sh)
E2E_LOGS=$B/log/e2e-${E2E_NAME#t-}
E2E_ARGS=()
# More arguments for build-guest, and the image's name: a test that has some
# names its own.
E2E_GUEST_ARGS=()
E2E_GUEST_IMAGE=$B/e2e/guest-${E2E_GUEST_SUITE:-bookworm}

# A step whose output matters only when it fails.
e2e_step() # DESCRIPTION COMMAND...
{
	local what=$1 log
	shift
	log=$(mktemp)
	if ! "$@" > "$log" 2>&1; then
		echo "not ok 1 - $what"
		tail -n 20 "$log" | sed 's/^/# /'
		rm -f "$log"
		exit 1
	fi
	rm -f "$log"
}

# Programs, packages, the judge and the guest image, made once for all tests
# that run at the same time.
e2e_prepare()
{
	mkdir -p "$B/log" "$B/e2e"
	exec 9> "$B/e2e/.lock"
	flock 9
	e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all
	e2e_step "packages" make -C "$TOP" -s "B=$B" deb
	e2e_step "judge" make -C "$TOP" -s "B=$B" judge
	e2e_step "programs" make -C "$TOP" -s "B=$B" guest-programs dom0-programs
	e2e_step "guest image" "$E2E/build-guest" \
		--kernel-suite "${E2E_GUEST_SUITE:-bookworm}" \
		--program "$B/e2e/gputool" --program "$B/e2e/gpuexec" \
		--program /usr/bin/lspci --extra-modules xen-gntdev \
		"${E2E_GUEST_ARGS[@]}" \
		--out "$E2E_GUEST_IMAGE"
	flock -u 9
	exec 9>&-
}

# A guest with the usual config; more lines of xl.cfg on standard input.
e2e_guest() # NAME < EXTRA-LINES
{
	local name=$1 img=$E2E_GUEST_IMAGE cfg
	cfg=$B/e2e/$E2E_NAME-$name.cfg
	{
		cat <<-END
		name = "$name"
		type = "hvm"
		memory = 256
		vcpus = 1
		kernel = "@KERNEL@"
		ramdisk = "@INITRD@"
		cmdline = "console=hvc0 quiet${E2E_GUEST_CMDLINE:+ $E2E_GUEST_CMDLINE}"
		vga = "stdvga"
		nographic = 1
		END
		cat
	} > "$cfg"
	E2E_ARGS+=(--guest "$name:kernel=$img/kernel,initrd=$img/initrd,cfg=$cfg")
}

E2E_DID_NOT_BOOT=88	# in-dom0/tap.sh says why

e2e_xenbox() # XENBOX-ARG...
{
	rm -rf "$E2E_LOGS"
	"$E2E/xenbox" --logs "$E2E_LOGS" "${E2E_ARGS[@]}" "$@"
}

# Run a script of in-dom0/ in dom0; its TAP lines are ours.
e2e_run() # [XENBOX-ARG...] -- SCRIPT [ARG...]
{
	local args=() r f
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	shift
	for f in "$E2E"/in-dom0/*; do
		args+=(--put "$f:/root/t/$(basename "$f")")
	done
	for f in "$B"/e2e/put/*; do
		[ -e "$f" ] && args+=(--put "$f:/root/t/$(basename "$f")")
	done
	# Binding clears every GGTT entry, each an exchange of QEMU with the
	# simulator: with 2 MiB of entries, a size that firmware does offer, it
	# takes a quarter of the time. t-10-vgpu has the usual 8 MiB.
	args+=(--gpusim-arg --gtt-mib --gpusim-arg "${E2E_GTT_MIB:-2}")
	args+=(--timeout "${E2E_TIMEOUT:-1000}" -- sh "/root/t/$1" "${@:2}")
	e2e_xenbox "${args[@]}"
	r=$?
	if [ "$r" = "$E2E_DID_NOT_BOOT" ]; then
		echo "# a guest did not boot; once more"
		e2e_xenbox "${args[@]}"
		r=$?
		[ "$r" != "$E2E_DID_NOT_BOOT" ] ||
			echo "not ok - a guest did not boot, twice"
	fi
	[ "$r" = 0 ] || echo "# exit status $r, logs in $E2E_LOGS"
	return "$r"
}
