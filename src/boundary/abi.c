// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compile-time assertions about the ABI of /dev/xengt, for the module and for
 * user space. The assertions check the layout of each struct of uapi/xengt.h,
 * and relations between numbers of different headers. The file has no code.
 */
#include "boundary/area.h"
#include "boundary/bnd_types.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/exec.h"
#include "boundary/gtt.h"
#include "boundary/part.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/layout.h"
#include "xengt/limits.h"

XENGT_LAYOUT_SIZE(xengt_info, 120);
XENGT_LAYOUT_AT(xengt_info, abi_version, 0);
XENGT_LAYOUT_AT(xengt_info, platform, 4);
XENGT_LAYOUT_AT(xengt_info, pci_vendor, 8);
XENGT_LAYOUT_AT(xengt_info, pci_device, 10);
XENGT_LAYOUT_AT(xengt_info, pci_subvendor, 12);
XENGT_LAYOUT_AT(xengt_info, pci_subdevice, 14);
XENGT_LAYOUT_AT(xengt_info, pci_segment, 16);
XENGT_LAYOUT_AT(xengt_info, pci_bus, 20);
XENGT_LAYOUT_AT(xengt_info, pci_devfn, 21);
XENGT_LAYOUT_AT(xengt_info, pci_revision, 22);
XENGT_LAYOUT_AT(xengt_info, pad0, 23);
XENGT_LAYOUT_AT(xengt_info, aperture_phys, 24);
XENGT_LAYOUT_AT(xengt_info, aperture_bytes, 32);
XENGT_LAYOUT_AT(xengt_info, ggtt_bytes, 40);
XENGT_LAYOUT_AT(xengt_info, low_total_mib, 48);
XENGT_LAYOUT_AT(xengt_info, low_free_mib, 52);
XENGT_LAYOUT_AT(xengt_info, low_largest_mib, 56);
XENGT_LAYOUT_AT(xengt_info, high_total_mib, 60);
XENGT_LAYOUT_AT(xengt_info, high_free_mib, 64);
XENGT_LAYOUT_AT(xengt_info, high_largest_mib, 68);
XENGT_LAYOUT_AT(xengt_info, fences_total, 72);
XENGT_LAYOUT_AT(xengt_info, fences_free, 76);
XENGT_LAYOUT_AT(xengt_info, vgpu_count, 80);
XENGT_LAYOUT_AT(xengt_info, fences_largest, 84);
XENGT_LAYOUT_AT(xengt_info, health, 88);
XENGT_LAYOUT_AT(xengt_info, flushes_failed, 92);
XENGT_LAYOUT_AT(xengt_info, resets_failed, 96);
XENGT_LAYOUT_AT(xengt_info, full_resets, 100);
XENGT_LAYOUT_AT(xengt_info, way, 104);
XENGT_LAYOUT_AT(xengt_info, stops_failed, 108);
XENGT_LAYOUT_AT(xengt_info, backend, 112);
XENGT_LAYOUT_AT(xengt_info, pad1, 116);

XENGT_LAYOUT_SIZE(xengt_create_vgpu, 32);
XENGT_LAYOUT_AT(xengt_create_vgpu, flags, 0);
XENGT_LAYOUT_AT(xengt_create_vgpu, domid, 4);
XENGT_LAYOUT_AT(xengt_create_vgpu, low_mib, 8);
XENGT_LAYOUT_AT(xengt_create_vgpu, high_mib, 12);
XENGT_LAYOUT_AT(xengt_create_vgpu, fences, 16);
XENGT_LAYOUT_AT(xengt_create_vgpu, fd, 20);
XENGT_LAYOUT_AT(xengt_create_vgpu, vgpu_id, 24);
XENGT_LAYOUT_AT(xengt_create_vgpu, low_base_mib, 28);

XENGT_LAYOUT_SIZE(xengt_set_share, 32);
XENGT_LAYOUT_AT(xengt_set_share, vgpu_id, 0);
XENGT_LAYOUT_AT(xengt_set_share, flags, 4);
XENGT_LAYOUT_AT(xengt_set_share, weight, 8);
XENGT_LAYOUT_AT(xengt_set_share, cap, 12);
XENGT_LAYOUT_AT(xengt_set_share, slice_ms, 16);
XENGT_LAYOUT_AT(xengt_set_share, timeout_ms, 20);
XENGT_LAYOUT_AT(xengt_set_share, stop, 24);
XENGT_LAYOUT_AT(xengt_set_share, pad, 28);

