#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may include whom, and who may call what: ARCHITECTURE.md, checked on the
# sources and on the built libraries.
#
#   scripts/check-layers.sh [BUILD-DIR]
set -u
cd "$(dirname "$0")/.." || exit 1
B=${1:-${B:-build}}
bad=0

complain()
{
	echo "check-layers: $*"
	bad=1
}

# The headers that the files name between OPEN and CLOSE must match the pattern.
headers() # OPEN CLOSE PATTERN FILE...
{
	local open=$1 close=$2 pattern=$3 file header
	shift 3
	for file; do
		[ -e "$file" ] || continue
		while read -r header; do
			[[ $header =~ ^($pattern)$ ]] ||
				complain "$file includes $open$header$close"
		done < <(sed -n "s/^#[ \t]*include[ \t]*$open\(.*\)$close.*/\1/p" "$file")
	done
}

# Our own headers.
includes() # PATTERN FILE...
{
	headers '"' '"' "$@"
}

# System headers.
system_includes() # PATTERN FILE...
{
	headers '<' '>' "$@"
}

# What a library needs from outside of it must match the pattern.
needs() # LIBRARY PATTERN
{
	local lib=$B/lib/libxengt-$1.a symbol
	if [ ! -e "$lib" ]; then
		complain "$lib is not built"
		return
	fi
	while read -r symbol; do
		[[ $symbol =~ ^($2)$ ]] ||
			complain "libxengt-$1 needs $symbol"
	done < <(comm -23 \
		<(nm -u "$lib" | awk '$1 == "U" { print $2 }' | sort -u) \
		<(nm -g --defined-only "$lib" | awk 'NF == 3 { print $3 }' | sort -u))
}

# A program must not contain what is for tests only.
contains_no() # PROGRAM PATTERN
{
	local hit
	[ -e "$B/bin/$1" ] || return 0
	hit=$(nm "$B/bin/$1" | awk '{ print $NF }' | grep -E -m 1 "$2") &&
		complain "$1 contains $hit"
	return 0
}

ours='xengt/[a-z_]*\.h|uapi/xengt\.h'
free='errno|limits|stdbool|stddef|stdint|stdio|stdlib|string'
libc='calloc|free|malloc|qsort|mem(cpy|set|cmp|move)|str(n?cmp|len|dup)'
libc+='|(__)?v?snprintf(_chk)?|__stack_chk_fail|__(memcpy|memset)_chk'
# The files that match, by name, as alternatives of a pattern.
names() # FILE...
{
	printf '%s\n' "$@" | sed 's,.*/,,; s,\.,\\.,' | paste -s -d '|'
}

sanitizers='__(asan|ubsan|sanitizer|sancov)_.*'

# The device model: pure.
includes "core/[a-z_]*\.h|hv/hv\.h|hv/ioreq\.h|gpu/gpu\.h|$ours" \
	src/core/*.[ch] src/core/regs/*.c
system_includes "($free)\.h" src/core/*.[ch] src/core/regs/*.c
needs core "$libc|$sanitizers|xengt_ioreq_run"

# The boundary: freestanding, as it is built into the module.
includes "$(names src/boundary/*.h)|uapi/xengt\.h|xengt/limits\.h" src/boundary/*.[ch]
system_includes '(linux/.*|errno|stdbool|stddef|stdint|string)\.h' \
	src/boundary/bnd_types.h
for header in src/boundary/*.[ch]; do
	[ "$header" = src/boundary/bnd_types.h ] ||
		system_includes 'none' "$header"
done
needs boundary "mem(cpy|set|cmp)|strlen|__stack_chk_fail|__(memcpy|memset)_chk|$sanitizers"

# The simulated GPU: nothing of the rest.
includes "$(names src/sim/*.h)|xengt/judge_abi\.h" src/sim/*.[ch]
system_includes "(linux/types|$free|stdarg)\.h" src/sim/*.[ch]
needs sim "$libc|$sanitizers"

# Hypervisor and hardware sides know neither each other nor the core; the fakes
# know each other, for there is one machine.
includes "hv/[a-z_]*\.h|$ours" src/hv/*.[ch]
includes "gpu/gpu\.h|$ours" src/gpu/gpu.h src/gpu/gpu_kmod.c
includes "gpu/gpu(_sim(_priv)?)?\.h|hv/hv_fake\.h|sim/sim\.h|boundary/[a-z_]*\.h|$ours" \
	src/gpu/gpu_sim*.[ch]
includes "(common|hv|gpu|core|session)/[a-z_]*\.h|$(names src/xengt-vgpu/*.h)|$ours" \
	src/xengt-vgpu/*.[ch]
includes "common/[a-z_]*\.h|hv/hv_xen\.h|[a-z]*\.h|$ours" src/xengtd/*.[ch]
includes "common/[a-z_]*\.h|$ours" src/common/*.[ch]
includes "vgt_[a-z]*\.h|$ours" xen-hooks/*.[ch]
includes "(\.\./xen-hooks/)?vgt_[a-z]*\.h|common/[a-z_]*\.h|ctl(_[a-z]*)?\.h|$ours" \
	tools/xengt-ctl.c tools/cmd_*.c tools/ctl*.h
includes "sim/(sim|record)\.h|common/[a-z_]*\.h|gpusim\.h|$ours" \
	tools/xengt-gpusim.c tools/gpusim*.[ch]
includes "sim/record\.h|session/session\.h|replay\.h|$ours" \
	tools/xengt-replay.c tools/replay*.[ch]
# Sessions: between the device model and any world.
includes "session/[a-z]*\.h|core/(vgpu|display)\.h|$ours" src/session/*.[ch]

# The module: the boundary's files and the ABI.
includes "(\.\./src/boundary/)?($(names src/boundary/*.[ch]))|uapi/xengt\.h|xengt_[a-z]*\.h" \
	kmod/xengt_*.[ch]

fakes='hv_fake|fake_machine|gpu_sim|xengt_sim_'
contains_no xengt-vgpu "$fakes"
contains_no xengtd "$fakes|xengt_vgpu_create"
contains_no xengt-ctl "$fakes|xengt_vgpu_create"
contains_no xengt-dm "$fakes"
contains_no xengt-xl "$fakes"
contains_no xengt-gpusim 'hv_fake|gpu_sim_|xengt_vgpu_|xengt_gtt_'

[ "$bad" = 0 ] && echo "check-layers: fine"
exit "$bad"
