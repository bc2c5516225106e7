// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which frame numbers of a guest make the GPU's entry point to the guest's page, and
 * which make the entry point to a scratch page.
 */
#include "kmod_test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void one_frame(int fd, uint64_t e, bool want_scratch, const char *name)
{
	uint32_t low = low_page(fd), scratched = 77;
	uint64_t held = info_of(fd).frames_held;
	long r = put(fd, low, &e, 1, &scratched);

	if (!ok(!r && scratched == (want_scratch && e & 1) &&
		(want_scratch ? is_scratch(low) : is_mapped(low)) &&
		info_of(fd).frames_held == held + !want_scratch,
		"%s is %s", name, want_scratch ? "scratch" : "mapped"))
		printf("# entry 0x%llx: result %ld, scratched %u, held %llu\n",
		       (unsigned long long)e, r, scratched,
		       (unsigned long long)info_of(fd).frames_held);
	e = 0;
	put(fd, low, &e, 1, NULL);
}

static void kinds_of_frames(int fd)
{
	static const struct {
		uint64_t e;
		bool scratch;
		const char *name;
	} cases[] = {
		{ PTE(RAM_GFN), false, "RAM" },
		{ PTE(0x10), false, "RAM below 640 KiB" },
		{ PTE(RAM_GFN) | 0xffe, false, "RAM, with bits 11:1" },
		{ PTE(RAM_GFN) & ~1ull, true, "an entry not present" },
		{ ~1ull, true, "an entry not present, with all other bits set" },
		{ PTE(0xa0), true, "the VGA hole" },
		{ PTE(0xbf), true, "the VGA hole's end" },
		{ PTE(0x5000), true, "just above RAM" },
		{ PTE(0xf0000), true, "the MMIO hole" },
		{ PTE(0xfec00), true, "the IOAPIC" },
		{ PTE(0xfed00), true, "the HPET" },
		{ PTE(0xfee00), true, "the LAPIC page" },
		{ PTE(0xfffff), true, "the last frame below 4 GiB" },
		{ PTE(0x100000), true, "the first frame above 4 GiB" },
		{ PTE(0x7ffffff), true, "the last frame an entry can point to" },
		{ PTE(RAM_GFN) | 1ull << 39, true, "RAM plus 2^39" },
		{ PTE(RAM_GFN) | 1ull << 45, true, "RAM plus 2^45" },
		{ PTE(RAM_GFN) | 1ull << 63, true, "RAM plus 2^63" },
		{ ~0ull, true, "all ones" },
	};
	size_t i;

	for (i = 0; i < N_ELEMS(cases); i++)
		one_frame(fd, cases[i].e, cases[i].scratch, cases[i].name);
}

/*
 * Writes entries with the numbers of machine frames of dom0, Xen and other guests.
 * If these numbers are read as guest frame numbers, none of them is RAM of this
 * guest.
 */
static void sweep_machine(int fd)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX];
	uint32_t low = low_page(fd), scratched = 0, gfn = 0x4800, n = 0, bad = 0;
	size_t i;

	while (gfn < 4096u << 8) {
		for (i = 0; i < N_ELEMS(e); i++, gfn += 61)
			e[i] = PTE(gfn);
		if (put(fd, low, e, N_ELEMS(e), &scratched))
			bad++;
		n += N_ELEMS(e);
		bad += (uint32_t)N_ELEMS(e) - scratched;
	}
	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
	ok(!bad, "entries with %u machine frame numbers all point to scratch", n);
	ok_is((long)info_of(fd).frames_held, 0, "... and nothing is held");
}

