/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the owner of a machine frame in Xen's own structures in machine memory.
 * Only the isolation judge uses this code.
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
	bool has_owner;			/* the frame is in use, and belongs to a
					 * domain */
	uint16_t domid;			/* id of the owner, which may be one of
					 * Xen's special domains */
	bool has_gfn;			/* the M2P table names a guest frame */
	uint64_t gfn;
};

/*
 * Searches machine memory for Xen's tables, and checks that the layout is the
 * one that xen_memory.c describes. The first call searches, and writes to the
 * log what it found or did not find; later calls do not search again. Returns
 * true if the tables were found.
 */
bool sim_xen_find(struct xengt_sim *sim);
/*
 * Reads what Xen's structures now say about a machine frame. Only the address
 * of the level 4 table is cached, and each call checks this address. Returns
 * false if Xen's tables are not known or are no longer at that address. A frame
 * of which Xen has no record (a frame of a device, or a frame in a hole)
 * counts as a frame without an owner.
 */
bool sim_xen_look(struct xengt_sim *sim, uint64_t mfn, struct sim_xen_frame *ret_frame);

#endif /* XENGT_SIM_XEN_MEMORY_H */
