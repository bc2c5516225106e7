/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's own part of a context image: one stream of commands, then raw
 * data. The hardware writes both anew when it saves a context, and runs the
 * stream when it loads the context. This file decides which part of a guest's
 * image the hardware gets. It compares the guest's image with a template: the
 * image that the hardware saved for a context of the module (template.h).
 *
 * The value of a register is the guest's, the guest's under a mask, or the
 * template's, as audit_regs.c says (IN_IMAGE, deny). A register without a row
 * there gets the template's value. State commands that the tables allow
 * (IN_IMAGE) are the guest's.
 *
 * The functions allocate nothing and take no lock.
 */
#ifndef XENGT_IMAGE_H
#define XENGT_IMAGE_H

#include "boundary/audit.h"
#include "boundary/bnd_types.h"

/*
 * The most registers and kinds of state that a template can have in its index.
 */
#define XENGT_IMAGE_KEYS_MAX	1024u

/*
 * A register's offset, or XENGT_IMAGE_STATE | the upper half of a state
 * command.
 */
struct xengt_image_key {
	uint32_t key;
	/*
	 * index of the dword with the register's value, or of the command's
	 * first dword
	 */
	uint32_t at;
};

#define XENGT_IMAGE_STATE	0x80000000u

struct xengt_image {
	/* the image from page 1 on; NULL: no template */
	uint32_t *dw;
	uint32_t first;			/* index of the dword where the engine's
					 * part begins */
	uint32_t count;			/* number of dwords in all */
	uint32_t end;			/* index of the stream's END */
	/*
	 * The stream has an END. If not, 'end' is the first dword that the
	 * tables cannot explain, and the template's dwords are used from there
	 * on.
	 */
	bool is_whole;
	struct xengt_image_key *keys;	/* sorted; room for XENGT_IMAGE_KEYS_MAX */
	uint32_t n_keys;
};

enum xengt_image_fit {
	/* The guest's stream has the template's commands at the same places. */
	XENGT_IMAGE_SAME,
	/*
	 * The stream's commands differ from the template's, but it loads all
	 * that the template loads. It is kept.
	 */
	XENGT_IMAGE_OTHER,
	/*
	 * The stream does not load all that the template loads, so it now
	 * stands behind the template's stream.
	 */
	XENGT_IMAGE_BEHIND,
	/*
	 * As XENGT_IMAGE_BEHIND, but the guest's stream ends before its first
	 * command that is not allowed in an image, or is left out completely
	 * if there is no room.
	 */
	XENGT_IMAGE_CUT,
};

/*
 * Fill in end, is_whole and the keys from image->dw. Uses only platform and
 * engine of *audit.
 */
void xengt_image_learn(struct xengt_image *image,
		       const struct xengt_audit *audit);

/*
 * Does image->dw load this register, or have this kind of state? Call it after
 * xengt_image_learn().
 */
bool xengt_image_has(const struct xengt_image *image, uint32_t key);

/*
 * Change a guest's image in place into one that the hardware may load. theirs
 * has image->count dwords; those below image->first stay as they are. The raw
 * data behind the stream's end stays the guest's. The result loads all that the
 * template loads.
 */
enum xengt_image_fit xengt_image_merge(const struct xengt_image *image,
				       const struct xengt_audit *audit,
				       uint32_t *theirs);

/*
 * Clear bits of a register's value wherever dw, an image of image->count dwords whose
 * stream the hardware or xengt_image_merge() wrote, loads the register.
 */
void xengt_image_clear(const struct xengt_image *image,
		       const struct xengt_audit *audit, uint32_t *dw,
		       uint32_t reg, uint32_t bits);

#endif /* XENGT_IMAGE_H */
