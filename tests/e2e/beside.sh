# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions for the tests of kmod/i915. Source this file after common.sh.
# shellcheck source-path=SCRIPTDIR
. "$E2E/lib/common.sh"

# Prints the files with the BTF of the release's kernel and of its i915.
beside_btf() # SUITE
{
	local kernel i915=$B/e2e/i915-$1.ko
	kernel=$("$E2E/build-guest" --kernel-suite "$1" --print-kernel) || return
	set -- "$kernel"/lib/modules/*/kernel/drivers/gpu/drm/i915/i915.ko*
	case $1 in
	*.xz) xz -dc "$1" > "$i915" ;;
	*)    cp "$1" "$i915" ;;
	esac
	extract_vmlinux "$(echo "$kernel"/boot/vmlinuz-*)" "$i915.vmlinux" || return
	echo "$i915.vmlinux $i915"
}

# Gives a struct of the headers one more member.
beside_move_member() # HEADERS
{
	sed -i 's/^\(struct intel_context {\)$/\1\n\tint moved;/' \
		"$1/drivers/gpu/drm/i915/gt/intel_context_types.h"
}

# Proves that headers fit the kernel of a release, by its checksums, and by its BTF. Prints the
# result.
beside_headers_fit() # SUITE KERNEL-HEADERS I915-HEADERS
{
	local btf
	btf=$(beside_btf "$1") || return
	# shellcheck disable=SC2086	# two files
	"$TOP/kmod/i915/headers-fit" "$2" "$3" $btf
}

# beside_build SUITE: as beside_build_once, one process at a time, because tests that run at the
# same time share the folder.
beside_build() # SUITE
{
	mkdir -p "$B/e2e"
	(
		flock 9
		beside_build_once "$1" 9>&-
	) 9> "$B/e2e/.beside-lock"
}

# beside_build_once SUITE: proves that i915's private headers fit the kernel of the Debian
# release, and builds xengt-i915.ko and xengt-i915-test.ko for it, outside of the tree.
# Prints the folder of the modules. With MOVED=1 in the environment, a struct of the headers has
# one more member, and nothing is proven. With FAULT, the modules have this fault (tests/faults).
beside_build_once() # SUITE
{
	local headers i915 out key src
	out=$(realpath -m "$B")/e2e/beside-$1${MOVED:+-moved}
	src=$out/src
	headers=$("$E2E/kmod/headers-for" "$1") || return
	i915=$("$E2E/kmod/i915-headers-for" "$1") || return
	key=$({ echo "$headers $i915"; cd "$TOP" && beside_sources | xargs sha256sum; } | sha256sum)
	if [ "$key" != "$(cat "$out/.key" 2>/dev/null)" ]; then
		rm -f "$out/.key"
		beside_copy "$src"
		beside_prove "$1" "$out" "$headers" "$i915" || return
		[ -z "${MOVED:-}" ] || i915=$out/headers
		beside_make "$src" "$headers" "$i915" || return
		cp "$src"/kmod/i915/*.ko "$out/"
		echo "$key" >"$out/.key"
	fi
	[ -z "${FAULT:-}" ] || {
		beside_fault "$src" "$headers" "$i915" "$out-$FAULT" || return
		out=$out-$FAULT
	}
	echo "$out"
}

# Prints the modules' sources, without the files that a build in the tree makes.
beside_sources()
{
	local made='(bnd|hw|kmod)_[a-z_]*\.c|[^/]*\.mod\.c|beside_test\.c|layout\.h'
	(cd "$TOP" && find kmod include src/boundary src/hw tests/e2e/kmod/beside_test.c \
		-path kmod/i915/headers -prune -o \( -name '*.[ch]' -o -name 'Kbuild*' \) -print) |
		grep -vE "^kmod/(i915/)?($made)\$" | LC_ALL=C sort
}

# Copies the sources whose content has changed, so that make compiles only what these changes
# concern. If the list of sources has changed, everything is copied and compiled again.
beside_copy() # SRC
{
	local file
	[ "$(beside_sources)" = "$(cat "$1/.sources" 2>/dev/null)" ] || rm -rf "$1"
	mkdir -p "$1"
	while IFS= read -r file; do
		cmp -s "$TOP/$file" "$1/$file" || (cd "$TOP" && cp --parents -t "$1" "$file")
	done < <(beside_sources)
	beside_sources >"$1/.sources"
}

# Proves once for each set of headers and of structs that the headers fit, and lists the structs.
beside_prove() # SUITE OUT HEADERS I915
{
	local key i915=$4
	key=$({ echo "$3 $4"; cat "$TOP"/kmod/i915/{xengt_i915*.[ch],check-*,headers-fit}; } |
	      sha256sum)
	[ "$key" != "$(cat "$2/src/.proven" 2>/dev/null)" ] || return 0
	rm -f "$2/src/.proven"
	if [ "${MOVED:-}" ]; then
		rm -rf "$2/headers"
		cp -r "$i915" "$2/headers"
		i915=$2/headers
		beside_move_member "$i915"
	else
		beside_headers_fit "$1" "$3" "$i915" >"$2/proof" || {
			cat "$2/proof" >&2
			return 1
		}
	fi
	"$TOP/kmod/i915/check-btf" --list "$3" "$i915" >"$2/src/kmod/i915/layout.h" || return
	echo "$key" >"$2/src/.proven"
}

beside_make() # SRC HEADERS I915 MAKE-ARG...
{
	make -s -j2 -C "$2" "M=$1/kmod/i915" "I915=$3/drivers/gpu/drm/i915" TESTS=y \
		"${@:4}" modules >&2
}

# Builds the modules once more in a folder that has them, with the fault FAULT. Only the files are
# compiled that have the fault, and once again when the modules are next built without it.
beside_fault() # SRC HEADERS I915 OUT
{
	local file object r args=() objects=()
	while IFS= read -r file; do
		object=$(basename "$file" .c).o
		case $file in
		*/boundary/*)	  object=bnd_$object ;;
		*/kmod/xengt_*.c) object=kmod_${object#xengt_} ;;
		esac
		objects+=("$1/kmod/i915/$object")
		args+=("CFLAGS_$object=-I$3/drivers/gpu/drm/i915 -DXENGT_FAULT_$FAULT")
	done < <(grep -rlw --include='*.c' "XENGT_FAULT_$FAULT" "$1/kmod" "$1/src")
	[ ${#objects[@]} -gt 0 ] || {
		echo "the module has no fault $FAULT" >&2
		return 1
	}
	rm -f "${objects[@]}"
	beside_make "$1" "$2" "$3" "${args[@]}"
	r=$?
	rm -f "${objects[@]}"
	[ "$r" -eq 0 ] || return
	mkdir -p "$4"
	mv "$1"/kmod/i915/*.ko "$4/"
}

# beside_native GPU SUITE COMMAND: i915 drives the simulated GPU. The GGTT is small, because the
# module clears half of its entries, and QEMU passes each write of an entry to the simulator.
# The test module is /root/beside.ko. ARGS are arguments of tests/e2e/native. BESIDE_NAME in the
# environment is a part of the name of the folder with the machine's logs. Prints the machine's
# output.
beside_native() # GPU SUITE COMMAND ARG...
{
	local modules gpu=$1 suite=$2 command=$3
	shift 3
	modules=$(beside_build "$suite") || return 125
	"$E2E/native" --gpu "$gpu" --kernel-suite "$suite" --timeout 900 \
		--logs "$B/log/beside-$gpu-$suite${BESIDE_NAME:+-$BESIDE_NAME}${FAULT:+-$FAULT}" \
		--kernel-arg "i915.enable_gvt=${ENABLE_GVT:-1}" --gpusim-arg --gtt-mib --gpusim-arg 2 \
		--program "$B/e2e/drmtest" \
		--file "$modules/xengt-i915-test.ko:/root/beside.ko" \
		"$@" --command "$command"
}

# Runs these commands by beside_native(). A file has the commands, because a kernel's command line is
# short. The output is in log/beside-NAME-GPU-SUITE.log.
beside_script() # NAME GPU SUITE COMMANDS ARG...
{
	local script=$B/e2e/beside-$1-$2-$3.sh
	echo "$4" > "$script"
	BESIDE_NAME=$1 beside_native "$2" "$3" "sh /root/test.sh" --file "$script:/root/test.sh" \
		"${@:5}" > "$B/log/beside-$1-$2-$3.log" 2>&1
}

# As e2e_run, for a script that shows a picture on dom0's screen by kmstest, and prints "@screen SCENE
# PIPE SEED" (kms_stays of in-dom0/beside.sh).
beside_run() # XENBOX-ARG... -- SCRIPT ARG...
{
	local dir r
	e2e_step "comparing pictures" make -C "$TOP" -s "B=$B" "$B/e2e/kmstest" "$B/e2e/pngcmp"
	dir=$(mktemp -d)
	e2e_run --gpusim-arg --control --gpusim-arg "$dir/control" \
		--put "$B/e2e/kmstest:/root/t/kmstest" "$@" | beside_screens "$dir"
	r=${PIPESTATUS[*]}
	rm -rf "$dir"
	[ "$r" = "0 0" ]
}

# Passes the output of the machine on, and compares dom0's screen when the output asks for it. Fails
# if no screen was right.
beside_screens() # FOLDER-OF-CONTROL-SOCKET
{
	local line word scene pipe seed seen=0 bad=0
	while IFS= read -r line; do
		echo "$line"
		[[ $line == "@screen "* ]] || continue
		read -r word scene pipe seed <<< "$line"
		seen=1
		if word=$(beside_screen "$1" "$scene" "$pipe" "$seed" 2>&1); then
			echo "ok - dom0's screen shows $scene, pixel by pixel"
		else
			bad=1
			echo "not ok - dom0's screen shows $scene, pixel by pixel"
			echo "# ${word//$'\n'/$'\n'# }"
		fi
	done
	[ "$seen" = 1 ] || echo "not ok - the host was asked to compare dom0's screen"
	[ "$seen" = 1 ] && [ "$bad" = 0 ]
}

# Compares the screen with a scene, and with another picture, which must differ.
beside_screen() # FOLDER SCENE PIPE SEED
{
	local picture=$B/log/$E2E_NAME-screen.png pipes=ABC answer
	rm -f "$picture"
	answer=$(socat -t 30 - "UNIX-CONNECT:$1/control" <<< "screenshot ${pipes:$3:1} $picture")
	[ "$answer" = ok ] || {
		echo "the simulator: $answer"
		return 1
	}
	"$B/e2e/kmstest" --seed "$4" --expect "$2" "$1/right.ppm" &&
		"$B/e2e/kmstest" --seed $(($4 + 1)) --expect "$2" "$1/wrong.ppm" &&
		"$B/e2e/pngcmp" "$1/right.ppm" "$picture" &&
		! "$B/e2e/pngcmp" "$1/wrong.ppm" "$picture"
}
