// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: which part of a guest's image is loaded
 *
 * The functions walk along the stream of an image command by command. A command
 * may cross a page boundary. A stream has these commands:
 *
 *   MI_NOOP                          gaps
 *   MI_LOAD_REGISTER_IMM             registers
 *   state commands (audit_render.c)  pipeline and media state
 *   MI_BATCH_BUFFER_END              the end of the stream
 *
 * The hardware wrote both the guest's stream and the template's stream, so
 * nearly always both have the same commands and only values differ. The
 * commands differ only if a state command of variable length moved the commands
 * after it, or if the guest used a unit that the module's own context did not
 * use. If the commands differ, the guest's stream is used if it loads all that
 * the template's stream loads. If the guest's stream loads less, the context
 * would see state of another guest in the engine, so the template's stream is
 * put before the guest's stream.
 *
 * A template may contain a state command without a row. The length of a state
 * command without a row is decoded from bits 7:0, as for most commands, and the
 * command's dwords come from the template.
 */
#include "boundary/image.h"
#include "boundary/audit.h"
#include "boundary/audit_priv.h"
#include "hw/facts.h"

#define OPCODE_MASK		0xff800000u
#define UNKNOWN_LEN_MASK	0xffu
#define UNKNOWN_LEN_BIAS	2u

enum item_kind {
	ITEM_NOOP,
	ITEM_LOAD,
	ITEM_STATE,
	ITEM_UNKNOWN_STATE,
	ITEM_END,
	ITEM_BAD,
};

struct item {
	enum item_kind kind;
	uint32_t len;
};

struct walk {
	const struct xengt_image *image;
	uint32_t where;
	uint32_t base;
};

static struct walk make_walk(const struct xengt_image *image,
			     const struct xengt_audit *audit)
{
	return (struct walk){
		.image = image,
		.where = xengt_audit_hardware(audit) |
			 xengt_audit_kind_bit(XENGT_AUDIT_IMAGE),
		.base = xengt_audit_base(audit),
	};
}

static bool is_load(uint32_t dw0)
{
	return (dw0 & OPCODE_MASK) == XENGT_MI_LRI;
}

static struct item unknown_item(uint32_t dw0)
{
	if (XENGT_AUDIT_CLIENT(dw0) != XENGT_AUDIT_CLIENT_PIPE)
		return (struct item){ ITEM_BAD, 0 };
	return (struct item){ ITEM_UNKNOWN_STATE,
		(dw0 & UNKNOWN_LEN_MASK) + UNKNOWN_LEN_BIAS };
}

static struct item known_item(const struct walk *walk, uint32_t dw0)
{
	const struct xengt_audit_cmd *row;
	uint32_t len;

	if (dw0 == XENGT_MI_NOOP)
		return (struct item){ ITEM_NOOP, 1 };
	if (dw0 == XENGT_MI_BATCH_END)
		return (struct item){ ITEM_END, 1 };
	row = xengt_audit_find(walk->where, dw0);
	if (!row || walk->where & ~row->where || dw0 & row->mbz)
		return unknown_item(dw0);
	len = xengt_audit_len(row, dw0);
	if (!xengt_audit_len_ok(row, len))
		return unknown_item(dw0);
	if (!is_load(dw0))
		return (struct item){ ITEM_STATE, len };
	return (struct item){ len & 1 ? ITEM_LOAD : ITEM_BAD, len };
}

/*
 * The command at dword 'at' of 'dw'. A command that does not end within the
 * image is ITEM_BAD.
 */
static struct item item_at(const struct walk *walk, const uint32_t *dw,
			   uint32_t at)
{
	struct item item = { ITEM_BAD, 0 };

	if (at >= walk->image->count)
		return item;
	item = known_item(walk, dw[at]);
	if (item.len > walk->image->count - at)
		item.kind = ITEM_BAD;
	return item;
}

/* ---- the value that a register gets ---- */

static uint32_t verdict(const struct walk *walk, uint32_t off, uint32_t theirs,
			uint32_t mine)
{
	const struct xengt_audit_reg_row *row =
		xengt_audit_find_reg(walk->where, walk->base, off);
	uint32_t bits;

	if (!row || !(row->writes & IN_IMAGE))
		return mine;
#ifdef XENGT_FAULT_IMAGE_REGISTER
	return theirs;
#endif
	if (!row->is_masked)
		return (theirs & ~(uint32_t)row->deny) | (mine & row->deny);
	/*
	 * the load of an image must set all bits of the register, including
	 * bits that the guest's mask leaves out
	 */
	bits = theirs >> 16 & ~(uint32_t)row->deny;
	return (mine & 0xffff0000u) | (theirs & bits) |
		(mine & 0xffffu & ~bits);
}

/* ---- the index of a template ---- */

static uint32_t state_key(uint32_t dw0)
{
	return XENGT_IMAGE_STATE | dw0 >> XENGT_AUDIT_PIPE_SHIFT;
}

