/* SPDX-License-Identifier: GPL-2.0-only */
/* Which vGPUs there are, and which domains still are. */
#ifndef XENGT_BVGPU_FIND_H
#define XENGT_BVGPU_FIND_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_bvgpu;
struct xengtd;

/* Domains may have been renamed. */
void xengt_bvgpu_refresh_names(struct xengtd *d);
/* By domain id, or by domain name or number; NULL: none. */
struct xengt_bvgpu *xengt_bvgpu_of_domain(struct xengtd *d, uint32_t domid);
struct xengt_bvgpu *xengt_bvgpu_find(struct xengtd *d, const char *text);
/* Of a domain, by name or number, that has no vGPU: why its last one ended, one
 * line, to be freed; NULL: it had none, or it was asked for. */
char *xengt_bvgpu_why_ended(struct xengtd *d, const char *text);

/* Is the domain gone or dying, or is the one of that number another than the one
 * with this uuid (16 bytes, or NULL: any)? What cannot be asked is not gone. */
bool xengt_bvgpu_is_domain_gone(struct xengtd *d, uint32_t domid,
				const uint8_t *uuid);
/* Remove the nodes of domains that are gone and have no vGPU. */
void xengt_bvgpu_sweep_nodes(struct xengtd *d);

#endif /* XENGT_BVGPU_FIND_H */
