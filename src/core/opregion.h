/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpRegion: 8 KiB in which firmware tells a graphics driver about the board. A
 * vGPU has an OpRegion of its own, shown at the guest address that firmware
 * puts into ASLS; docs/design/007-opregion.md gives the reasons.
 */
#ifndef XENGT_OPREGION_H
#define XENGT_OPREGION_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_OPREGION_BYTES	0x2000u

struct xengt_opregion {
	uint8_t bytes[XENGT_OPREGION_BYTES];
	uint32_t asls;		/* the value of ASLS that was last acted upon */
	bool is_shown;		/* true: the OpRegion is shown at guest
				 * address asls */
};

/*
 * Reset the content to that after power-on; the OpRegion is shown nowhere. ASLS
 * in config space is 0.
 */
void xengt_opregion_reset(struct xengt_vgpu *vgpu);

/* Config space was written: act on a new ASLS, carry out a SWSCI request. */
void xengt_opregion_update(struct xengt_vgpu *vgpu);

/*
 * False: the address is not inside the shown OpRegion. Size 1 to 8; the part
 * of an access that lies beyond the end reads 0xff.
 */
bool xengt_opregion_access(struct xengt_vgpu *vgpu, uint64_t addr,
			   uint32_t size, bool is_read, uint64_t *val);

#endif /* XENGT_OPREGION_H */