XENGT_LAYOUT_SIZE(xengt_vgpu_info, 192);
XENGT_LAYOUT_AT(xengt_vgpu_info, vgpu_id, 0);
XENGT_LAYOUT_AT(xengt_vgpu_info, domid, 4);
XENGT_LAYOUT_AT(xengt_vgpu_info, state, 8);
XENGT_LAYOUT_AT(xengt_vgpu_info, fences, 12);
XENGT_LAYOUT_AT(xengt_vgpu_info, fence_base, 16);
XENGT_LAYOUT_AT(xengt_vgpu_info, pad, 20);
XENGT_LAYOUT_AT(xengt_vgpu_info, low_base, 24);
XENGT_LAYOUT_AT(xengt_vgpu_info, low_bytes, 32);
XENGT_LAYOUT_AT(xengt_vgpu_info, high_base, 40);
XENGT_LAYOUT_AT(xengt_vgpu_info, high_bytes, 48);
XENGT_LAYOUT_AT(xengt_vgpu_info, entries_written, 56);
XENGT_LAYOUT_AT(xengt_vgpu_info, entries_scratched, 64);
XENGT_LAYOUT_AT(xengt_vgpu_info, frames_held, 72);
XENGT_LAYOUT_AT(xengt_vgpu_info, frames_mapped, 80);
XENGT_LAYOUT_AT(xengt_vgpu_info, frames_released, 88);
XENGT_LAYOUT_AT(xengt_vgpu_info, hypercalls, 96);
XENGT_LAYOUT_AT(xengt_vgpu_info, tlb_flushes, 104);
XENGT_LAYOUT_AT(xengt_vgpu_info, revalidations, 112);
XENGT_LAYOUT_AT(xengt_vgpu_info, frames_followed, 120);
XENGT_LAYOUT_AT(xengt_vgpu_info, submissions, 128);
XENGT_LAYOUT_AT(xengt_vgpu_info, completions, 136);
XENGT_LAYOUT_AT(xengt_vgpu_info, refusals, 144);
XENGT_LAYOUT_AT(xengt_vgpu_info, hangs, 152);
XENGT_LAYOUT_AT(xengt_vgpu_info, bytes_copied, 160);
XENGT_LAYOUT_AT(xengt_vgpu_info, ppgtt_tables, 168);
XENGT_LAYOUT_AT(xengt_vgpu_info, ppgtt_entries, 176);
XENGT_LAYOUT_AT(xengt_vgpu_info, frames_kept, 184);

XENGT_LAYOUT_SIZE(xengt_vgpu_ggtt_write, 24);
XENGT_LAYOUT_AT(xengt_vgpu_ggtt_write, first, 0);
XENGT_LAYOUT_AT(xengt_vgpu_ggtt_write, count, 4);
XENGT_LAYOUT_AT(xengt_vgpu_ggtt_write, entries, 8);
XENGT_LAYOUT_AT(xengt_vgpu_ggtt_write, flags, 16);
XENGT_LAYOUT_AT(xengt_vgpu_ggtt_write, scratched, 20);

XENGT_LAYOUT_SIZE(xengt_vgpu_revalidate, 24);
XENGT_LAYOUT_AT(xengt_vgpu_revalidate, flags, 0);
XENGT_LAYOUT_AT(xengt_vgpu_revalidate, pad, 4);
XENGT_LAYOUT_AT(xengt_vgpu_revalidate, dropped, 8);
XENGT_LAYOUT_AT(xengt_vgpu_revalidate, resolved, 16);

XENGT_LAYOUT_SIZE(xengt_event, 24);
XENGT_LAYOUT_AT(xengt_event, type, 0);
XENGT_LAYOUT_AT(xengt_event, value, 4);
XENGT_LAYOUT_AT(xengt_event, engine, 8);
XENGT_LAYOUT_AT(xengt_event, pad, 12);
XENGT_LAYOUT_AT(xengt_event, seqno, 16);

XENGT_LAYOUT_SIZE(xengt_vgpu_ppgtt_create, 16);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_create, level, 0);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_create, flags, 4);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_create, id, 8);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_create, pad, 12);

XENGT_LAYOUT_SIZE(xengt_vgpu_ppgtt_destroy, 8);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_destroy, id, 0);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_destroy, flags, 4);