/* The index of the first element whose key is not below 'key'. */
static uint32_t find_place(const struct xengt_image *image, uint32_t key)
{
	uint32_t low = 0, high = image->n_keys;

	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (image->keys[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The index of the element with this key, or n_keys if there is none. */
static uint32_t find_key(const struct xengt_image *image, uint32_t key)
{
	uint32_t i = find_place(image, key);

	if (i < image->n_keys && image->keys[i].key == key)
		return i;
	return image->n_keys;
}

bool xengt_image_has(const struct xengt_image *image, uint32_t key)
{
	return find_key(image, key) < image->n_keys;
}

static void add_key(struct xengt_image *image, uint32_t key, uint32_t at)
{
	uint32_t i = find_place(image, key);

	if ((i < image->n_keys && image->keys[i].key == key) ||
	    image->n_keys == XENGT_IMAGE_KEYS_MAX)
		return;
	memmove(&image->keys[i + 1], &image->keys[i],
		(image->n_keys - i) * sizeof(image->keys[0]));
	image->keys[i] = (struct xengt_image_key){ key, at };
	image->n_keys++;
}

void xengt_image_learn(struct xengt_image *image,
		       const struct xengt_audit *audit)
{
	struct walk walk = make_walk(image, audit);
	uint32_t at = image->first, i;
	struct item item;

	image->n_keys = 0;
	for (;; at += item.len) {
		item = item_at(&walk, image->dw, at);
		if (item.kind == ITEM_END || item.kind == ITEM_BAD)
			break;
		if (item.kind == ITEM_LOAD) {
			for (i = 1; i < item.len; i += 2)
				add_key(image, image->dw[at + i], at + i + 1);
		} else if (item.kind != ITEM_NOOP) {
			add_key(image, state_key(image->dw[at]), at);
		}
	}
	image->end = at;
	image->is_whole = item.kind == ITEM_END;
}

/* ---- a stream with the template's commands ---- */

/*
 * Returns true if both commands have the same first dword and load the same
 * registers.
 */
static bool is_same(const uint32_t *mine, const uint32_t *theirs,
		    const struct item *item)
{
	uint32_t i;

	if (*mine != *theirs)
		return false;
	if (item->kind != ITEM_LOAD)
		return true;
	for (i = 1; i < item->len; i += 2) {
		if (mine[i] != theirs[i])
			return false;
	}
	return true;
}

static void take_values(const struct walk *walk, const struct item *item,
			const uint32_t *mine, uint32_t *theirs)
{
	uint32_t i;

#ifdef XENGT_FAULT_IMAGE_STATE
	if (item->kind == ITEM_STATE)
		memcpy(theirs, mine, 4ul * item->len);
#endif
	if (item->kind == ITEM_UNKNOWN_STATE)
		memcpy(theirs, mine, 4ul * item->len);
	if (item->kind != ITEM_LOAD)
		return;
	for (i = 1; i < item->len; i += 2)
		theirs[i + 1] = verdict(walk, mine[i], theirs[i + 1],
					mine[i + 1]);
}

/*
 * Skip dwords that are 0 in both images. Returns the index of the next dword
 * that is not 0 in one of the images. Most dwords of an image are 0.
 */
static uint32_t skip_gap(const struct xengt_image *image,
			 const uint32_t *theirs, uint32_t at)
{
	while (at < image->end && !(image->dw[at] | theirs[at]))
		at++;
	return at;
}

/*
 * Merge a stream that has the same commands as the template. Returns false if
 * the commands differ.
 */
static bool merge_same(const struct walk *walk, uint32_t *theirs)
{
	const struct xengt_image *image = walk->image;
	uint32_t at = image->first;
	struct item item;

	for (; at < image->end; at += item.len) {
		at = skip_gap(image, theirs, at);
		item = item_at(walk, image->dw, at);
		if (item.kind == ITEM_END || item.kind == ITEM_BAD)
			break;
		/* values that are equal to the template's need no check */
		if (!memcmp(image->dw + at, theirs + at, 4ul * item.len))
			continue;
		if (!is_same(image->dw + at, theirs + at, &item))
			return false;
		take_values(walk, &item, image->dw + at, theirs + at);
	}
	if (image->is_whole)
		return theirs[at] == XENGT_MI_BATCH_END;
	memcpy(theirs + at, image->dw + at, 4ul * (image->count - at));
	return true;
}

/* ---- a stream whose commands differ from the template's ---- */

struct seen {
	uint64_t bits[XENGT_IMAGE_KEYS_MAX / 64];
	uint32_t count;
};

static void see(struct seen *seen, const struct xengt_image *image, uint32_t i)
{
	if (i == image->n_keys || seen->bits[i / 64] >> i % 64 & 1)
		return;
	seen->bits[i / 64] |= 1ull << i % 64;
	seen->count++;
}

/*
 * Check the load of a register in the guest's stream. If the template does not
 * load this register, the load is changed to a register whose value has no
 * effect (NOPID).
 */
static void audit_load(const struct walk *walk, uint32_t *pair,
		       struct seen *seen)
{
	const struct xengt_image *image = walk->image;
	uint32_t i = find_key(image, pair[0]);

	if (i == image->n_keys) {
		pair[0] = walk->base + XENGT_AUDIT_NOPID;
		pair[1] = 0;
	} else {
		pair[1] = verdict(walk, pair[0], pair[1],
				  image->dw[image->keys[i].at]);
		see(seen, image, i);
	}
}

/*
 * Replace a command without a row by the template's command of the same kind.
 * Returns false if the template has no command of the same kind.
 */
static bool take_unknown(const struct walk *walk, uint32_t *theirs,
			 uint32_t len, struct seen *seen)
{
	const struct xengt_image *image = walk->image;
	uint32_t i = find_key(image, state_key(theirs[0]));

	if (i == image->n_keys || image->dw[image->keys[i].at] != theirs[0])
		return false;
	memcpy(theirs, image->dw + image->keys[i].at, 4ul * len);
	see(seen, image, i);
	return true;
}

/*
 * Check the guest's stream, whose commands differ from the template's. *ret_end
 * gets the index of the stream's END, or of the first command that is not
 * allowed. Returns true if the stream has an END before the first command that
 * is not allowed.
 */
static bool audit_stream(const struct walk *walk, uint32_t *theirs,
			 struct seen *seen, uint32_t *ret_end)
{
	uint32_t at = walk->image->first, i;
	struct item item;

	for (;; at += item.len) {
		while (at < walk->image->count && theirs[at] == XENGT_MI_NOOP)
			at++;
		item = item_at(walk, theirs, at);
		if (item.kind == ITEM_LOAD) {
			for (i = 1; i < item.len; i += 2)
				audit_load(walk, theirs + at + i, seen);
		} else if (item.kind == ITEM_STATE) {
			see(seen, walk->image,
			    find_key(walk->image, state_key(theirs[at])));
		} else if (item.kind != ITEM_UNKNOWN_STATE ||
			   !take_unknown(walk, theirs + at, item.len, seen)) {
			break;
		}
	}
	*ret_end = at;
	return item.kind == ITEM_END;
}

static bool has_all(const struct xengt_image *image, const struct seen *seen)
{
	return image->is_whole && seen->count == image->n_keys &&
	       image->n_keys < XENGT_IMAGE_KEYS_MAX;
}

/*
 * Put the template's stream before the guest's dwords [image->first, end). If
 * there is no room, or the template has no END, use only the template's dwords
 * and return false.
 */
static bool put_behind(const struct xengt_image *image, uint32_t *theirs,
		       uint32_t end)
{
	uint32_t n = end - image->first;

	if (!image->is_whole || n >= image->count - image->end) {
		memcpy(theirs + image->first, image->dw + image->first,
		       4ul * (image->count - image->first));
		return false;
	}
	memmove(theirs + image->end, theirs + image->first, 4ul * n);
	memcpy(theirs + image->first, image->dw + image->first,
	       4ul * (image->end - image->first));
	theirs[image->end + n] = XENGT_MI_BATCH_END;
	return true;
}

enum xengt_image_fit xengt_image_merge(const struct xengt_image *image,
				       const struct xengt_audit *audit,
				       uint32_t *theirs)
{
	struct walk walk = make_walk(image, audit);
	struct seen seen = { .count = 0 };
	uint32_t end;
	bool is_whole;

	if (merge_same(&walk, theirs))
		return XENGT_IMAGE_SAME;
	is_whole = audit_stream(&walk, theirs, &seen, &end);
#ifdef XENGT_FAULT_IMAGE_LOADS_NOTHING
	return XENGT_IMAGE_OTHER;
#endif
	if (is_whole && has_all(image, &seen))
		return XENGT_IMAGE_OTHER;
	if (!put_behind(image, theirs, end))
		return XENGT_IMAGE_CUT;
	return is_whole ? XENGT_IMAGE_BEHIND : XENGT_IMAGE_CUT;
}

void xengt_image_clear(const struct xengt_image *image,
		       const struct xengt_audit *audit, uint32_t *dw,
		       uint32_t reg, uint32_t bits)
{
	struct walk walk = make_walk(image, audit);
	uint32_t at = image->first, i;
	struct item item;

	for (;; at += item.len) {
		item = item_at(&walk, dw, at);
		if (item.kind == ITEM_END || item.kind == ITEM_BAD)
			return;
		for (i = 1; item.kind == ITEM_LOAD && i < item.len; i += 2) {
			if (dw[at + i] == reg)
				dw[at + i + 1] &= ~bits;
		}
	}
}
