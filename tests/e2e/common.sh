# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The part of the system tests (t-*.sh) that runs on the host: it makes the guest
# image and the packages, and calls xenbox once. A test script names its guests and
# the script of tests/e2e/in-dom0 that does the testing, which prints TAP lines.
#
# A test that is run by itself boots its own machine. tests/e2e/box runs several tests in
# one machine: the script sources the tests, e2e_run then only notes a test, and e2e_boot
# runs the noted tests.
[ -z "${E2E_COMMON:-}" ] || return 0
E2E_COMMON=1

set -u
E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$E2E/../.." && pwd)
B=${B:-$TOP/build}
E2E_TESTS=()		# the noted tests, each as NAME<tab>BUDGET<tab>WORD...
E2E_ARGS=()		# arguments for xenbox
E2E_GPU=
E2E_GTT_MIB=0		# MiB of GGTT entries: the largest size that a test asked for
E2E_BOX=		# set by tests/e2e/box
E2E_SLOWER=1		# budgets are multiplied by this (tests/e2e/kasan.sh)

# Begin a test: set its name, and the defaults of the variables that the test may change
# before e2e_prepare. If a test changes the arguments for build-guest, it must also change
# the name of its image.
e2e_begin() # FILE
{
	E2E_FILE=$1
	E2E_NAME=$(basename "$1" .sh)
	E2E_GUEST_ARGS=()
	E2E_GUEST_SUITE=bookworm
	E2E_GUEST_IMAGE=
	E2E_GUEST_CMDLINE=
	E2E_GUEST_BOOT=
}
e2e_begin "$0"

# Runs a command, and prints its output only if it fails.
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

# Builds the programs, the packages, the judge and the guest image, once for all tests that
# run at the same time.
e2e_prepare()
{
	mkdir -p "$B/log" "$B/e2e"
	exec 9> "$B/e2e/.lock"
	flock 9
	e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all
	e2e_step "packages" make -C "$TOP" -s "B=$B" deb
	e2e_step "judge" make -C "$TOP" -s "B=$B" judge
	e2e_step "programs" make -C "$TOP" -s "B=$B" guest-programs dom0-programs
	: "${E2E_GUEST_IMAGE:=$B/e2e/guest-$E2E_GUEST_SUITE}"
	e2e_step "guest image" "$E2E/build-guest" \
		--kernel-suite "$E2E_GUEST_SUITE" \
		--program "$B/e2e/gputool" --program "$B/e2e/gpuexec" \
		--program /usr/bin/lspci --extra-modules xen-gntdev \
		"${E2E_GUEST_ARGS[@]}" \
		--out "$E2E_GUEST_IMAGE"
	flock -u 9
	exec 9>&-
}

# Make a guest with the usual config; standard input has more lines for xl.cfg. The guest's
# kernel does not run its self-tests of ciphers, which would take a third of the boot.
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
		cmdline = "console=hvc0 quiet cryptomgr.notests${E2E_GUEST_CMDLINE:+ $E2E_GUEST_CMDLINE}"
		vga = "stdvga"
		nographic = 1
		END
		cat
	} > "$cfg"
	e2e_add_guest "$name" "kernel=$img/kernel,initrd=$img/initrd,cfg=$cfg${E2E_GUEST_BOOT:+,boot=$E2E_GUEST_BOOT}"
}

# Adds a guest that only this test uses: its configuration becomes /etc/xen/NAME.cfg when
# the test begins.
e2e_add_guest() # NAME XENBOX-OPTIONS
{
	E2E_ARGS+=(--guest "$E2E_NAME-$1:$2")
}

# Run a script of in-dom0/ in dom0; the TAP lines of the script are the result of the test.
# If tests/e2e/box runs the test, only note the script for e2e_boot.
e2e_run() # [XENBOX-ARG...] -- SCRIPT [ARG...]
{
	local budget
	while [ "$1" != -- ]; do
		case $1 in
		--gpu)
			[ "$2" = "${E2E_GPU:-$2}" ] || {
				echo "not ok 1 - $E2E_NAME: this box has a $E2E_GPU"
				exit 1
			}
			E2E_GPU=$2
			shift ;;
		--gtt-mib)
			[ "$2" -le "$E2E_GTT_MIB" ] || E2E_GTT_MIB=$2
			shift ;;
		*)	E2E_ARGS+=("$1") ;;
		esac
		shift
	done
	shift
	budget=$(sed -n 's/^# budget: *\([0-9]*\).*/\1/p' "$E2E_FILE" | head -n 1)
	budget=$((${budget:-600} * E2E_SLOWER))
	E2E_TESTS+=("$(printf '%s\t' "$E2E_NAME" "$budget" "$@")")
	[ "$E2E_BOX" ] || e2e_boot "${E2E_NAME#t-}"
}

# Boot the machine and run the noted scripts.
e2e_boot() # NAME-OF-LOGS
{
	local args=() r f test budget sum=0 logs=$B/log/e2e-$1 list
	for f in "$E2E"/in-dom0/*; do
		args+=(--put "$f:/root/t/$(basename "$f")")
	done
	for f in "$B"/e2e/put/*; do
		[ -e "$f" ] && args+=(--put "$f:/root/t/$(basename "$f")")
	done
	list=$B/e2e/box-$1.list
	printf '%s\n' "${E2E_TESTS[@]}" > "$list"
	for test in "${E2E_TESTS[@]}"; do
		IFS=$'\t' read -r _ budget _ <<< "$test"
		sum=$((sum + budget))
	done
	# When the module binds the GPU, it clears every GGTT entry, and QEMU passes each
	# write to the simulator. By default this machine has 2 MiB of entries, a size that
	# real firmware offers, too: clearing these entries takes a quarter of the time
	# that the usual 8 MiB take. t-10-vgpu has 8 MiB.
	[ "$E2E_GTT_MIB" != 0 ] || E2E_GTT_MIB=2
	args+=(--gpu "$E2E_GPU" --gpusim-arg --gtt-mib --gpusim-arg "$E2E_GTT_MIB"
		--kernel-arg cryptomgr.notests
		--put "$list:/root/t/box.list" --timeout $((sum + 100)))
	rm -rf "$logs"
	# a test's own file replaces one with the same name
	"$E2E/xenbox" --logs "$logs" "${args[@]}" "${E2E_ARGS[@]}" -- sh /root/t/box.sh
	r=$?
	[ "$r" = 0 ] || echo "# exit status $r, logs in $logs"
	return "$r"
}