XENGT_LAYOUT_SIZE(xengt_vgpu_ppgtt_write, 32);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, id, 0);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, first, 4);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, count, 8);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, flags, 12);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, entries, 16);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, scratched, 24);
XENGT_LAYOUT_AT(xengt_vgpu_ppgtt_write, pad, 28);

XENGT_LAYOUT_SIZE(xengt_vgpu_submit, 56);
XENGT_LAYOUT_AT(xengt_vgpu_submit, engine, 0);
XENGT_LAYOUT_AT(xengt_vgpu_submit, ppgtt, 4);
XENGT_LAYOUT_AT(xengt_vgpu_submit, desc, 8);
XENGT_LAYOUT_AT(xengt_vgpu_submit, seqno, 16);
XENGT_LAYOUT_AT(xengt_vgpu_submit, hws_pga, 24);
XENGT_LAYOUT_AT(xengt_vgpu_submit, flags, 28);
XENGT_LAYOUT_AT(xengt_vgpu_submit, refused, 32);
XENGT_LAYOUT_AT(xengt_vgpu_submit, refused_cmd, 36);
XENGT_LAYOUT_AT(xengt_vgpu_submit, refused_at, 40);
XENGT_LAYOUT_AT(xengt_vgpu_submit, is_cut, 48);
XENGT_LAYOUT_AT(xengt_vgpu_submit, image, 52);

XENGT_LAYOUT_SIZE(xengt_vgpu_engine_reset, 8);
XENGT_LAYOUT_AT(xengt_vgpu_engine_reset, mask, 0);
XENGT_LAYOUT_AT(xengt_vgpu_engine_reset, flags, 4);

XENGT_LAYOUT_SIZE(xengt_vgpu_timestamp, 8);
XENGT_LAYOUT_AT(xengt_vgpu_timestamp, ticks, 0);

XENGT_LAYOUT_SIZE(xengt_vgpu_own_frames, 16);
XENGT_LAYOUT_AT(xengt_vgpu_own_frames, first, 0);
XENGT_LAYOUT_AT(xengt_vgpu_own_frames, count, 8);
XENGT_LAYOUT_AT(xengt_vgpu_own_frames, flags, 12);

XENGT_LAYOUT_SIZE(xengt_vgpu_fence, 16);
XENGT_LAYOUT_AT(xengt_vgpu_fence, index, 0);
XENGT_LAYOUT_AT(xengt_vgpu_fence, flags, 4);
XENGT_LAYOUT_AT(xengt_vgpu_fence, value, 8);

XENGT_LAYOUT_SIZE(xengt_vgpu_aperture, 40);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, addr, 0);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, value, 8);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, size, 16);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, flags, 20);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, piece, 24);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, piece_bytes, 32);
XENGT_LAYOUT_AT(xengt_vgpu_aperture, pad, 36);

/* ---- relations between numbers ---- */

#define ABI_BITS(high, low) ((~0ull >> (63 - (high))) & (~0ull << (low)))
#define ABI_SAME(a, b, why) _Static_assert((a) == (b), why)
#define ABI_AT_MOST(a, b, why) _Static_assert((a) <= (b), why)
#define ABI_BETWEEN(a, b, c, why) _Static_assert((a) <= (b) && (b) <= (c), why)

/*
 * Slices, and the module's own parts of graphics memory, consist of units of 2 MiB,
 * because Xen maps the aperture by pages of 2 MiB.
 */
ABI_SAME(XENGT_SLICE_ALIGN_MIB << 20, XENGT_PPGTT_ENTRIES * XENGT_PAGE_BYTES,
	 "a 2 MiB page");
ABI_SAME(XENGT_PART_MAX_UNITS % 64, 0, "the bitmap of units fills 64-bit words");
ABI_SAME(XENGT_PART_HOST_LOW_MIB % XENGT_SLICE_ALIGN_MIB, 0,
	 "the size of the module's own part is whole units");
ABI_SAME(XENGT_PART_HOST_HIGH_MIB % XENGT_SLICE_ALIGN_MIB, 0,
	 "the size of the module's own part is whole units");
ABI_SAME(XENGT_PART_HOST_HIGH_MIB << 20, XENGT_SPACE_PAGES * XENGT_PAGE_BYTES,
	 "areas can use all of the module's own part at the GGTT's end");
ABI_AT_MOST(XENGT_ENGINES, XENGT_REGION_PAGES, "each engine has a status page");
/*
 * In entries of the ABI, bits 38:12 are a frame number, or bits 47:12 are the
 * id of a table.
 */
