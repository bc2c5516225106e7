/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Merges random images of guests with the template, and checks the promise of image.h with a walk
 * of the test's own: the result loads only registers that the template loads, with values that
 * the tables allow, and it loads all that the template loads. The images are those of an honest
 * guest, which changes only values, and those of a hostile guest, which also changes commands,
 * registers and lengths, and moves parts of the stream.
 */
#include "boundary_world.h"
#include "boundary/audit_priv.h"
#include "random_sessions.h"

#define SEED		UINT64_C(4711)
#define SESSIONS	1500u
#define DWORDS_MAX	(XENGT_IMAGE_PAGES_MAX * 1024u)
#define OPCODE_MASK	0xff800000u
#define BATCH_END	0x05000000u

static struct world *w;
static const struct xengt_image *t;
static struct xengt_audit audit;
static uint32_t where, base, theirs[DWORDS_MAX], before[DWORDS_MAX];
static bool seen[XENGT_IMAGE_KEYS_MAX];

static uint32_t any_dword(void)
{
	switch (draw(4)) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return 1u << draw(32);
	default:
		return draw(1u << 16) << 16 | draw(1u << 16);
	}
}

/* Returns the index of a key in the template's index, or n_keys. */
static uint32_t key_of(uint32_t key)
{
	uint32_t i = 0;

	while (i < t->n_keys && t->keys[i].key != key)
		i++;
	return i;
}

/* ---- the guest's image ---- */

/* The image of an honest guest: the template's commands, with other values of registers. */
static void make_honest(void)
{
	memcpy(theirs, t->dw, 4 * t->count);
	for (uint32_t i = 0; i < t->n_keys; i++)
		if (!(t->keys[i].key & XENGT_IMAGE_STATE) && !one_in(3))
			theirs[t->keys[i].at] = any_dword();
	for (uint32_t i = t->end + 1; i < t->count; i += 1 + draw(200))
		theirs[i] = any_dword();
}

static uint32_t any_register(void)
{
	static const uint32_t hostile[] = {
		RCS + XENGT_RING_ELSP, RCS + XENGT_RING_HWS_PGA, XENGT_GDRST, XENGT_L3SQCREG4,
		RCS + XENGT_RING_NONPRIV, RCS + XENGT_RING_CSB_PTR,
	};

	if (one_in(2))
		return hostile[draw(sizeof(hostile) / sizeof(hostile[0]))];
	return one_in(2) ? t->keys[draw(t->n_keys)].key : draw(0x8000) & ~3u;
}

/* Change one thing of the stream. */
static void spoil(void)
{
	uint32_t at = t->first + draw(t->end - t->first), n = 1 + draw(40);

	switch (draw(5)) {
	case 0:
		theirs[t->keys[draw(t->n_keys)].at - 1] = any_register();
		break;
	case 1:
		theirs[at] = one_in(3) ? BATCH_END : any_dword();
		break;
	case 2:
		theirs[at] = XENGT_MI_LRI_OF(1 + draw(20)) ^ one_in(8);
		break;
	case 3:
		memmove(theirs + at, theirs + at + n, 4 * (t->count - at - n));
		break;
	default:
		memmove(theirs + at + n, theirs + at, 4 * (t->count - at - n));
		memset(theirs + at, 0, 4 * n);
		break;
	}
}

/* ---- the result ---- */

/* The value that the hardware may load, of a register that the template loads. */
static uint32_t allowed(uint32_t reg, uint32_t val, uint32_t mine)
{
	const struct xengt_audit_reg_row *row = xengt_audit_find_reg(where, base, reg);
	uint32_t allowed_bits, low;

	if (!row || !(row->writes & IN_IMAGE))
		return mine;
	allowed_bits = ~(uint32_t)row->deny;
	if (!row->is_masked)
		return (val & allowed_bits) | (mine & row->deny);
	/* each bit is the guest's if its mask bit is set and it is not denied */
	low = 0;
	for (uint32_t bit = 1; bit < 0x10000; bit <<= 1)
		low |= (val >> 16 & bit & allowed_bits ? val : mine) & bit;
	return (mine & 0xffff0000u) | low;
}

static void check_value(uint32_t reg, uint32_t val, uint32_t mine)
{
	const struct xengt_audit_reg_row *row = xengt_audit_find_reg(where, base, reg);

	if (!row || !(row->writes & IN_IMAGE)) {
		assert_int_equal(val, mine);
		return;
	}
	assert_int_equal(val & row->deny, mine & row->deny);
	/* the load of a masked register sets all its bits */
	if (row->is_masked)
		assert_int_equal(val >> 16, mine >> 16);
}

static uint32_t check_load(uint32_t at)
{
	uint32_t len = (theirs[at] & 0xff) + 2;

	assert_int_equal(len % 2, 1);
	for (uint32_t i = at + 1; i < at + len; i += 2) {
		uint32_t k = key_of(theirs[i]);

		if (k == t->n_keys) {
			assert_int_equal(theirs[i], base + XENGT_AUDIT_NOPID);
			continue;
		}
		seen[k] = true;
		check_value(theirs[i], theirs[i + 1], t->dw[t->keys[k].at]);
	}
	return len;
}

