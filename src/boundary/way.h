/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses the way in which the module holds a guest's frame and learns the
 * frame's bus address. The choice depends on the kind of dom0 and on what Xen
 * does with the IOMMU, and is made when the GPU is bound (docs/design/014).
 */
#ifndef XENGT_BND_WAY_H
#define XENGT_BND_WAY_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

struct xengt_platform;

/* Bytes of the longest command line that Xen tells, with the zero at its end. */
#define XENGT_WAY_CMDLINE_BYTES	1024

/* The facts by which the way is chosen; Xen and the kernel report them. */
struct xengt_way_facts {
	bool is_dom0;			/* the domain that drives the machine's devices */
	bool is_pv;
	bool is_pvh;			/* Xen translates the domain's frames */
	/*
	 * Xen's command line (XENVER_commandline). NULL if Xen did not tell it.
	 */
	const char *cmdline;
	const struct xengt_platform *platform;
};

/*
 * Returns 0: *ret_way is the way. -ENODEV: there is no way, and *ret_reason, a constant
 * sentence, says why and what to do. If Xen does not tell a fact, no default is assumed
 * for it.
 */
int xengt_way_choose(const struct xengt_way_facts *facts, enum xengt_way *ret_way,
		     const char **ret_reason);

#endif /* XENGT_BND_WAY_H */
