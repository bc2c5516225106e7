/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks the engine's own part of a context image, which is one stream of
 * commands followed by raw data. When the hardware saves a context, it writes
 * the stream and the raw data; when it loads the context, it runs the stream.
 * The functions decide which part of a guest's image the hardware gets. The
 * functions compare the guest's image with a template: the image that the
 * hardware saved for a context of the module (template.h).
 *
 * Each register in the image gets the guest's value, the guest's value under a
 * mask, or the template's value; the register's row in audit_regs.c says which
 * (IN_IMAGE, deny). A register without a row gets the template's value. Other
 * state commands come from the guest's image if their rows allow this
 * (IN_IMAGE).
 *
 * The functions allocate nothing and take no lock.
 */
#ifndef XENGT_IMAGE_H
#define XENGT_IMAGE_H

#include "boundary/audit.h"
#include "boundary/bnd_types.h"

/*
 * The largest number of registers and kinds of state in the index of a
 * template.
 */
#define XENGT_IMAGE_KEYS_MAX	1024u

/*
 * An element of the index. key is a register's offset, or XENGT_IMAGE_STATE |
 * the upper half of a state command's first dword.
 */
struct xengt_image_key {
	uint32_t key;
	/*
	 * index of the dword that has the register's value, or of the command's
	 * first dword
	 */
	uint32_t at;
};

#define XENGT_IMAGE_STATE	0x80000000u

struct xengt_image {
	/*
	 * the dwords of the image from its page 1 on; NULL: there is no
	 * template
	 */
	uint32_t *dw;
	uint32_t first;			/* index of the first dword of the
					 * engine's part */
	uint32_t count;			/* number of dwords in dw */
	uint32_t end;			/* index of the END command of the
					 * stream */
	/*
	 * The stream has an END. If false, 'end' is the index of the first
	 * dword that no row of the tables explains. From 'end' on the hardware
	 * gets the template's dwords.
	 */
	bool is_whole;
	struct xengt_image_key *keys;	/* the index, sorted by key; it has room
					 * for XENGT_IMAGE_KEYS_MAX elements */
	uint32_t n_keys;
};

enum xengt_image_fit {
	/*
	 * The guest's stream has the same commands at the same places as the
	 * template's stream.
	 */
	XENGT_IMAGE_SAME,
	/*
	 * The guest's stream has other commands than the template's stream, but
	 * loads all that the template's stream loads. The guest's stream is
	 * used.
	 */
	XENGT_IMAGE_OTHER,
	/*
	 * The guest's stream does not load all that the template's stream
	 * loads. The result has the template's stream followed by the guest's
	 * stream.
	 */
	XENGT_IMAGE_BEHIND,
	/*
	 * As XENGT_IMAGE_BEHIND, but only a part of the guest's stream is used:
	 * the part before the first command that is not allowed in an image, or
	 * nothing if there is no room.
	 */
	XENGT_IMAGE_CUT,
};

/*
 * Set the members end, is_whole, keys and n_keys from image->dw. Uses only
 * platform and engine of *audit.
 */
void xengt_image_learn(struct xengt_image *image,
		       const struct xengt_audit *audit);

/*
 * Returns true if image->dw loads this register or has this kind of state.
 * xengt_image_learn() must have been called before.
 */
bool xengt_image_has(const struct xengt_image *image, uint32_t key);

/*
 * Change a guest's image in place, so that the hardware may load it. 'theirs'
 * is the guest's image, with image->count dwords. The dwords before
 * image->first and the raw data after the stream's end are not changed. The
 * result loads all that the template loads.
 */
enum xengt_image_fit xengt_image_merge(const struct xengt_image *image,
				       const struct xengt_audit *audit,
				       uint32_t *theirs);

/*
 * Clear these bits of the register's value at each place at which the image dw loads the
 * register. dw has image->count dwords; the hardware or xengt_image_merge() has written its
 * stream.
 */
void xengt_image_clear(const struct xengt_image *image,
		       const struct xengt_audit *audit, uint32_t *dw,
		       uint32_t reg, uint32_t bits);

#endif /* XENGT_IMAGE_H */
