/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes of a monitor's description of itself (VESA E-EDID 1.4). */
#ifndef XENGT_EDID_SIZES_H
#define XENGT_EDID_SIZES_H

#define XENGT_EDID_BLOCK_BYTES	128u
#define XENGT_EDID_MAX_BYTES	256u	/* the base block and one extension
					 * block */

#endif /* XENGT_EDID_SIZES_H */
