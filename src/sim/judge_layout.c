/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks at compile time the layout of the memory that the simulator shares
 * with dom0's part of the judge, which is another program. Also checks the
 * relations between numbers that xengt/judge_abi.h states.
 */
#include <stddef.h>

#include "xengt/judge_abi.h"

#define SIZE(name, bytes)						\
	_Static_assert(sizeof(struct xengt_##name) == (bytes), #name)
#define AT(name, member, off)						\
	_Static_assert(offsetof(struct xengt_##name, member) == (off),	\
		       #name "." #member)

SIZE(judge_hdr, 576);
AT(judge_hdr, magic, 0);
AT(judge_hdr, version, 8);
AT(judge_hdr, file_bytes, 16);
AT(judge_hdr, slices_off, 24);
AT(judge_hdr, slices_max, 32);
AT(judge_hdr, ring_off, 40);
AT(judge_hdr, ring_max, 48);
AT(judge_hdr, owners_off, 56);
AT(judge_hdr, owners_max, 64);
AT(judge_hdr, pad0, 72);
AT(judge_hdr, generation, 128);
AT(judge_hdr, hammer, 136);
AT(judge_hdr, base_accesses, 144);
AT(judge_hdr, base_violations, 152);
AT(judge_hdr, base_ring_head, 160);
AT(judge_hdr, irq_seq, 168);
AT(judge_hdr, irq_bank, 176);
AT(judge_hdr, irq_bits, 184);
AT(judge_hdr, owners_by, 192);
AT(judge_hdr, rounds, 200);
AT(judge_hdr, round_begun, 208);
AT(judge_hdr, pad1, 216);
AT(judge_hdr, sim_generation, 256);
AT(judge_hdr, heartbeat, 264);
AT(judge_hdr, accesses, 272);
AT(judge_hdr, violations, 280);
AT(judge_hdr, scratch_accesses, 288);
AT(judge_hdr, other_accesses, 296);
AT(judge_hdr, hammer_accesses, 304);
AT(judge_hdr, hammer_passes, 312);
AT(judge_hdr, hammer_live, 320);
AT(judge_hdr, scratch_mfn, 328);
AT(judge_hdr, scratch_entries, 336);
AT(judge_hdr, slice_overlaps, 344);
AT(judge_hdr, ggtt_flushes, 352);
AT(judge_hdr, ring_head, 360);
AT(judge_hdr, irq_seen, 368);
AT(judge_hdr, context_accesses, 376);
AT(judge_hdr, ppgtt_accesses, 384);
AT(judge_hdr, table_accesses, 392);
AT(judge_hdr, xen_known, 400);
AT(judge_hdr, owners_unknown, 408);
AT(judge_hdr, compared, 416);
AT(judge_hdr, disagreed, 424);
AT(judge_hdr, late, 432);
AT(judge_hdr, undecided, 440);
AT(judge_hdr, iommu_translations, 448);
AT(judge_hdr, iommu_moved, 456);
AT(judge_hdr, iommu_faults, 464);
AT(judge_hdr, iommu_stale, 472);
AT(judge_hdr, sim_rounds, 480);
AT(judge_hdr, late_accesses, 488);
AT(judge_hdr, undecided_accesses, 496);
AT(judge_hdr, undecided_round, 504);
AT(judge_hdr, iommu_laps, 512);
AT(judge_hdr, pad2, 520);

SIZE(judge_slice, 64);
AT(judge_slice, active, 0);
AT(judge_slice, domid, 8);
AT(judge_slice, low_base, 16);
AT(judge_slice, low_bytes, 24);
AT(judge_slice, high_base, 32);
AT(judge_slice, high_bytes, 40);
AT(judge_slice, scratch_mfn, 48);
AT(judge_slice, pad, 56);

SIZE(judge_part, 128);
AT(judge_part, seq, 0);
AT(judge_part, image, 8);
AT(judge_part, ring, 16);
AT(judge_part, ring_bytes, 24);
AT(judge_part, begin, 32);
AT(judge_part, end, 40);
AT(judge_part, timeline, 48);
AT(judge_part, status, 56);
AT(judge_part, batch, 64);
AT(judge_part, scratch, 72);
AT(judge_part, pad, 80);

SIZE(judge_violation, 160);
AT(judge_violation, seq, 0);
AT(judge_violation, time_ns, 8);
AT(judge_violation, last_time_ns, 16);
AT(judge_violation, count, 24);
AT(judge_violation, mfn, 32);
AT(judge_violation, ggtt_index, 40);
AT(judge_violation, owner_found, 48);
AT(judge_violation, slot, 56);
AT(judge_violation, domid_expected, 60);
AT(judge_violation, flags, 62);
AT(judge_violation, desc, 64);
AT(judge_violation, command_addr, 72);
AT(judge_violation, addr, 80);
AT(judge_violation, command, 88);
AT(judge_violation, engine, 92);
AT(judge_violation, level, 93);
AT(judge_violation, n_tables, 94);
AT(judge_violation, pad, 95);
AT(judge_violation, table, 96);
AT(judge_violation, owner_xen, 128);
AT(judge_violation, owner_table, 136);
AT(judge_violation, round, 144);
AT(judge_violation, changed, 152);

#define PAGE	0x1000ULL

_Static_assert(XENGT_JUDGE_MAGIC == 0x3147444a54474e58ULL, "XNGTJDG1");
/*
 * The header has one page; slices, parts, violations, the rounds of changes, and owners
 * follow. No part overlaps the next part.
 */
_Static_assert(sizeof(struct xengt_judge_hdr) <= XENGT_JUDGE_SLICES_OFF &&
	       XENGT_JUDGE_SLICES_OFF == PAGE, "one page");
_Static_assert(XENGT_JUDGE_SLICES_OFF + XENGT_JUDGE_SLICES_MAX *
	       sizeof(struct xengt_judge_slice) <= XENGT_JUDGE_PARTS_OFF,
	       "slices");
_Static_assert(XENGT_JUDGE_PARTS_OFF + XENGT_JUDGE_PARTS_MAX *
	       sizeof(struct xengt_judge_part) <= XENGT_JUDGE_RING_OFF,
	       "parts");
_Static_assert(XENGT_JUDGE_RING_OFF + XENGT_JUDGE_RING_MAX *
	       sizeof(struct xengt_judge_violation) <= XENGT_JUDGE_CHANGED_OFF,
	       "violations");
_Static_assert(XENGT_JUDGE_CHANGED_OFF + XENGT_JUDGE_OWNERS_MAX * 4 <=
	       XENGT_JUDGE_OWNERS_OFF, "rounds of changes");
_Static_assert(XENGT_JUDGE_OWNERS_OFF + XENGT_JUDGE_OWNERS_MAX * 8 ==
	       XENGT_JUDGE_FILE_BYTES, "the owners fill the file to its end");
_Static_assert(XENGT_JUDGE_OWNERS_MAX * PAGE == 8ULL << 30, "8 GiB");
/* XENGT_JUDGE_DOMID_UNKNOWN is not the id of any domain. */
_Static_assert(XENGT_JUDGE_OWNER_DOMID(XENGT_JUDGE_OWNER(XENGT_JUDGE_DOMID_UNKNOWN, 0)) ==
	       0x7ff4, "DOMID_INVALID");
/*
 * A slot's number plus 1 fits into bits 52:47 of a descriptor, the upper six
 * bits of its context ID.
 */
_Static_assert(XENGT_JUDGE_SLICES_MAX <= XENGT_JUDGE_DESC_SLOT_MASK &&
	       XENGT_JUDGE_DESC_SLOT_MASK << XENGT_JUDGE_DESC_SLOT_SHIFT ==
	       (0x3fULL << 47), "a slot in a descriptor");
