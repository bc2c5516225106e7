# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The host's part of the tests that run the module alone, in a dom0 without our
# packages. This file builds the files that are copied into dom0. Source this file
# after common.sh. If the environment has FAULT=NAME, the module is built with this
# planted fault (tests/faults). tests/e2e/kasan.sh and trixie.sh set KMOD_KIND and
# KMOD_HEADERS, the folder that builds modules for another kernel than bookworm's.

# an absolute path, because make runs in another folder
KMOD=$(realpath -m "$B")/e2e/kmod${KMOD_KIND:+-$KMOD_KIND}${FAULT:+-$FAULT}

# kmod_module: builds xengt.ko for dom0's kernel outside of the tree, if its sources
# have changed.
kmod_module()
{
	local headers src=$KMOD/src key
	headers=${KMOD_HEADERS:-}
	[ "$headers" ] || headers=$("$E2E/kmod/headers-for" bookworm) || return
	key=$({ echo "$headers"; find "$TOP/kmod" "$TOP/include" "$TOP/src/boundary" \
		"$TOP/src/hw" \
		-name '*.[ch]' -o -name 'Kbuild*' | LC_ALL=C sort | xargs sha256sum; } |
		sha256sum)
	[ "$key" != "$(cat "$KMOD/.key" 2>/dev/null)" ] || return 0
	rm -rf "$KMOD"
	mkdir -p "$src/src" "$KMOD/put"
	cp -r "$TOP/kmod" "$TOP/include" "$src/"
	cp -r "$TOP/src/boundary" "$TOP/src/hw" "$src/src/"
	find "$src" \( -name '*.o' -o -name '*.cmd' -o -name '*.ko' \) -delete
	make -s -C "$headers" "M=$src/kmod" \
		${FAULT:+"KCFLAGS=-DXENGT_FAULT_$FAULT"} modules || return
	cp "$src/kmod/xengt.ko" "$KMOD/put/"
	echo "$key" > "$KMOD/.key"
}

# Builds the judge for the kernel of KMOD_HEADERS. xenbox needs the argument
# --put "$KMOD/put/xengt_judge.ko:/root/t/xengt_judge.ko" instead of its own judge.
kmod_judge()
{
	e2e_step "the judge" make -C "$TOP" -s "B=$B" judge "JUDGE_HEADERS=$KMOD_HEADERS" \
		"JUDGE_DIR=$KMOD/judge" "JUDGE_PUT=$KMOD/put"
}

kmod_program() # NAME [GCC-ARG...]
{
	local name=$1
	shift
	e2e_step "$name" gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE \
		-I"$TOP/include" -o "$KMOD/put/$name" "$E2E/kmod/$name.c" "$@"
}

# Builds the module and the programs. Call this after e2e_prepare.
kmod_files()
{
	exec 9> "$B/e2e/.lock"
	flock 9
	e2e_step "the module" kmod_module
	kmod_program kmod-test "$E2E"/kmod/kmod_*.c
	kmod_program reuse-test -lxenctrl
	exec 9>&-
}

kmod_prepare()
{
	e2e_prepare
	kmod_files
}

# Makes the guests a and b, which never run.
kmod_guests()
{
	local name cfg
	for name in a b; do
		cfg=$B/e2e/$E2E_NAME-$name.cfg
		cat > "$cfg" <<-END
		name = "$name"
		type = "hvm"
		memory = 64
		vcpus = 1
		vga = "none"
		nographic = 1
		END
		e2e_add_guest "$name" "cfg=$cfg"
	done
}

kmod_run() # [XENBOX-ARG...] -- SCRIPT
{
	e2e_run --gpu skl --no-deb --kernel-arg iomem=relaxed \
		--put "$KMOD/put/xengt.ko:/root/t/xengt.ko" \
		--put "$KMOD/put/kmod-test:/root/t/kmod-test" \
		--put "$KMOD/put/reuse-test:/root/t/reuse-test" "$@"
}
