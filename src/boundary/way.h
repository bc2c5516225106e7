/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chooses the way in which the module holds a guest's frame and gets the
 * frame's bus address. The choice depends on the kind of dom0 and on Xen's
 * options for the IOMMU. The module makes the choice when the GPU is bound
 * (docs/design/014).
 */
#ifndef XENGT_BND_WAY_H
#define XENGT_BND_WAY_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

struct xengt_platform;

/*
 * The largest number of bytes of Xen's command line that Xen returns, including
 * the zero at the end.
 */
#define XENGT_WAY_CMDLINE_BYTES	1024

/* The facts that decide the way. Xen and the kernel report these facts. */
struct xengt_way_facts {
	bool is_dom0;			/* this is the domain that drives the machine's
					 * devices */
	bool is_pv;
	bool is_pvh;			/* Xen translates this domain's frame
					 * numbers */
	/*
	 * Xen's command line (XENVER_commandline). NULL: Xen did not return its
	 * command line.
	 */
	const char *cmdline;
	const struct xengt_platform *platform;
};

/*
 * Returns 0: *ret_way is the way. -ENODEV: no way works here; *ret_reason is a constant
 * sentence that says why, and what the admin can do. If Xen does not report its command
 * line, the function does not assume a default but returns -ENODEV.
 */
int xengt_way_choose(const struct xengt_way_facts *facts, enum xengt_way *ret_way,
		     const char **ret_reason);

#endif /* XENGT_BND_WAY_H */
