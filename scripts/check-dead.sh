#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Finds code that production does not need: operations (function pointers in a struct
# ..._ops) that no code calls, functions to which no production object refers,
# macros that no code uses, not even a test, and products of a build that git tracks.
#
#   scripts/check-dead.sh [BUILD-DIR]
#
# BUILD-DIR must be built without SAN and FAULT. Production code is: the objects of
# the installed programs, except the fakes for tests (hv_fake, gpu_sim); and the
# sources of the module and of xl-stub, because BUILD-DIR does not have their
# objects.
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1
B=${1:-${B:-build}}
bad=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# Functions that only tests and the scripts of this tree call: functions that check or
# list the rows of our tables, functions by which a test reads the simulator's state, and
# xengt_vgpu_reset().
for_tests='xengt_vgpu_reset xengt_regs_check xengt_audit_check xengt_audit_reg_at
	sim_cmd_check sim_cmd_rows
	xengt_sim_engine_stats xengt_sim_peek_reg xengt_sim_power_cycle
	xengt_sim_write_back'

complain()
{
	echo "check-dead: $*"
	bad=1
}

# Prints the C code of the files without comments.
code() # FILE...
{
	cat "$@" | perl -0777 -pe 's{/\*.*?\*/}{ }gs'
}

# ---- operations ----

# Prints "STRUCT MEMBER" for each pointer to a function in a struct ..._ops.
members() # HEADER...
{
	code "$@" | awk '
		/^struct [a-z0-9_]+_ops \{/ { name = $2; next }
		/^\};/ { name = "" }
		name && match($0, /\(\*[a-z0-9_]+\)\(/) {
			print name, substr($0, RSTART + 2, RLENGTH - 4)
		}'
}

# Complains about each member of an ops struct in HEADER that no FILE calls as
# ops->MEMBER(...).
have_callers() # HEADER FILE...
{
	local header=$1 struct member
	shift
	code "$@" > "$tmp/callers"
	while read -r struct member; do
		grep -qE "\b([a-z]+_)?ops(->|\.)$member\(" "$tmp/callers" ||
			complain "$header: nothing calls $struct.$member"
	done < <(members "$header")
}

worker=(src/core/*.c src/core/regs/*.c src/xengt-vgpu/*.c src/xengtd/*.c kmod/*.c kmod/i915/*.c)
for header in src/*/*.h kmod/*.h kmod/i915/*.h; do
	case $header in
	src/boundary/*) have_callers "$header" src/boundary/*.[ch] kmod/*.c kmod/i915/*.c ;;
	src/sim/*) have_callers "$header" src/sim/*.c tools/*.c ;;
	*) have_callers "$header" "${worker[@]}" ;;
	esac
done

# ---- functions ----

mapfile -t objects < <(find "$B/obj/src" "$B/obj/xen-hooks" "$B/obj/tools" \
	-name '*.o' 2>/dev/null | grep -vE '/(hv_fake[a-z_]*|fake_machine|gpu_sim[a-z_]*)\.o$' |
	while read -r object; do
		source=${object#"$B/obj/"}
		[ -e "${source%.o}.c" ] && echo "$object"
	done)
mapfile -t doubles < <(find "$B/obj/src" -name "hv_fake*.o" -o -name fake_machine.o \
	-o -name 'gpu_sim*.o' 2>/dev/null)
if [ ${#objects[@]} = 0 ]; then
	complain "nothing is built in $B/obj"
	exit 1
fi
nm -A "${objects[@]}" > "$tmp/nm"
# Functions of the simulator that only the fakes use count as needed, too.
nm -A "${doubles[@]}" | awk '$(NF - 1) == "U" { print $NF }' | sort -u > "$tmp/doubles"
awk '$(NF - 1) == "U" { print $NF }' "$tmp/nm" | sort -u > "$tmp/used"
code kmod/*.c kmod/i915/*.c xen-hooks/xl-stub.c | grep -oE '\b[a-z_][a-z0-9_]+\b' | sort -u > "$tmp/words"
# "OBJECT NAME" for each public function that an object defines
awk '$(NF - 1) == "T" { sub(/:.*/, "", $1); print $1, $NF }' "$tmp/nm" > "$tmp/defined"

