/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner of a machine frame, from Xen's own structures in machine memory
 * (xen_memory.c). Test equipment: only the isolation judge uses it.
 */
#ifndef XENGT_SIM_XEN_MEMORY_H
#define XENGT_SIM_XEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_sim;

enum sim_xen_state {
	SIM_XEN_NOT_SEARCHED,
	SIM_XEN_FOUND,
	SIM_XEN_NOT_FOUND,
};

struct sim_xen {
	enum sim_xen_state state;
	uint64_t root;			/* machine address of Xen's level 4 table */
};

struct sim_xen_frame {
	bool has_owner;			/* in use, and by a domain */
	uint16_t domid;			/* of the owner; Xen's special domains, too */
	bool has_gfn;			/* the M2P table names a guest frame */
	uint64_t gfn;
};

/*
 * Searches machine memory for Xen's tables, and checks that the layout is the one that
 * xen_memory.c describes. It searches once in the simulator's life; what it found or did not
 * find is in the log. True: found.
 */
bool sim_xen_find(struct xengt_sim *sim);
/*
 * What Xen says of a machine frame now. Nothing is cached except the place of the level
 * 4 table, which is checked. False: Xen's tables are not known, or are not there any more.
 * A frame that Xen has no record of (a device's, a hole's) is a frame without an owner.
 */
bool sim_xen_look(struct xengt_sim *sim, uint64_t mfn, struct sim_xen_frame *ret_frame);

#endif /* XENGT_SIM_XEN_MEMORY_H */