static void many_entries(int fd)
{
	static uint64_t e[XENGT_GGTT_WRITE_MAX];
	struct xengt_vgpu_info a = info_of(fd), b;
	uint32_t low = low_page(fd), high = high_page(fd), scratched, i;

	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN + i);
	ok_is(put(fd, low, e, N_ELEMS(e), &scratched), 0, "512 entries");
	b = info_of(fd);
	ok(scratched == 0 && b.frames_held == N_ELEMS(e), "512 frames");
	/*
	 * the second hypercall may be a TLB flush for frames that were released
	 * before
	 */
	ok(b.hypercalls - a.hypercalls <= 2, "... by one hypercall or two");
	ok_is((long)(b.tlb_flushes - a.tlb_flushes), 1, "... and one flush");
	ok(is_mapped(low) && is_mapped(low + 511) && is_scratch(low + 512),
	   "... and the entries point to RAM");

	ok_is(put(fd, high, e, N_ELEMS(e), NULL), 0, "the same entries at another place");
	ok_is((long)info_of(fd).frames_held, N_ELEMS(e), "... hold the same frames");
	ok_is((long)(info_of(fd).hypercalls - b.hypercalls), 0,
	      "... need no hypercall");
	ok(!ggtt || ggtt[high + 7] == ggtt[low + 7], "... and are equal in the hardware");

	a = info_of(fd);
	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = i % 2 ? PTE(RAM_GFN + i) : PTE(0x80000 + i);
	ok_is(put(fd, low, e, N_ELEMS(e), &scratched), 0, "half of the frames are holes");
	ok_is(scratched, 256, "... their entries point to scratch");
	ok(is_scratch(low) && is_mapped(low + 1), "... and every second entry points to RAM");
	ok_is((long)info_of(fd).frames_held, N_ELEMS(e),
	      "... and frames that other entries point to stay held");

	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
	put(fd, high, e, N_ELEMS(e), NULL);
	b = info_of(fd);
	ok(b.frames_held == 0 && b.frames_mapped == b.frames_released,
	   "after all entries were cleared, nothing is held");
	ok(all_scratch(low, 512) && all_scratch(high, 512),
	   "... and all entries point to scratch");

	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN);
	put(fd, low, e, N_ELEMS(e), NULL);
	ok_is((long)info_of(fd).frames_held, 1, "512 entries, one frame");
	for (i = 0; i < N_ELEMS(e); i++)
		e[i] = PTE(RAM_GFN + 1);
	put(fd, low, e, N_ELEMS(e), NULL);
	ok_is((long)info_of(fd).frames_held, 1, "... replaced by another");
	memset(e, 0, sizeof(e));
	put(fd, low, e, N_ELEMS(e), NULL);
}

static void revalidate_ok(int fd, uint64_t dropped, uint64_t resolved,
			  const char *name)
{
	struct xengt_vgpu_revalidate v = { 0 };
	long r = call(fd, XENGT_VGPU_IOC_REVALIDATE, &v);

	if (!ok(!r && v.dropped == dropped && v.resolved == resolved, "%s",
		name))
		printf("# result %ld dropped %llu resolved %llu\n", r,
		       (unsigned long long)v.dropped,
		       (unsigned long long)v.resolved);
}

/*
 * The guest replaces the frame to which two of its entries point. In a PVH dom0 the module cannot
 * see this (kmod/xengt_way_pvh.c), and holds the old frame, which no other domain can get.
 */
static void frame_is_replaced(int fd, uint32_t domid, xen_pfn_t gfn)
{
	const uint64_t followed = info_of(fd).frames_followed;

	need(!take_frames(xc, domid, 1, 0, &gfn) &&
	     !give_frames(xc, domid, 1, 0, 0, &gfn),
	     "replace the frame");
	if (gpu_info().way == XENGT_WAY_PVH) {
		revalidate_ok(fd, 0, 0, "revalidate: a replaced frame stays held");
		ok(is_mapped(low_page(fd)) && info_of(fd).frames_held == 2,
		   "... and its entries point to it");
		return;
	}
	revalidate_ok(fd, 1, 2, "revalidate: a replaced frame is followed");
	ok(is_mapped(low_page(fd)) && info_of(fd).frames_followed == followed + 1,
	   "... in one call");
}

