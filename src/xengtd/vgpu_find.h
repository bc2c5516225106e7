/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds vGPUs by domain, and checks whether domains still exist. */
#ifndef XENGT_BVGPU_FIND_H
#define XENGT_BVGPU_FIND_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_bvgpu;
struct xengtd;

/* Read the domains' names again: domains may have been renamed. */
void xengt_bvgpu_refresh_names(struct xengtd *d);
/*
 * Find a vGPU by its domain's id, or by a text that is the domain's name or id.
 * Returns NULL if there is no such vGPU.
 */
struct xengt_bvgpu *xengt_bvgpu_of_domain(struct xengtd *d, uint32_t domid);
struct xengt_bvgpu *xengt_bvgpu_find(struct xengtd *d, const char *text);
/*
 * Returns the reason why the last vGPU of a domain ended: one line, which the
 * caller frees. text is the domain's name or id. Returns NULL if the domain had
 * no vGPU, or if the vGPU's end was requested.
 */
char *xengt_bvgpu_why_ended(struct xengtd *d, const char *text);

/*
 * Returns true if the domain has ended or is dying, or if the id now belongs to
 * a domain with another uuid. uuid: 16 bytes; NULL: the uuid is not compared.
 * Returns false if Xen does not answer.
 */
bool xengt_bvgpu_is_domain_gone(struct xengtd *d, uint32_t domid,
				const uint8_t *uuid);
/* Remove the nodes of domains that have ended and have no vGPU. */
void xengt_bvgpu_sweep_nodes(struct xengtd *d);

#endif /* XENGT_BVGPU_FIND_H */
