# Tests a viewer in another domain, "eyes", that may see the guest "one". $1: seed of the
# pictures; $2, $3: two scenes of kmstest with different modes. $4: keeps, if eyes also has keepview,
# a viewer that never unmaps (tests/e2e/view): then processes and the guest are killed while it has
# pages mapped.
# promise: P22
. /root/t/tap.sh
. /root/t/i915log.sh
seed=$1
first=$2
second=$3
how=${4:-}

in_guest() # GUEST SECONDS COMMAND
{
	guest-run "$1" -t "$2" -- sh -c "$3"
}

# Starts kmstest, and waits until it says that the picture is on the screen. The kmstest before is
# the DRM master until it is gone.
show() # SCENE
{
	in_guest one 60 "killall kmstest; while pidof kmstest; do usleep 200000; done; true" || return
	in_guest one 30 "kmstest --seed $seed --hold 600 $1 > /tmp/kms 2>&1 & true"
	wait_for 60 in_guest one 20 "grep -q 'shown $1' /tmp/kms" || {
		in_guest one 20 "cat /tmp/kms"
		return 1
	}
}

# The viewer's newest PNG has the scene, exactly.
sees() # SCENE
{
	in_guest eyes 60 "kmstest --seed $seed --expect $1 /tmp/want.ppm &&
		pngcmp /tmp/want.ppm /tmp/one.png"
}

# Prints a member of the view that has the viewer's domain.
view() # MEMBER
{
	xengt-ctl views --json | sed -n "s/^ *\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p"
}

is_view() # MEMBER VALUE
{
	[ "$(view "$1")" = "$2" ]
}

eyes_log()
{
	in_guest eyes 20 "grep -c '$1' /tmp/view.log" | head -n 1
}

start_viewer()
{
	in_guest eyes 30 "rm -f /tmp/one.png; xengt-view one --png /tmp/one.png > /tmp/view.log 2>&1 & true"
}

# ---- a viewer that never unmaps ----

start_keeper() # FILE
{
	in_guest eyes 30 "keepview one > $1 2>&1 & true"
}

# Prints what the keeper that writes FILE said last: "pages N kept M sum C shown S".
keeps() # FILE
{
	in_guest eyes 20 "tail -n 1 $1"
}

has_picture() # FILE
{
	keeps "$1" | grep -q '^pages [0-9]* kept [1-9][0-9]* sum [0-9a-f]* shown 1$'
}

# All pages that the keeper has mapped are 0.
has_nothing() # FILE
{
	keeps "$1" | grep -q '^pages [1-9][0-9]* kept 0 sum [0-9a-f]* shown 0$'
}

# Kills all processes of this name by SIGKILL, and waits until they are gone.
kill_all() # NAME
{
	pkill -KILL -x "$1" && wait_for 20 sh -c "! pgrep -x $1"
}

sharer_changed() # OLD-PID
{
	[ "$(pgrep -x xengt-share)" ] && [ "$(pgrep -x xengt-share)" != "$1" ]
}

keepers()
{
	start_keeper /tmp/keeps1
	check "a viewer that never unmaps has the picture" wait_for 60 has_picture /tmp/keeps1
	echo "# $(keeps /tmp/keeps1)"

	check "xengtd is killed" kill_all xengtd
	check "... the pages that are mapped are 0" wait_for 20 has_nothing /tmp/keeps1
	sleep 5
	check "... and stay so" has_nothing /tmp/keeps1
	check "xengtd starts again" /etc/init.d/xengtd start
	check "the viewer has the picture again, on the same pages" wait_for 60 has_picture /tmp/keeps1

	# What the viewer has seen, it may keep: nobody clears the pages of a sharer that is killed. But
	# these pages never show anything else.
	kp_sharer=$(pgrep -x xengt-share)
	check "the sharer is killed" kill_all xengt-share
	check "xengtd says so" wait_for 20 grep -q 'showed pictures to domain .* has ended' \
		/var/log/xengt/xengtd.log
	kp_seen=$(keeps /tmp/keeps1)
	check "the administrator names the viewer again" xengt-ctl set one viewer=eyes
	check "another sharer starts" wait_for 20 sharer_changed "$kp_sharer"
	start_keeper /tmp/keeps2
	check "another viewer has the picture, on other pages" wait_for 60 has_picture /tmp/keeps2
	check "the guest shows another picture" show "$second"
	sleep 5
	same "the first viewer does not see it" "$kp_seen" "$(keeps /tmp/keeps1)"

	check "the guest is killed" xl destroy one
	check "... the pages that are mapped are 0" wait_for 20 has_nothing /tmp/keeps2
	check "... and Xen has all of the guest's memory back" wait_for 60 is_gone one
	check "the viewers still have their pages" in_guest eyes 20 'pidof keepview'
	echo "# $(keeps /tmp/keeps1)"
	echo "# $(keeps /tmp/keeps2)"
	check "xl destroy eyes" xl destroy eyes
	check "the viewer's domain is gone" wait_for 60 is_gone eyes
	check "the pages go with the viewer's domain" wait_for 30 gone
	same "all resources are free again" "$before" "$(host-state quiet)"
	tap_end
}

gone()
{
	[ "$(xengt-ctl views --json | grep -c viewer)" = 0 ]
}

need "bind the GPU" bind_gpu
before=$(host-state)
creates one eyes
need "i915 loads" in_guest one 400 \
	"modprobe drm_kms_helper fbdev_emulation=0; modprobe i915 dmc_firmware_path=$(i915_no_dmc bookworm)"
in_guest one 30 'cd /sys/class/drm; for c in card0-*; do echo detect > $c/status; done'
need "the viewer's domain has grants and events" in_guest eyes 60 \
	"modprobe xen-gntdev && modprobe xen-evtchn"
same "nobody may see a guest before the administrator says so" "" \
	"$(in_guest eyes 30 'xengt-view --list')"
check "the guest shows $first" show "$first"
refuse "dom0 is no viewer" xengt-ctl set one viewer=Domain-0
check "eyes may see one" xengt-ctl set one viewer=eyes
check "... and is told so" wait_for 30 in_guest eyes 20 'xengt-view --list | grep -qx one'
[ "$how" != keeps ] || keepers
start_viewer
check "the viewer has $first, exactly" wait_for 60 sees "$first"

# A still screen.
check "the screen is still" wait_for 30 is_view state shown
drawn=$(view drawn) copied=$(view copied) events=$(view events)
still() { [ "$(view drawn)" -gt $((drawn + 3)) ]; }
check "xengtd looks at the still screen a few times" wait_for 60 still
same "... no page was copied" "$copied" "$(view copied)"
same "... and no event was sent" "$events" "$(view events)"

check "the guest shows $second, in another mode" show "$second"
check "the viewer has $second, exactly" wait_for 60 sees "$second"
pages=$(view pages)
like "the pages are bounded" '^[0-9]{3,4}$' "$pages"

# The viewer dies.
in_guest eyes 20 'killall -9 xengt-view'
check "a viewer that has died loses the picture" wait_for 30 is_view state "not watched"
check "xl destroy one" xl destroy one
check "xl destroy eyes" xl destroy eyes
check "the pages go with the viewer's domain" wait_for 30 gone
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