ABI_SAME(XENGT_PTE_ADDR_MASK, ABI_BITS(38, XENGT_BND_PAGE_SHIFT),
	 "a guest's frame number");
ABI_SAME(XENGT_PTE_ADDR_BITS, 39, "a guest's frame number");
ABI_AT_MOST(XENGT_PPGTT_TABLES_MAX, ABI_BITS(47, 12) >> 12, "a child's id");
ABI_SAME(XENGT_PPGTT_ENTRIES * sizeof(__u64), XENGT_PAGE_BYTES,
	 "a table is a page");
ABI_SAME(XENGT_PPGTT_ENTRIES % 16, 0, "64 KiB pages use every 16th entry");
ABI_SAME(XENGT_ENGINES, XENGT_ENGINE_BCS + 1, "the engines");
/*
 * The numbers of enum xengt_refusal must not change, because user space of
 * another build may use the same numbers.
 */
ABI_SAME(XENGT_REFUSED_UNKNOWN, 1, "number of a reason of refusal");
ABI_SAME(XENGT_REFUSED_CONTEXT, 8, "number of a reason of refusal");
/*
 * The description of EAGAIN of XENGT_VGPU_IOC_SUBMIT in uapi/xengt.h says "two
 * other contexts".
 */
ABI_SAME(XENGT_EXEC_SLOTS, 2, "a vGPU has two contexts on an engine");

/* ---- limits.h and the hardware ---- */

ABI_AT_MOST(XENGT_RING_BYTES_MAX, XENGT_RING_ADDR + 4, "offsets in a ring");
ABI_SAME(XENGT_RING_BYTES_MAX % XENGT_PAGE_BYTES, 0, "a ring has whole pages");
ABI_SAME(XENGT_PER_CTX_BYTES_MAX, XENGT_PAGE_BYTES, "one page");
ABI_SAME(XENGT_IMAGE_PAGES_MAX, XENGT_PLATFORM_IMAGE_PAGES, "the largest image");
/* Each area of a context has at most XENGT_AREA_PAGES_MAX pages. */
ABI_AT_MOST(XENGT_IMAGE_PAGES_MAX, XENGT_AREA_PAGES_MAX, "an image");
ABI_AT_MOST(XENGT_RING_BYTES_MAX / XENGT_PAGE_BYTES, XENGT_AREA_PAGES_MAX, "a ring");
ABI_AT_MOST(XENGT_BATCH_PAGES, XENGT_AREA_PAGES_MAX, "copies of batches");
ABI_SAME(XENGT_ENGINES * XENGT_IRQS_MAX * (1000000000u / XENGT_IRQ_WINDOW_NS), 16000,
	 "interrupts of all engines in a second");
/* The defaults of a share are in the ranges of XENGT_IOC_SET_SHARE. */
ABI_BETWEEN(1, XENGT_SHARE_WEIGHT, XENGT_SHARE_WEIGHT_MAX, "weight");
ABI_BETWEEN(1, XENGT_SHARE_SLICE_MS, XENGT_SHARE_SLICE_MS_MAX, "slice_ms");
ABI_BETWEEN(XENGT_SHARE_TIMEOUT_MS_MIN, XENGT_SHARE_TIMEOUT_MS,
	    XENGT_SHARE_TIMEOUT_MS_MAX, "timeout_ms");
ABI_AT_MOST(XENGT_SHARE_STOP, XENGT_SHARE_STOP_MAX, "stop");
ABI_SAME(XENGT_SHARE_CAP_MAX, 100, "percent");
/*
 * The numbers by which the broker computes the memory for a vGPU's records
 * (src/xengtd/room.c).
 */
ABI_SAME(XENGT_ENTRY_NOTE_KIB_PER_MIB << 10,
	 ((1u << 20) / XENGT_PAGE_BYTES) *
		 sizeof(((struct xengt_bnd_vgpu *)0)->gtt_entries[0]),
	 "the module's memory for each MiB of graphics memory");
ABI_AT_MOST(sizeof(struct xengt_bnd_vgpu) + XENGT_PAGE_BYTES +
		    XENGT_PPGTT_TABLES_MAX *
		    (sizeof(struct xengt_ppgtt_table) +
		     sizeof(((struct xengt_bnd_vgpu *)0)->ppgtt_by_id[0])),
	    XENGT_VGPU_NOTE_KIB << 10, "the memory for a vGPU's record, tables' records and scratch page");
