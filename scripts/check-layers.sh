#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Checks, by the sources and their objects, the rules of ARCHITECTURE.md about which
# folder may include and call which other folder.
#
#   scripts/check-layers.sh [BUILD-DIR]
#
# The script searches the module's own files for circles only if the module was
# built (make kmod) after their last change.
set -u
cd "$(dirname "$0")/.." || exit 1
B=${1:-${B:-build}}
bad=0

complain()
{
	echo "check-layers: $*"
	bad=1
}

# Complains if a file includes a header whose name does not match the pattern. OPEN and
# CLOSE are the characters around the names of the headers to look at.
headers() # OPEN CLOSE PATTERN FILE...
{
	local open=$1 close=$2 pattern=$3 file header
	shift 3
	while IFS=: read -r file header; do
		[[ $header =~ ^($pattern)$ ]] ||
			complain "$file includes $open$header$close"
	done < <(OPEN=$open CLOSE=$close perl -ne '
		print "$ARGV:$1\n"
			if /^#[ \t]*include[ \t]*\Q$ENV{OPEN}\E(.*)\Q$ENV{CLOSE}\E/' "$@")
}

# Complains if a file includes a header of xengt ("...") that does not match the
# pattern.
includes() # PATTERN FILE...
{
	headers '"' '"' "$@"
}

# Complains if a file includes a system header (<...>) that does not match the
# pattern.
system_includes() # PATTERN FILE...
{
	headers '<' '>' "$@"
}

# Only the ABI and the table of platforms may name a platform. All other code
# tests a feature of struct xengt_platform, or gets the platform as an argument.
names_no_platform() # FILE...
{
	local names hit
	names=$(sed -n 's/^\tXENGT_PLATFORM_\([A-Z0-9]*\) = [1-9].*/\1/p' include/uapi/xengt.h |
		paste -s -d '|')
	[ "$names" ] || complain "include/uapi/xengt.h has no platform"
	while read -r hit; do
		complain "a platform's name, where a feature belongs: $hit"
	done < <(grep -nE "\\<XENGT_PLATFORM_($names)\\>|\"(${names,,})\"" "$@")
}

# One function, xengt_bus_of_page() in src/boundary/bnd_types.h, computes a page's bus
# address. This function may have three callers: kmod/xengt_frames.c for guest frames that
# the module holds, kmod/xengt_mem_ops.c for the module's own pages,
# src/gpu/gpu_sim_priv.h for machine frames of the simulated host.
makes_bus_addresses() # FILE...
{
	local hit callers
	while read -r hit; do
		complain "a bus address that is not made by xengt_bus_of_page(): $hit"
	done < <(grep -nE '\<xengt_bus\(|\(xengt_bus_t\) *\{' "$@" |
		grep -v '^src/boundary/bnd_types\.h:')
	callers=$(grep -oE '\<xengt_bus_of_page\(' "$@" |
		grep -v '^src/boundary/bnd_types\.h:' | sed 's/:.*//' | paste -s -d ' ')
	[ "$callers" = "src/gpu/gpu_sim_priv.h kmod/xengt_frames.c kmod/xengt_mem_ops.c" ] ||
		complain "bus addresses are made in: $callers"
}

# A register or opcode that several files need is defined once, in src/hw. This check
# looks at multiples of 4 from 0x2000 on, except masks (numbers whose set bits are
# adjacent).
defines_facts_once() # FILE...
{
	local hit
	while read -r hit; do
		complain "one fact of the hardware, defined twice: $hit"
	done < <(perl -ne '
		next unless /^#[ \t]*define[ \t]+(\w+)(?:\(\w+\))?[ \t]+\(?0x([0-9a-f]+)u?l*\b/i;
		my ($name, $number) = ($1, hex($2));
		next if $number < 0x2000 || $number % 4 ||
			!((($number & -$number) + $number) & $number);
		push(@{$at{$number}}, "$ARGV:$name");
		END {
			@$_ > 1 && print "@$_\n" for values %at;
		}' "$@")
}

# Tests must use the registers' names (src/hw/facts.h, tests/reg_names.h). If a call of a
# function that accesses BAR0 has a bare number as the offset, or an engine's base plus a
# bare number, this check complains.
names_registers() # FILE...
{
	local hit
	while read -r hit; do
		complain "a register without a name: $hit"
	done < <(perl -0777 -ne '
		my $arg = qr/[\w>&.\[\]-]+(?:\([^()]*\))?/;
		my $call = qr/\b(?:rd|wr|rig_read|rig_write|guest_rd|guest_wr|fuzz_sim_wr|
			xengt_sim_peek_reg|xengt_mmio_(?:peek|poke))\(\s*$arg,\s*|
			\bxengt_sim_bar_(?:read|write)\(\s*$arg,\s*0,\s*/x;
		while (/$call(?:[\w>.-]*\bbase\s*\+\s*)?(0x[0-9a-f]+)/gi) {
			my $line = 1 + substr($_, 0, $-[0]) =~ tr/\n//;
			print "$ARGV:$line: $1\n";
		}' "$@")
}

# Complains about each undefined symbol of a library that does not match the
# pattern.
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

# Complains if a program contains a symbol that matches the pattern: programs
# must not contain code that only tests need.
contains_no() # PROGRAM PATTERN
{
	local hit
	[ -e "$B/bin/$1" ] || return 0
	hit=$(nm "$B/bin/$1" | awk '{ print $NF }' | grep -E -m 1 "$2") &&
		complain "$1 contains $hit"
	return 0
}

# Prints the objects of a folder, except old objects whose source does not exist
# any more.
objects_of() # FOLDER
{
	local object source
	while read -r object; do
		source=${object#"$B/obj/"}
		[ ! -e "${source%.o}.c" ] || echo "$object"
	done < <(find "$B/obj/$1" -name '*.o' 2>/dev/null)
}

# Prints lines "FILE FILE SYMBOL" from the objects of a folder: the first file needs
# the symbol, and the second file defines it. FILE is a path below the folder,
# without its suffix.
uses() # OBJECT-FOLDER OBJECT...
{
	local folder=$1
	shift
	nm -A "$@" | awk -v "folder=$folder/" '
		{
			file = $0
			sub(/\.o:.*/, "", file)
			file = substr(file, length(folder) + 1)
		}
		NF == 3 && $2 == "U" || NF == 2 && $1 ~ /:U$/ {
			needs[file, $NF] = 1
		}
		$(NF - 1) ~ /^[A-TV-Z]$/ { home[$NF] = file }
		END {
			for (key in needs) {
				split(key, part, SUBSEP)
				to = home[part[2]]
				if (to != "" && to != part[1])
					print part[1], to, part[2]
			}
		}'
}

# Prints lines "FILE FILE HEADER" from the includes of a folder's files: a line
# says that the first file includes the header of the second file. Headers without
# a .c file of the same name are left out.
uses_headers() # FOLDER
{
	local file name
	for file in "$1"/*.c; do
		while read -r name; do
			[ ! -e "$1/$name.c" ] || [ "$1/$name.c" = "$file" ] ||
				echo "$(basename "$file" .c) $name $name.h"
		done < <(sed -n 's/^#include "\(.*\/\)*\(.*\)\.h"$/\2/p' "$file")
	done
}

# Reads the lines of uses() and uses_headers(). Prints one line for each set of files
# that all need each other, directly or through other files. The lines after this
# line list the symbols that these files need from each other.
find_circles()
{
	awk '
		{ what[$1, $2] = what[$1, $2] " " $3; node[$1]; node[$2] }
		function walk(from, at,    to) {
			for (to in node)
				if ((at, to) in what && !((from, to) in reach)) {
					reach[from, to] = 1
					walk(from, to)
				}
		}
		END {
			for (a in node)
				walk(a, a)
			for (a in node) {
				if (a in done || !((a, a) in reach))
					continue
				line = ""
				for (b in node) {
					if (!((a, b) in reach && (b, a) in reach))
						continue
					done[b] = 1
					line = line " " b
				}
				print "circle" line
				n = split(line, in_it, " ")
				for (i = 1; i <= n; i++)
					for (j = 1; j <= n; j++)
						if ((in_it[i], in_it[j]) in what)
							print "  " in_it[i] " -> " in_it[j] ":" \
								what[in_it[i], in_it[j]]
			}
		}'
}

# Prints the pairs of files that ARCHITECTURE.md allows with a reason, as
# FOLDER: FILE FILE.
named_pairs()
{
	sed -n 's,^- \([a-z/-]*\)/\([a-z_]*\)\.c and \([a-z_]*\)\.c: ..*,\1: \2 \3,p' ARCHITECTURE.md
}

# Complains if files of a folder need each other in a circle, except pairs that
# ARCHITECTURE.md names. Also complains if a pair that ARCHITECTURE.md names is
# no circle. Standard input has the lines of uses() and uses_headers().
no_circles() # FOLDER
{
	local folder=$1 line name allowed listed found=
	allowed=$(named_pairs)
	while read -r line; do
		case $line in
		circle*)
			read -ra name <<< "${line#circle}"
			line="$folder: $(printf '%s\n' "${name[@]}" | LC_ALL=C sort | paste -s -d ' ')"
			found+="$line"$'\n'
			listed=1
			if ! grep -qxF -- "$line" <<< "$allowed"; then
				complain "a circle of files, $line"
				listed=
			fi
			;;
		*) [ "$listed" ] || echo "  $line" ;;
		esac
	done < <(find_circles)
	while read -r line; do
		grep -qxF -- "$line" <<< "$found" ||
			complain "there is no such circle (any more), delete its line: $line"
	done < <(grep "^$folder: " <<< "$allowed")
}

ours='xengt/[a-z_]*\.h|uapi/xengt\.h|hw/[a-z_]*\.h'
free='errno|limits|stdbool|stddef|stdint|stdio|stdlib|string'
libc='calloc|free|malloc|qsort|mem(cpy|set|cmp|move)|str(n?cmp|len|dup)'
libc+='|(__)?v?snprintf(_chk)?|__stack_chk_fail|__(memcpy|memmove|memset)_chk'
# Prints the names of the files, without their folders, as alternatives of a
# regular expression.
names() # FILE...
{
	printf '%s\n' "$@" | sed 's,.*/,,; s,\.,\\.,' | paste -s -d '|'
}

sanitizers='__(asan|ubsan|sanitizer|sancov)_.*'

# The core calls no operating system and no hypervisor.
includes "core/[a-z_]*\.h|hv/hv\.h|hv/ioreq\.h|gpu/gpu\.h|$ours" \
	src/core/*.[ch] src/core/regs/*.c
system_includes "($free)\.h" src/core/*.[ch] src/core/regs/*.c
needs core "$libc|$sanitizers|xengt_ioreq_run|xengt_platform_.*"

# The boundary is freestanding C, because it is built into the module.
includes "boundary/[a-z_]*\.h|uapi/xengt\.h|hw/[a-z_]*\.h|xengt/(each|limits|layout)\.h" \
	src/boundary/*.[ch]
system_includes '(linux/.*|errno|stdbool|stddef|stdint|string)\.h' \
	src/boundary/bnd_types.h
mapfile -t others < <(printf '%s\n' src/boundary/*.[ch] | grep -v '/bnd_types\.h$')
system_includes 'none' "${others[@]}"
needs boundary "mem(cpy|move|set|cmp)|strlen|__stack_chk_fail|__(memcpy|memmove|memset)_chk|$sanitizers"

# Only three files may make a bus address (docs/design/014-addresses.md).
makes_bus_addresses src/boundary/*.[ch] src/gpu/*.[ch] kmod/xengt_*.[ch]

# src/hw has facts of the hardware, mostly constants. All parts except the
# simulator may use the headers of src/hw.
includes "hw/[a-z_]*\.h|uapi/xengt\.h" src/hw/*.[ch]
system_includes '(linux/(types|string)|stdbool|stddef|stdint|string)\.h' src/hw/*.[ch]
needs hw "strcmp|__stack_chk_fail|$sanitizers"

# The simulated GPU uses no other part.
includes "sim/[a-z_]*\.h|xengt/judge_abi\.h" src/sim/*.[ch]
system_includes "(linux/types|$free|stdarg)\.h" src/sim/*.[ch]
needs sim "$libc|$sanitizers"

# src/hv and src/gpu use neither each other nor the core. Only their fakes use each other,
# because both fakes belong to one simulated machine.
includes "hv/[a-z_]*\.h|$ours" src/hv/*.[ch]
includes "gpu/gpu\.h|$ours" src/gpu/gpu.h src/gpu/gpu_kmod.c
includes "gpu/gpu(_sim(_priv)?)?\.h|hv/(fake_machine|hv_fake)\.h|sim/sim\.h|boundary/[a-z_]*\.h|$ours" \
	src/gpu/gpu_sim*.[ch]
includes "(core/(display|scanout|vgpu)|gpu/gpu|hv/hv_xen|session/session|(common|xengt-vgpu)/[a-z_]*)\.h|$ours" \
	src/xengt-vgpu/*.[ch]

# The sharer gives up its rights as the worker does. The viewer runs in another domain.
includes "(common|xengt-share)/[a-z_]*\.h|xengt-vgpu/depriv\.h|$ours" src/xengt-share/*.[ch]
includes "(common|xengt-view)/[a-z_]*\.h|$ours" src/xengt-view/*.[ch]

# The broker's levels, from the lowest: tools that know no vGPU; records of vGPUs; what
# happens to a vGPU; the answers to xengt-ctl. main.c starts all levels.
broker="common/[a-z_]*\.h|$ours"
tools='child|defaults|domctl|ev|gntlimit|gpudev|options|peer|qmp|room|script|sharer|store|worker|xengtd'
records="$tools|bvgpu|persist|ram|waits"
life="$records|vgpu[a-z_]*"
answers='answer|bvgpu|control|ev|gpudev|vgpu|vgpu_ask|vgpu_find|vgpu_view|waits|xengtd'
for file in src/xengtd/*.[ch]; do
	stem=$(basename "${file%.[ch]}")
	case $stem in
	main) may="$tools|control|vgpu|vgpu_end|vgpu_recover|vgpu_view" ;;
	answer|control) may=$answers ;;
	vgpu*) may=$life ;;
	bvgpu|persist|ram|waits) may=$records ;;
	*) may=$tools ;;
	esac
	case $stem in
	vgpu_give_back|vgpu_make) includes "$broker|hv/hv_xen\.h|xengtd/($may)\.h" "$file" ;;
	*) includes "$broker|xengtd/($may)\.h" "$file" ;;
	esac
done
includes "common/[a-z_]*\.h|$ours" src/common/*.[ch]
includes "vgt_[a-z]*\.h|common/(begin|domain_features|text)\.h|$ours" xen-hooks/*.[ch]
includes "(\.\./xen-hooks/)?vgt_[a-z]*\.h|common/[a-z_]*\.h|ctl(_[a-z]*)?\.h|$ours" \
	tools/xengt-ctl.c tools/cmd_*.c tools/ctl*.[ch]
includes "sim/(sim|record)\.h|common/[a-z_]*\.h|gpusim\.h|$ours" \
	tools/xengt-gpusim.c tools/gpusim*.[ch]
includes "sim/record\.h|session/session\.h|common/begin\.h|common/metrics\.h|replay\.h|$ours" \
	tools/xengt-replay.c tools/replay*.[ch]
# src/session lies between the core and the implementations of hv.h and gpu.h.
includes "session/[a-z]*\.h|core/(vgpu|display)\.h|gpu/gpu\.h|hv/hv\.h|$ours" src/session/*.[ch]

# The module uses the boundary's files and the ABI. Its own files, from below: the bound
# GPU; its registers, engines and memory; guests' frames; vGPUs; the files of /dev and
# debugfs. xengt_drv.c starts all.
module="boundary/[a-z_]*\.h|uapi/xengt\.h|xengt/limits\.h|hw/[a-z_]*\.h"
for file in kmod/xengt_*.[ch]; do
	stem=$(basename "${file%.[ch]}")
	stem=${stem#xengt_}
	case $stem in
	gpu | bound) may=gpu ;;
	hw | engine | mem_ops) may="gpu|$stem" ;;
	hw_alone) may='gpu|hw' ;;
	life) may='gpu|mem_ops|vgpu|life' ;;
	irq | hw_ops) may="gpu|hw|engine|$stem" ;;
	frames | way*) may='gpu|frames|way' ;;
	vgpu*) may='gpu|hw|frames|way|vgpu(_ops)?' ;;
	ioctl | debugfs) may="gpu|vgpu(_ops)?|$stem" ;;
	drv) may="$(names kmod/xengt_*.h | sed 's/xengt_//g; s/\\\.h//g')" ;;
	*) may=none ;;
	esac
	includes "$module|xengt_($may)\.h" "$file"
done

# The second backend uses the module's files, too. Only these four may include private headers
# of i915.
for file in kmod/i915/xengt_*.[ch]; do
	case $file in
	*/xengt_i915.c|*/xengt_i915_find.c|*/xengt_i915_fit.c|*/xengt_i915_order.c)
		includes 'uapi/xengt\.h|hw/platform\.h|xengt_(btf|waits)\.h|xengt_i915[a-z_]*\.h|layout\.h|(gem/|gt/|gt/uc/)?(intel|i915)_[a-z0-9_]*\.h' "$file" ;;
	*) includes "$module|xengt_[a-z0-9_]*\.h" "$file" ;;
	esac
done

mapfile -t sources < <(find src kmod tools xen-hooks -name '*.[ch]' |
	grep -vE '^src/(sim/|hw/platform\.c$)|/(gpusim[^/]*|xengt-gpusim)\.[ch]$' | sort)
names_no_platform "${sources[@]}"
mapfile -t sources < <(find src/hw src/boundary src/core src/gpu kmod -name '*.[ch]' | sort)
defines_facts_once "${sources[@]}"
# The conformance suite of hv.h is left out, because the offsets in it are guest
# addresses, not offsets in BAR0.
mapfile -t sources < <(find tests/unit tests/fuzz tests/bench tests/conformance -name '*.c' |
	grep -vE '/(test_hv|hv_[a-z]*)\.c$' | sort)
names_registers "${sources[@]}"

# There must be no circles. For the broker and the module this check uses the
# includes, too.
for folder in src/boundary src/common src/core src/gpu src/hv src/hw src/session src/sim \
	      src/xengt-vgpu src/xengtd; do
	mapfile -t objects < <(objects_of "$folder")
	if [ ${#objects[@]} -eq 0 ]; then
		complain "nothing is built of $folder"
		continue
	fi
	no_circles "$folder" < <(
		uses "$B/obj/$folder" "${objects[@]}"
		[ "$folder" != src/xengtd ] || uses_headers "$folder")
done

is_kmod_built()
{
	local source
	for source in kmod/xengt_*.c; do
		[ "${source%.c}.o" -nt "$source" ] || return
	done
}

# Each file must include the header of each name that it uses.
while read -r line; do
	complain "$line"
done < <(scripts/check-includes 2>&1)

# The order of the module's locks.
while read -r line; do
	[ "$line" = "check-locks: fine" ] || complain "$line"
done < <(scripts/check-locks 2>&1)

if is_kmod_built; then
	objects=(kmod/xengt_*.c)
	no_circles kmod < <(
		uses kmod "${objects[@]/%.c/.o}"
		uses_headers kmod)
else
	echo "check-layers: the module is not built: its files are not searched for circles"
fi

fakes='hv_fake|fake_ram|fake_machine|gpu_sim|xengt_sim_'
contains_no xengt-vgpu "$fakes"
contains_no xengtd "$fakes|xengt_vgpu_create"
contains_no xengt-ctl "$fakes|xengt_vgpu_create"
contains_no xengt-dm "$fakes"
contains_no xengt-xl "$fakes"
contains_no xengt-gpusim 'hv_fake|gpu_sim_|xengt_vgpu_|xengt_gtt_'

# main() of each program must call a function of src/common/begin.h, which brings the
# inherited files, signals and limits into a known state.
while read -r program; do
	grep -q '^[[:space:]]*xengt_begin\(_daemon\)\?();' "$program" ||
		complain "$program has a main() that does not call xengt_begin()"
done < <(grep -l '^int main(' src/*/*.c tools/*.c xen-hooks/*.c)

[ "$bad" = 0 ] && echo "check-layers: fine"
exit "$bad"
