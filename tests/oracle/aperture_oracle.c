// SPDX-License-Identifier: GPL-2.0-only
/*
 * The oracle of the aperture on demand. After each call that may change a mapping:
 *
 *  - the pieces in the p2m of the fake domain are those of the device's record, at the
 *    record's address;
 *  - the module answers "a piece" for each of them. (The oracle does not check this if the
 *    device has yet to ask the module about pieces whose entries were removed, or if the
 *    hypervisor has refused a mapping.)
 *
 * The oracle checks nothing if the hypervisor is not the fake.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/aperture.h"
#include "core/internal.h"
#include "gpu/gpu.h"
#include "hv/hv_fake.h"

#define PIECE_BYTES	((uint64_t)XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE)

int __real_xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first);
int __real_xengt_aperture_take(struct xengt_vgpu *vgpu);
int __real_xengt_aperture_forget(struct xengt_vgpu *vgpu);
void __real_xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr,
				  uint32_t size, bool is_read, uint64_t *val);
void __real_xengt_aperture_end(struct xengt_vgpu *vgpu);

int __wrap_xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first);
int __wrap_xengt_aperture_take(struct xengt_vgpu *vgpu);
int __wrap_xengt_aperture_forget(struct xengt_vgpu *vgpu);
void __wrap_xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr,
				  uint32_t size, bool is_read, uint64_t *val);
void __wrap_xengt_aperture_end(struct xengt_vgpu *vgpu);

__attribute__((noreturn))
static void wrong(const struct xengt_vgpu *vgpu, uint32_t piece, const char *what)
{
	fprintf(stderr, "oracle: piece %u of the aperture at 0x%llx: %s\n", piece,
		(unsigned long long)vgpu->aperture.base, what);
	abort();
}

static void check_entries(const struct xengt_vgpu *vgpu, uint32_t piece)
{
	struct xengt_vgpu_aperture access = {
		.addr = vgpu->info.low_base + piece * PIECE_BYTES,
	};
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	if (vgpu->aperture.has_doubts || vgpu->counters.bar_refused ||
	    !xengt_vgpu_is_live(vgpu))
		return;
	if (gpu->ops->aperture(gpu, &access) == 0 && !access.piece_bytes)
		wrong(vgpu, piece, "mapped, although none of its entries names a frame");
}

static void check(const struct xengt_vgpu *vgpu)
{
	const struct xengt_aperture *a = &vgpu->aperture;
	const struct xengt_hv_fake *fake = xengt_hv_fake_of(vgpu->cfg.hv);
	uint32_t recorded = 0;
	gfn_t first = gfn(0);

	if (!fake || !vgpu->cfg.is_aperture_lazy)
		return;
	for (uint32_t i = 0; i < vgpu->info.low_bytes / PIECE_BYTES; i++) {
		gfn_t at = gpa_to_gfn(gpa(a->base + i * PIECE_BYTES));
		bool is_recorded = a->mapped[i / 64] >> i % 64 & 1;

		recorded += is_recorded;
		if (is_recorded && !xengt_hv_fake_has_aperture(fake, at) &&
		    !xengt_hv_fake_dropped(fake))
			wrong(vgpu, i, "recorded as mapped, but not in the p2m");
		if (is_recorded)
			check_entries(vgpu, i);
		else if (a->base && xengt_hv_fake_has_aperture(fake, at))
			wrong(vgpu, i, "in the p2m, but not recorded as mapped");
	}
	if (recorded != xengt_hv_fake_pieces(fake, &first))
		wrong(vgpu, recorded, "so many pieces are recorded, but not so many are in the p2m");
	if (recorded && gpa_x(gfn_to_gpa(first)) != a->base)
		wrong(vgpu, recorded, "so many pieces are recorded, but the p2m has them elsewhere");
	if (recorded != vgpu->counters.aperture_pieces)
		wrong(vgpu, recorded, "so many pieces are recorded, but not so many are counted");
}

int __wrap_xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first)
{
	int r = __real_xengt_aperture_place(vgpu, first);

	check(vgpu);
	return r;
}

int __wrap_xengt_aperture_take(struct xengt_vgpu *vgpu)
{
	int r = __real_xengt_aperture_take(vgpu);

	check(vgpu);
	return r;
}

int __wrap_xengt_aperture_forget(struct xengt_vgpu *vgpu)
{
	int r = __real_xengt_aperture_forget(vgpu);

	check(vgpu);
	return r;
}

void __wrap_xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr,
				  uint32_t size, bool is_read, uint64_t *val)
{
	__real_xengt_aperture_access(vgpu, addr, size, is_read, val);
	check(vgpu);
}

void __wrap_xengt_aperture_end(struct xengt_vgpu *vgpu)
{
	__real_xengt_aperture_end(vgpu);
	check(vgpu);
}