/* A state command has a row that allows it in images, or all its dwords are the template's. */
static uint32_t check_state(uint32_t at)
{
	const struct xengt_audit_cmd *row = xengt_audit_find(where, theirs[at]);
	uint32_t k = key_of(XENGT_IMAGE_STATE | theirs[at] >> XENGT_AUDIT_PIPE_SHIFT), len;

	assert_int_equal(XENGT_AUDIT_CLIENT(theirs[at]), XENGT_AUDIT_CLIENT_PIPE);
	if (k < t->n_keys)
		seen[k] = true;
	if (row && !(where & ~row->where) && !(theirs[at] & row->mbz)) {
		len = xengt_audit_len(row, theirs[at]);
		if (xengt_audit_len_ok(row, len))
			return len;
	}
	len = (theirs[at] & 0xff) + 2;
	assert_true(k < t->n_keys);
	assert_memory_equal(theirs + at, t->dw + t->keys[k].at, 4 * len);
	return len;
}

/* Walk along the merged stream as the hardware would load it. Returns the index of its END. */
static uint32_t check_result(void)
{
	uint32_t at = t->first, len;

	memset(seen, 0, sizeof(seen));
	for (;; at += len) {
		len = 1;
		assert_true(at < t->count);
		if (theirs[at] == BATCH_END)
			break;
		if ((theirs[at] & OPCODE_MASK) == XENGT_MI_LRI)
			len = check_load(at);
		else if (theirs[at])
			len = check_state(at);
	}
	for (uint32_t i = 0; i < t->n_keys; i++)
		assert_true(seen[i]);
	return at;
}

/* Bits of a register are cleared wherever the image loads the register, and nowhere else. */
static void check_clear(void)
{
	uint32_t reg = t->keys[draw(t->n_keys)].key, bits = any_dword(), len;

	memcpy(before, theirs, sizeof(before));
	for (uint32_t at = t->first; before[at] != BATCH_END; at += len) {
		len = 1;
		if ((before[at] & OPCODE_MASK) == XENGT_MI_LRI) {
			len = (before[at] & 0xff) + 2;
			for (uint32_t i = at + 1; i < at + len; i += 2)
				if (before[i] == reg)
					before[i + 1] &= ~bits;
		} else if (before[at]) {
			len = check_state(at);
		}
	}
	xengt_image_clear(t, &audit, theirs, reg, bits);
	assert_memory_equal(theirs, before, 4 * t->count);
}

/* An honest guest's image keeps each dword that the tables allow. */
static void check_honest(void)
{
	for (uint32_t i = 0; i < t->n_keys; i++) {
		uint32_t key = t->keys[i].key, at = t->keys[i].at;

		if (!(key & XENGT_IMAGE_STATE))
			before[at] = allowed(key, before[at], t->dw[at]);
	}
	assert_memory_equal(theirs, before, 4 * t->count);
}

static void session(void)
{
	uint32_t spoilt = one_in(4) ? 0 : 1 + draw(3);
	enum xengt_image_fit fit;
	uint32_t end;

	make_honest();
	for (uint32_t i = 0; i < spoilt; i++)
		spoil();
	memcpy(before, theirs, sizeof(before));
	fit = xengt_image_merge(t, &audit, theirs);
	/* the dwords before the engine's part are not the stream's */
	assert_memory_equal(theirs, before, 4 * t->first);
	if (!spoilt) {
		assert_int_equal(fit, XENGT_IMAGE_SAME);
		check_honest();
	}
	if (fit == XENGT_IMAGE_BEHIND || fit == XENGT_IMAGE_CUT)
		assert_memory_equal(theirs + t->first, t->dw + t->first,
				    4 * (t->end - t->first));
	end = check_result();
	/* the raw data behind the stream are the guest's, or all dwords are the template's */
	if (fit != XENGT_IMAGE_CUT || memcmp(theirs + t->first, t->dw + t->first,
					     4 * (t->count - t->first)))
		assert_memory_equal(theirs + end + 1, before + end + 1,
				    4 * (t->count - end - 1));
	check_clear();
}

static void sessions_on(enum xengt_platform_id platform)
{
	w = world_create(platform, 1);
	t = xengt_template(&w->sched, XENGT_ENGINE_RCS, false);
	assert_true(t->is_whole && t->count <= DWORDS_MAX);
	audit = (struct xengt_audit){ .platform = w->hw.platform, .engine = XENGT_ENGINE_RCS };
	where = xengt_audit_hardware(&audit) | xengt_audit_kind_bit(XENGT_AUDIT_IMAGE);
	base = xengt_audit_base(&audit);
	sessions_begin(SEED);
	for (uint32_t i = 0; i < SESSIONS; i++) {
		session_begins();
		session();
	}
	world_destroy(w);
}

int main(void)
{
	return sessions_main(sessions_on);
}
