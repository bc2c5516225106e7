# SPDX-License-Identifier: GPL-2.0-only
# Functions by which tests in dom0 use the isolation judge (docs/gpusim.md). Source
# this file after tap.sh.

JUDGE=/dev/xengt-judge

# Loads the judge, or, if an earlier test of this boot loaded it, sets its counts to 0.
judge_load()
{
	insmod /root/t/xengt_judge.ko && [ -c $JUDGE ] && judge reset
}

judge()
{
	echo "$*" > $JUDGE
}

# Prints the scratch page of a domain's vGPU, as the module shows it. If this prints
# nothing, the judge uses the host's scratch page.
judge_scratch() # DOMID
{
	sed -n "/^vgpu .* domain $1, live/,/^vgpu /s/^ *scratch page //p" \
		/sys/kernel/debug/xengt/state
}

# judge_watch GUEST SLOT [OWNER]: tells the judge that OWNER (default: GUEST) owns the
# slices of GUEST, and makes the judge record OWNER's frames. SLOT must be the id of
# GUEST's vGPU minus 1, because the contexts that the module makes name this slot.
judge_watch()
{
	jw_id=$(xl domid "$1") || return 1
	jw_node=/local/domain/0/backend/vgt/$jw_id/0
	jw_low=$(xenstore-read $jw_node/low-base) || return 1
	jw_high=$(xenstore-read $jw_node/high-base) || return 1
	jw_low_bytes=$(($(xenstore-read $jw_node/low-mib) << 20))
	jw_high_bytes=$(($(xenstore-read $jw_node/high-mib) << 20))
	jw_owner=$jw_id
	[ -z "${3:-}" ] || jw_owner=$(xl domid "$3") || return 1
	judge domain "$jw_owner" || return 1
	judge slice "$2" "$jw_owner" $((jw_low)) $jw_low_bytes $((jw_high)) $jw_high_bytes \
		"$(judge_scratch "$jw_id")"
}

judge_hammer() # on|write|off
{
	judge hammer "$1"
}

judge_count() # NAME
{
	awk -v n="$1" '$1 == n || $1 == n ":" { print $2; exit }' $JUDGE
}

# Succeeds if the judge prints this count, and if the count is more than 0.
judge_has() # NAME
{
	[ "$(judge_count "$1")" -gt 0 ]
}

judge_violations()
{
	judge_count violations
}

# Succeeds if the judge has seen accesses of contexts, some of them through page
# tables.
judge_saw_work()
{
	[ "$(judge_count context_accesses)" -gt 0 ] &&
		[ "$(judge_count ppgtt_accesses)" -gt 0 ]
}

# Succeeds if, since the last reset, the judge has reported a violation by a context on
# this engine (not by the hammer or a CPU) whose line has WORDS.
judge_told_of() # ENGINE [WORDS]
{
	grep -E '^(violation|last) ' $JUDGE | grep " engine $1 context 0x[1-9a-f]" |
		grep -v ' hammer' | grep -q -- "${2:-}"
}

# Succeeds if the judge has checked accesses through the slices that it watches.
judge_saw_accesses()
{
	[ "$(judge_count accesses)" -gt 0 ]
}

# PV dom0: succeeds if the simulator compared records of the judge's table with Xen's
# own structures and all were equal. A record that the judge corrected in its next pass
# counts as equal.
judge_agrees()
{
	judge decide
	grep -E '^(xen_known|compared|disagreed|late|undecided|rounds) ' $JUDGE
	[ "$(judge_count xen_known)" = 1 ] && [ "$(judge_count compared)" -gt 0 ] &&
		[ "$(judge_count disagreed)" = 0 ] && [ "$(judge_count undecided)" = 0 ]
}

# PVH dom0: succeeds if the simulator took each owner from Xen's own structures.
judge_asks_xen()
{
	grep -E '^(owners_by|xen_known|owners_unknown) ' $JUDGE
	[ "$(judge_count owners_by)" = xen ] && [ "$(judge_count xen_known)" = 1 ] &&
		[ "$(judge_count owners_unknown)" = 0 ]
}

# The following functions are for a machine with an IOMMU. /root/t/kmod-test must be there.
# JUDGE_UNMAPPED is a GGTT entry that points to the last page below 2^39, where no memory is.
JUDGE_UNMAPPED=7ffffff001
judge_planted=0

# Points the GGTT entry of a page at an address that the IOMMU does not map. The page must be in a
# slice that the judge watches, and no frame may be mapped there. Succeeds if the IOMMU refused
# the hammer's accesses. The entry is as before afterwards.
judge_plants_fault() # PAGE
{
	jp_before=$(judge_count iommu_faults)
	jp_page=$(printf %x "$1")
	jp_entry=$(/root/t/kmod-test entry "$jp_page" $JUDGE_UNMAPPED) || return
	judge hammer on && judge pass
	jp_r=$?
	judge hammer off
	/root/t/kmod-test entry "$jp_page" "$jp_entry" > /dev/null
	judge reset || return
	jp_after=$(judge_count iommu_faults)
	judge_planted=$((judge_planted + jp_after - jp_before))
	echo "$((jp_after - jp_before)) accesses were refused"
	[ $jp_r = 0 ] && [ "$jp_after" -gt "$jp_before" ]
}

# Prints how many accesses the IOMMU has refused, without those that judge_plants_fault() made.
judge_refused()
{
	echo $(($(judge_count iommu_faults) - judge_planted))
}
