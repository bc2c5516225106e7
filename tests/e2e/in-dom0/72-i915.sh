# Debian's unmodified i915 in a guest, on its vGPU. $1: full, or probe: the driver
# and some batches only.
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/i915log.sh
scope=$1

in_guest() # SECONDS COMMAND...
{
	ig_limit=$1
	shift
	guest-run one -t "$ig_limit" -- "$@"
}

# The kernel's log since boot, kept and looked through.
driver_is_content() # DESCRIPTION
{
	in_guest 60 dmesg -r > /tmp/dmesg
	same "$1" "" "$(i915_complaints < /tmp/dmesg)"
}

check "bind the GPU" xengt-ctl bind $GPU
before=$(host_state)
check "judge" judge_load
check "xl create" xl create /etc/xen/one.cfg
check "guest is up" guest-wait one -t 300
check "judge knows it" judge_watch one 0

check "i915 loads" in_guest 400 modprobe i915 dmc_firmware_path="$(i915_no_dmc)"
driver_is_content "no line of level warning or worse from i915 or drm"
like "i915 knows that it is on a vGPU" 'Virtual GPU for Intel GVT-g detected' \
	"$(cat /tmp/dmesg)"
dri=$(in_guest 30 ls /dev/dri)
like "card0" 'card0' "$dri"
like "renderD128" 'renderD128' "$dri"
probe=$(xengt-ctl stat one --json)
echo "# probe: $probe" | tr -d '\n' | cut -c 1-2000; echo

check "random batches, results checked" in_guest 900 drmtest --no-hang --count "$2"
in_guest 30 true
tail -n 3 $tap_out | sed 's/^/# /'
driver_is_content "... and the driver is content"
check "the judge looked" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
check "plant a wrong owner" judge_watch one 0 Domain-0
judge_hammer on
sleep 3
judge_hammer off
refuse "the planted wrong owner is reported" [ "$(judge_violations)" = 0 ]
xl destroy one
same "everything came back" "$before" "$(host_state_settled)"
tap_end
