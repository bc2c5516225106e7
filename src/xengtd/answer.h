/* SPDX-License-Identifier: GPL-2.0-only */
/* What the control socket's answers are made of (docs/protocol.md, section 2). */
#ifndef XENGT_ANSWER_H
#define XENGT_ANSWER_H

#include <json-c/json.h>

#include "vgpu.h"

/* New objects, the caller's. */
struct json_object *xengt_json_ping(void);
struct json_object *xengt_json_resources(const struct xengt_info *gpu);
/* As `list` has it; what only the worker knows is added with _add_faults(). */
struct json_object *xengt_json_info(struct xengt_bvgpu *v);
void xengt_json_add_faults(struct json_object *info,
			   const struct xengt_wp_faults *faults);
/* Of the worker, and of the module if info is not NULL. */
struct json_object *xengt_json_stat(const struct xengt_counters *counters,
				    const struct xengt_vgpu_info *info);
/* file: where the client finds the pixels. */
struct json_object *xengt_json_picture(const struct xengt_wp_picture *picture,
				       const char *file);
/* Empty; total is how many there will be, or would be if there were room. */
struct json_object *xengt_json_regs(uint32_t total);
/* Returns how many are in it now. */
size_t xengt_json_add_regs(struct json_object *data,
			   const struct xengt_wp_regs *regs);

#endif /* XENGT_ANSWER_H */