sort -k 2 "$tmp/defined" -o "$tmp/defined"
# needed: main, each function that another object uses, and each function that
# the sources of kmod/ or xl-stub.c name
{
	echo main
	cat "$tmp/used" "$tmp/words"
} | sort -u > "$tmp/needed"
while read -r object name; do
	source=${object#"$B/obj/"}
	source=${source%.o}.c
	case $source in
	src/sim/*) grep -qxF "$name" "$tmp/doubles" && continue ;;
	esac
	case " $(echo $for_tests) " in *" $name "*) continue ;; esac
	# A function that production uses only in its own file may be public for a test.
	if [ "$(code "$source" | grep -ow "$name" | wc -l)" -gt 1 ]; then
		grep -rqw "$name" tests scripts/*.c ||
			complain "$source: only its own file uses $name(): make it static"
	else
		complain "$source: nothing in production refers to $name()"
	fi
done < <(join -1 2 -2 1 -v 1 -o 1.1,1.2 "$tmp/defined" "$tmp/needed")

# BUILD-DIR does not have the module's objects, so this check searches the module's
# sources. If a function's name appears only once in these files, no code calls the
# function.
code kmod/*.c kmod/i915/*.c | grep -oE '\bxengt_[a-z0-9_]+\b' | sort | uniq -c |
	awk '$1 > 1 { print $2 }' > "$tmp/twice"
while read -r name; do
	grep -qxF "$name" "$tmp/twice" ||
		complain "kmod: nothing refers to $name()"
done < <(code kmod/*.h kmod/i915/*.h | grep -oE '\bxengt_[a-z0-9_]+\(' | tr -d '(' | sort -u)

for name in $for_tests; do
	grep -q " $name\$" "$tmp/defined" ||
		complain "there is no $name() that tests may call"
done

# ---- macros ----

# Macros that no file of ours uses by name: a system header reads the macro, or
# another macro builds the macro's name with ##, or kmod/i915/layout.h uses it, which
# exists only after a build of the module.
for_others='CREATE_TRACE_POINTS STRUCT __XEN_TOOLS__ build_edid pr_fmt has_FLASK has_NESTED has_PASSTHROUGH has_UEFI wants_PAGING wants_SHARING'

# Prints "FILE NAME" for each macro whose name appears only in its definitions. A
# macro of the ABI (include/uapi) may be unused.
unused_macros()
{
	find src kmod tools tests xen-hooks include -name '*.[chS]' -not -name '*.mod.c' \
		-not -path kmod/i915/layout.h |
		sort | perl -ne '
		chomp(my $file = $_);
		open(my $in, "<", $file) or die "$file: $!";
		local $/;
		my $text = <$in>;
		$text =~ s{/\*.*?\*/}{ }gs;
		$places{$_}++ for $text =~ /\b\w+\b/g;
		while ($text =~ /^[ \t]*#[ \t]*define[ \t]+(\w+)/mg) {
			$defined{$1}++;
			$where{$1} = $file unless $file =~ m{^include/uapi/};
		}
		END {
			for (sort keys %where) {
				print "$where{$_} $_\n" if $places{$_} == $defined{$_};
			}
		}'
}

unused_macros > "$tmp/macros"
while read -r file name; do
	case " $for_others " in *" $name "*) continue ;; esac
	complain "$file: nothing uses the macro $name"
done < "$tmp/macros"
for name in $for_others; do
	grep -q " $name\$" "$tmp/macros" ||
		complain "the macro $name is used, or is gone: delete its name in this script"
done

# ---- products of a build ----

# git tracks no file that .gitignore names: it is a product of a build.
if [ -e .git ]; then
	git ls-files --cached --ignored --exclude-standard > "$tmp/tracked" ||
		complain "git does not say which files it tracks"
	while read -r file; do
		complain "$file: git tracks a product of a build"
	done < "$tmp/tracked"
fi

[ "$bad" = 0 ] && echo "check-dead: fine"
exit "$bad"
