/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * OpRegion: 8 KiB in which firmware tells a graphics driver about the board.
 * Each vGPU has its own OpRegion, which is shown at the guest address that
 * firmware puts into ASLS; docs/design/007-opregion.md gives the reasons.
 */
#ifndef XENGT_OPREGION_H
#define XENGT_OPREGION_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_OPREGION_BYTES	0x2000u

struct xengt_opregion {
	uint8_t bytes[XENGT_OPREGION_BYTES];
	uint32_t asls;		/* the value of ASLS that opregion.c handled
				 * last */
	bool is_shown;		/* true: the OpRegion is shown at guest
				 * address asls */
};

/*
 * Put the OpRegion's content into its power-on state, and hide the OpRegion from
 * the guest. The caller has set ASLS in config space to 0.
 */
void xengt_opregion_reset(struct xengt_vgpu *vgpu);

/*
 * Call this when config space was written. Shows the OpRegion at the address in
 * ASLS if that address is new, and carries out a SWSCI request.
 */
void xengt_opregion_update(struct xengt_vgpu *vgpu);

/*
 * Carry out an access of 1 to 8 bytes. Bytes beyond the OpRegion's end read as
 * 0xff. Returns false if the address is not inside the OpRegion or no OpRegion
 * is shown.
 */
bool xengt_opregion_access(struct xengt_vgpu *vgpu, uint64_t addr,
			   uint32_t size, bool is_read, uint64_t *val);

#endif /* XENGT_OPREGION_H */
