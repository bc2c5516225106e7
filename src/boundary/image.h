/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine's own part of a context image: one stream of commands, which the
 * hardware writes anew when it saves a context and runs when it loads one, then
 * raw data. What of a guest's image the hardware is given is decided here, by a
 * template: the image that the hardware saved for a context of the module
 * (template.h).
 *
 * A register's value is the guest's, the guest's under a mask, or the template's:
 * audit_regs.c says which (IN_IMAGE, deny). A register without a row there is the
 * template's. State commands that the tables know (IN_IMAGE) are the guest's.
 *
 * Pure: no allocation, no lock.
 */
#ifndef XENGT_IMAGE_H
#define XENGT_IMAGE_H

#include "audit.h"
#include "bnd_types.h"

/* Registers and kinds of state that a template is searched for. */
#define XENGT_IMAGE_KEYS_MAX	1024u

/* A register's offset, or XENGT_IMAGE_STATE | upper half of a state command. */
struct xengt_image_key {
	uint32_t key;
	uint32_t at;			/* dword: of the value, of the command */
};

#define XENGT_IMAGE_STATE	0x80000000u

struct xengt_image {
	uint32_t *dw;			/* from page 1 on; NULL: no template */
	uint32_t first;			/* dword where the engine's part begins */
	uint32_t count;			/* dwords in all */
	uint32_t end;			/* dword of the END */
	/*
	 * The stream has an END. Otherwise 'end' is the first dword that the tables
	 * do not explain, and all from there on is the template's.
	 */
	bool is_whole;
	struct xengt_image_key *keys;	/* in order; room for XENGT_IMAGE_KEYS_MAX */
	uint32_t n_keys;
};

enum xengt_image_fit {
	/* The guest's stream has the template's commands, in the same places. */
	XENGT_IMAGE_SAME,
	/* It has others, and loads all that the template loads. It is kept. */
	XENGT_IMAGE_OTHER,
	/* It does not load all that the template loads, so it stands behind the
	 * template's stream. */
	XENGT_IMAGE_BEHIND,
	/* The same, but a part of it is left out: from a command on that may not stand
	 * in an image or, for lack of room, all of it. */
	XENGT_IMAGE_CUT,
};

/*
 * What image->dw loads: fills in end, is_whole and the keys. audit: platform and
 * engine only.
 */
void xengt_image_learn(struct xengt_image *image,
		       const struct xengt_audit *audit);

/* Does image->dw load this register, or have this kind of state? After a learn. */
bool xengt_image_has(const struct xengt_image *image, uint32_t key);

/*
 * Makes of a guest's image what the hardware may load, in place: theirs has
 * image->count dwords, of which those below image->first stay as they are. Behind
 * the stream's end is raw data, which stays the guest's. The result loads
 * whatever the template loads.
 */
enum xengt_image_fit xengt_image_merge(const struct xengt_image *image,
				       const struct xengt_audit *audit,
				       uint32_t *theirs);

#endif /* XENGT_IMAGE_H */
