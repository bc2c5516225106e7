# Guests with Debian's unmodified i915 beside dom0's own i915 (kmod/i915): all three drivers run
# random batches at the same time, dom0 shows pictures, engines hang, and the judge watches. $1:
# number of hangs of each guest; $2: number of dom0's hangs; $3: number of batches of each guest;
# $4: number of batches in one run of dom0's program; $5: least number of batches that dom0 must run
# meanwhile; $6: Debian release of the guests' kernel; the other arguments: the guests.
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/i915log.sh
. /root/t/beside.sh
hangs=$1 dom0_hangs=$2 batches=$3 dom0_run=$4 dom0_least=$5 suite=$6
shift 6
guests=$*

load_driver() # GUEST
{
	guest-run "$1" -t 60 -- sh -c 'modprobe drm_kms_helper &&
		echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation' || return
	guest-run "$1" -t 500 -- modprobe i915 dmc_firmware_path="$(i915_no_dmc "$suite")"
}

# Runs a command in all guests at the same time; checks each.
in_guests() # DESCRIPTION COMMAND...
{
	ig_what=$1
	shift
	for guest in $guests; do
		guest-run "$guest" -t 900 -- "$@" > "/tmp/$guest.out" 2>&1 &
		eval "pid_$guest=$!"
	done
	for guest in $guests; do
		eval "ig_pid=\$pid_$guest"
		# shellcheck disable=SC2154	# eval sets ig_pid
		check "$guest: $ig_what" wait "$ig_pid"
		tail -n 3 "/tmp/$guest.out" | sed 's/^/# /'
	done
}

has_run() # BATCHES
{
	[ "$(dom0_batches)" -ge "$1" ]
}

# The judge has watched the guests' contexts, and reports nothing.
judge_is_content() # DESCRIPTION
{
	same "$1" 0 "$(judge_violations)"
	[ "$(judge_violations)" = 0 ] || grep -E '^(violation|last) ' "$JUDGE" | head -n 20 | sed 's/^/# /'
}

need "i915 drives the GPU, and lends to guests" share_gpu
dmesg | grep 'shared with i915' | sed 's/^/# /'
before=$(host-state)
need "judge" judge_load
# shellcheck disable=SC2086	# words
creates $guests
slot=0
for guest in $guests; do
	need "the judge watches $guest" judge_watch "$guest" $slot
	slot=$((slot + 1))
done
dom0_works "$dom0_run"
for guest in $guests; do
	need "$guest: i915 loads" load_driver "$guest"
	guest-run "$guest" -t 60 -- dmesg -r > /tmp/dmesg
	same "$guest: no line of level warning or worse from i915 or drm" "" \
		"$(i915_complaints < /tmp/dmesg)"
done
kms_works 11 dp-xtiled dp-sprite
in_guests "random batches, results checked" drmtest --no-hang --count "$batches"
check "dom0's fences are right, and its pictures are shown" kms_is_right
grep -E '^kmstest: (fence|rate)' $tap_out | sed 's/^/# /'
check "dom0 shows a picture" kms_stays 12 dp-linear && echo "$ks_screen"
check "dom0's program runs on" wait_for 600 has_run "$dom0_least"
check "dom0's program has worked meanwhile, with right results" dom0_stops
echo "# dom0: $(dom0_batches) batches"
check "the judge checked accesses of engines" judge_saw_work
judge_is_content "the judge reports nothing"

dom0_works "$dom0_run"
in_guests "$hangs hangs of engines are recovered" drmtest --count 20 --hangs "$hangs"
for guest in $guests; do
	same "$guest: so many hangs" "$hangs" "$(grep -c ' hung by ' "/tmp/$guest.out")"
done
check "dom0's program had right results meanwhile" dom0_stops
echo "# dom0: $(dom0_batches) batches"
# a guest runs one command of guest-run at a time, so this one goes on by itself
for guest in $guests; do
	guest-run "$guest" -t 60 -- sh -c \
		'while drmtest --no-hang --count 20; do
			[ ! -e /tmp/stop ] || { echo worked; exit; }
		done > /tmp/work 2>&1 &'
done
check "dom0's own hangs ($dom0_hangs) are recovered" /root/t/drmtest --count 20 --hangs "$dom0_hangs"
same "... so many" "$dom0_hangs" "$(grep -c ' hung by ' $tap_out)"
for guest in $guests; do
	guest-run "$guest" -t 60 -- touch /tmp/stop
done
for guest in $guests; do
	work=$(output_of "$guest" /tmp/work worked)
	like "$guest: right results meanwhile" '^worked' "$work"
	echo "$work" | tail -n 3 | sed 's/^/# /'
done
judge_is_content "the judge reports nothing about all this"
# The judge sees the accesses: without the owner of a guest's frames the judge reports them.
plant=${guests%% *}
judge forget "$(xl domid "$plant")"
guest-run "$plant" -t 300 -- drmtest --no-hang --count 5 > /dev/null 2>&1
check "planted: frames without an owner are reported" judge_has violations
for guest in $guests; do
	xengt-ctl stat "$guest" --json | tr -d '\n' | cut -c 1-1500 | sed 's/^/# /'; echo
	xl destroy "$guest"
done
same "all resources are free again" "$before" "$(host-state quiet)"
/etc/init.d/xengtd stop > /dev/null
check "the module is unloaded" rmmod xengt_i915
check "dom0's program works after the module" /root/t/drmtest --count 20 --seed 3 --no-hang
dmesg -r | grep -E '^<[0-4]>.*(i915|\[drm|drm:|WARNING:|BUG:)' | grep -v 'xengt_i915: ' |
	tail -n 20 | sed 's/^/# dom0: /'
tap_end
