# Guest victim keeps a pattern in its RAM; guest evil writes every GGTT entry that it can
# address.
# promise: P1
. /root/t/tap.sh
. /root/t/judge.sh

need "bind the GPU" bind_gpu
need "judge" judge_load
need "create victim" xl create /etc/xen/victim.cfg
need "create evil" xl create /etc/xen/evil.cfg
boots victim
boots evil
check "the judge watches victim" judge_watch victim 0
check "the judge watches evil" judge_watch evil 1
# This command in the victim starts before the attacks and ends after the attacks.
guest-run victim -t 60 -- sh -c 'gputool hold 900 > /tmp/hold 2>&1 &'
check "the victim holds a pattern" wait_for 30 guest-run victim -t 60 -- grep -q holding /tmp/hold
check "evil writes every entry, naming its own frame" guest-run evil -t 200 -- gputool attack
check "evil writes every entry, naming frame after frame" guest-run evil -t 200 -- gputool attack 0x1
check "evil writes entries that point to no RAM" guest-run evil -t 100 -- gputool outside
check "evil's own GPU still works" guest-run evil -t 100 -- gputool aperture 5
same "the victim still holds its pattern" holding "$(guest-run victim -t 60 -- cat /tmp/hold)"
guest-run victim -t 60 -- killall -TERM gputool
like "the victim's pattern has not changed" '^held' "$(output_of victim /tmp/hold held)"
check "the judge checked accesses" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
stat=$(xengt-ctl stat evil --json)
like "writes outside were counted" '"ggtt.outside": *[1-9]' "$stat"

mkdir -p /tmp/empty
adopt "a worker taken over by evil" /root/t/confine-probe "$(xl domid evil)" \
	"$(xl domid victim)" /tmp/empty

# The judge sees the accesses: if the test tells the judge that evil owns the victim's
# slice, the judge reports violations.
check "plant a wrong owner" judge_watch victim 0 evil
judge_hammer on
sleep 3
judge_hammer off
if [ "$(judge_violations)" -gt 0 ]; then
	ok "the planted wrong owner is reported"
else
	not_ok "the planted wrong owner is reported"
fi
xl destroy evil
xl destroy victim
tap_end
