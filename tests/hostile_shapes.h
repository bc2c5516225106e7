/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The attacks that the table (hostile_table.c) cannot give as dwords: shapes of rings and
 * images, and attacks of several steps.
 */
#ifndef HOSTILE_SHAPES_H
#define HOSTILE_SHAPES_H

#include "hostile_attacks.h"

/* Shapes: call these after ring and image are written, before the context is submitted. */
void evil_shape_first_command(struct evil *e, uint32_t engine);
void evil_shape_nested(struct evil *e, uint32_t engine);
void evil_shape_many_batches(struct evil *e, uint32_t engine);
void evil_shape_ring_elsewhere(struct evil *e, uint32_t engine);
void evil_shape_ring_over_end(struct evil *e, uint32_t engine);
void evil_shape_ring_too_long(struct evil *e, uint32_t engine);
void evil_shape_ring_off(struct evil *e, uint32_t engine);
void evil_shape_head_behind(struct evil *e, uint32_t engine);
void evil_shape_tail_behind(struct evil *e, uint32_t engine);
void evil_shape_image_elsewhere(struct evil *e, uint32_t engine);
void evil_shape_image_unmapped(struct evil *e, uint32_t engine);
void evil_shape_image_over_end(struct evil *e, uint32_t engine);
void evil_shape_no_tables(struct evil *e, uint32_t engine);
void evil_shape_status_elsewhere(struct evil *e, uint32_t engine);
void evil_shape_full_ring(struct evil *e, uint32_t engine);
void evil_shape_odd_head(struct evil *e, uint32_t engine);
void evil_shape_image_loads(struct evil *e, uint32_t engine);
void evil_shape_in_batch(struct evil *e, uint32_t engine);
void evil_shape_loop(struct evil *e, uint32_t engine);
void evil_shape_storm(struct evil *e, uint32_t engine);

/* Sequences: return NULL if the host reacted as expected, or a text that says what was wrong. */
const char *evil_append_overrun(struct evil *e, uint32_t engine,
				struct evil_counts *counts);
const char *evil_append_changed(struct evil *e, uint32_t engine,
				struct evil_counts *counts);
const char *evil_append_store(struct evil *e, uint32_t engine,
			      struct evil_counts *counts);
const char *evil_entries_of_others(struct evil *e, uint32_t engine,
				   struct evil_counts *counts);
const char *evil_entries_of_no_ram(struct evil *e, uint32_t engine,
				   struct evil_counts *counts);
const char *evil_tables_of_no_ram(struct evil *e, uint32_t engine,
				  struct evil_counts *counts);
const char *evil_fences_of_others(struct evil *e, uint32_t engine,
				  struct evil_counts *counts);
const char *evil_descriptors(struct evil *e, uint32_t engine,
			     struct evil_counts *counts);
const char *evil_interrupts(struct evil *e, uint32_t engine,
			    struct evil_counts *counts);
const char *evil_bad_roots(struct evil *e, uint32_t engine,
			   struct evil_counts *counts);

#endif /* HOSTILE_SHAPES_H */
