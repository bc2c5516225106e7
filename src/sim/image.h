/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of context images on silicon: what each dword of an image holds,
 * from page 1 on.
 *
 * image_table.c has the parts of each engine's image on each generation;
 * image_make.c makes an array of dwords from the parts, and loads and saves
 * (image.c) use the array.
 */
#ifndef XENGT_SIM_IMAGE_H
#define XENGT_SIM_IMAGE_H

#include "sim/engine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_PAGE_DWORDS	1024U
#define IMAGE_OPCODES		8192U	/* bits 28:16 of a command */

enum sim_image_kind {
	IMAGE_NOOPS,		/* n dwords with no-ops */
	IMAGE_UP_TO,		/* no-ops up to dword n, counted from page 1 */
	IMAGE_LOAD,		/* a load command with n registers */
	IMAGE_STATE,		/* a state command: at most n dwords */
	IMAGE_END,		/* MI_BATCH_BUFFER_END; raw data follows */
};

struct sim_image_part {
	enum sim_image_kind kind;
	uint16_t n;
	bool is_posted;			/* IMAGE_LOAD: "force posted" in its
					 * header */
	bool is_relative;		/* IMAGE_LOAD: the registers' offsets
					 * are from the engine's base */
	uint32_t opcode;		/* IMAGE_STATE: the command's opcode */
	const uint32_t *regs;		/* IMAGE_LOAD: the registers' offsets */
};

struct sim_image_shape {
	unsigned int pages;		/* number of pages, including the status
					 * page */
	const struct sim_image_part *parts;	/* the parts of the image;
						 * IMAGE_END is the last */
};

/* The content of an engine's images, and the state that the engine has now. */
struct sim_image {
	unsigned int pages;
	uint32_t n_dwords;		/* number of dwords, from page 1 on */
	uint32_t end;			/* index in word[] of the dword after the
					 * last command */
	uint32_t *word;			/* dwords that no register gets:
					 * headers, state commands, raw data */
	uint32_t *reg;			/* offset of the register that the dword
					 * is loaded into; 0 if the dword is in
					 * word[] */
	uint16_t state_at[IMAGE_OPCODES];	/* for each opcode: the index in
						 * word[] of this state command's
						 * first dword; 0 if the command
						 * sets no state */
	uint16_t state_max[IMAGE_OPCODES];	/* maximal number of dwords */
	uint16_t state_token[IMAGE_OPCODES];	/* the judge's token of the
						 * context that set the state */
	uint16_t raw_token;
};

/* gen: SIM_GEN8 or SIM_GEN9. */
const struct sim_image_shape *sim_image_shape(unsigned int gen,
					      enum sim_engine_id id);

#endif /* XENGT_SIM_IMAGE_H */