static void guest_moves_frames(int fd, uint32_t domid)
{
	xen_pfn_t gfn = RAM_GFN + 0x100;
	uint64_t e[4] = { PTE(gfn), PTE(gfn + 1), PTE(gfn), PTE(0x90000) };
	uint32_t low = low_page(fd);
	xen_pfn_t hole = 0x90000;

	put(fd, low, e, 4, NULL);
	revalidate_ok(fd, 0, 0, "revalidate: nothing to do");
	need(!take_frames(xc, domid, 1, 0, &gfn),
	     "take a frame from the guest");
	ok(is_mapped(low) && info_of(fd).frames_held == 2,
	   "a frame given away stays held");
	revalidate_ok(fd, 1, 0, "revalidate: the frame is released");
	ok(is_scratch(low) && is_mapped(low + 1) && is_scratch(low + 2),
	   "... and its entries point to scratch");
	need(!give_frames(xc, domid, 1, 0, 0, &gfn),
	     "give the guest another frame");
	revalidate_ok(fd, 0, 2, "revalidate: the new frame is found");
	ok(is_mapped(low) && is_mapped(low + 2), "... and its entries point to it");
	frame_is_replaced(fd, domid, gfn);
	need(!give_frames(xc, domid, 1, 0, 0, &hole),
	     "RAM in the hole");
	revalidate_ok(fd, 0, 1, "revalidate: RAM appears in a hole");
	need(!take_frames(xc, domid, 1, 0, &hole),
	     "no RAM in the hole");
	revalidate_ok(fd, 1, 0, "revalidate: RAM is removed again");
	memset(e, 0, sizeof(e));
	put(fd, low, e, 4, NULL);
}

/*
 * The guest's own aperture, which is mapped into the guest as the device model
 * maps it, is not RAM.
 */
static void aperture_is_not_ram(int fd, uint32_t domid)
{
	const unsigned long gfn = 0xe0000, pages = 512;
	unsigned long mfn = (unsigned long)
		((gpu_info().aperture_phys + info_of(fd).low_base) >> 12);

	need(!iomem_permission(xc, domid, mfn, pages, 1) &&
	     !memory_mapping(xc, domid, gfn, mfn, pages, 1),
	     "map the aperture");
	one_frame(fd, PTE(gfn), true, "the guest's own aperture");
	one_frame(fd, PTE(gfn + pages - 1), true, "... its end");
	need(!memory_mapping(xc, domid, gfn, mfn, pages, 0) &&
	     !iomem_permission(xc, domid, mfn, pages, 0),
	     "unmap the aperture");
}

/*
 * A page of Xen that the guest may map into its address space does no harm: the
 * guest's CPUs may write this page, too, and Xen counts the module's reference.
 */
static void shared_info_is_harmless(int fd, uint32_t domid)
{
	uint64_t e = PTE(0x98000);
	uint32_t scratched;

	if (add_to_physmap(xc, domid, XENMAPSPACE_shared_info, 0, 0x98000)) {
		printf("# no shared info page: %s\n", strerror(errno));
		return;
	}
	ok_is(put(fd, low_page(fd), &e, 1, &scratched), 0, "shared info page");
	printf("# it is %s\n", scratched ? "scratch" : "mapped");
	e = 0;
	put(fd, low_page(fd), &e, 1, NULL);
}

int test_frames(uint32_t domid, uint32_t other_domid)
{
	int fd = make_ok(domid, 16, 48), other = make_ok(other_domid, 16, 48);
	const uint64_t e = PTE(RAM_GFN + 5);

	open_xen();
	kinds_of_frames(fd);
	many_entries(fd);
	put(fd, low_page(fd), &e, 1, NULL);
	put(other, low_page(other), &e, 1, NULL);
	ok(!ggtt || ggtt[low_page(fd)] != ggtt[low_page(other)],
	   "one frame number in two guests names two frames");
	put(fd, low_page(fd), (uint64_t[]){ 0 }, 1, NULL);
	sweep_machine(fd);
	guest_moves_frames(fd, domid);
	aperture_is_not_ram(fd, domid);
	shared_info_is_harmless(fd, domid);
	ok_is((long)info_of(fd).frames_held, 0, "nothing is held");
	close(fd);
	close(other);
	return done();
}
