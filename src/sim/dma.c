// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses memory by bus address. If there is an IOMMU (iommu.c), the IOMMU
 * translates the address. Memory in the regions of xengt_sim_set_regions()
 * (region.c) is accessed directly, other memory by callbacks of the program
 * that runs the simulator. A recording records each access.
 */
#include "sim/sim_priv.h"

#include <errno.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word64;
typedef uint32_t __attribute__((may_alias)) word32;

void *sim_dma_ptr(struct xengt_sim *sim, uint64_t bus)
{
	/*
	 * with a pointer, neither the recording nor the IOMMU would see the
	 * accesses
	 */
	return sim->rec || sim->iommu ? NULL : sim_region_at(sim, bus);
}

void *sim_dma_ptr_once(struct xengt_sim *sim, uint64_t bus, bool write)
{
	uint64_t addr;

	if (sim->rec || sim_iommu_translate(sim, bus, write, &addr))
		return NULL;
	return sim_region_at(sim, addr);
}

/*
 * Copies an aligned word of 4 or 8 bytes at once, as a bus does: a CPU that
 * reads the same memory must not see a word of which only half is written.
 */
static void copy(void *dst, const void *src, size_t len)
{
	uintptr_t both = (uintptr_t)dst | (uintptr_t)src;

	if (len == 8 && !(both & 7))
		*(volatile word64 *)dst = *(const volatile word64 *)src;
	else if (len == 4 && !(both & 3))
		*(volatile word32 *)dst = *(const volatile word32 *)src;
	else
		memcpy(dst, src, len);
}

static int dma(struct xengt_sim *sim, uint64_t bus, void *buf, size_t len,
	       bool write)
{
	uint64_t addr;
	void *host;

	if (sim_iommu_translate(sim, bus, write, &addr))
		return -EFAULT;
	bus = addr;
	host = sim_region_at(sim, bus);
	if (host) {
		if (write)
			copy(host, buf, len);
		else
			copy(buf, host, len);
		return 0;
	}
	if (write)
		return sim->ops.dma_write ?
			sim->ops.dma_write(sim->opaque, bus, buf, len) :
			-EFAULT;
	return sim->ops.dma_read ?
		sim->ops.dma_read(sim->opaque, bus, buf, len) : -EFAULT;
}

int sim_dma(struct xengt_sim *sim, uint64_t bus, void *buf, size_t len,
	    bool write)
{
	int r = dma(sim, bus, buf, len, write);

	if (sim->rec)
		sim_rec_dma(sim, bus, buf, len, write, !r);
	return r;
}
