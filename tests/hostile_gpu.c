// SPDX-License-Identifier: GPL-2.0-only
/* See hostile_gpu.h. */
#include "hostile_gpu.h"

#define PVINFO_LOW	(EVIL_PVINFO + 0x40)
#define PVINFO_PDP	(EVIL_PVINFO + 0x838)
#define PVINFO_NOTIFY	(EVIL_PVINFO + 0x818)
#define ROOT64_COMES	4u
#define MAGIC_LOW	0x76544776u
#define DESC_VALID_64	0x119u		/* valid, four levels, privileged */

const uint32_t evil_bases[EVIL_ENGINES] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

static const char *const names[EVIL_ENGINES] = { "RCS", "VCS", "VECS", "BCS" };

/* ---- access ---- */

static uint32_t rd(struct evil *e, uint32_t off)
{
	return e->ops->rd(e->ctx, off);
}

static void wr(struct evil *e, uint32_t off, uint32_t val)
{
	e->ops->wr(e->ctx, off, val);
}

uint32_t evil_at(const struct evil *e, uint32_t page)
{
	return e->low + page * EVIL_PAGE;
}

uint32_t evil_reg(struct evil *e, uint32_t engine, uint32_t reg)
{
	return rd(e, evil_bases[engine] + reg);
}

void evil_set_reg(struct evil *e, uint32_t engine, uint32_t reg, uint32_t val)
{
	wr(e, evil_bases[engine] + reg, val);
}

uint32_t evil_get(struct evil *e, uint32_t page, uint32_t dword)
{
	return e->ops->get(e->ctx, page, dword);
}

void evil_put(struct evil *e, uint32_t page, uint32_t dword, uint32_t val)
{
	e->ops->put(e->ctx, page, dword, val);
}

uint32_t evil_data(struct evil *e, uint32_t dword)
{
	return evil_get(e, EVIL_DATA, dword);
}

void evil_pte(struct evil *e, uint32_t index, uint64_t entry)
{
	e->ops->wr64(e->ctx, EVIL_GGTT + 8 * index, entry);
}

uint32_t evil_random(struct evil *e, uint32_t below)
{
	e->seed = e->seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(e->seed >> 33) % below;
}

/* ---- begin ---- */

static void table_entry(struct evil *e, uint32_t table, uint32_t i, uint32_t page)
{
	e->ops->put64(e->ctx, table, i,
		      (e->gpa + (uint64_t)page * EVIL_PAGE) | 3);
}

static void make_space(struct evil *e)
{
	uint64_t root = e->gpa + (uint64_t)EVIL_PML4 * EVIL_PAGE;

	for (uint32_t level = 0; level < 3; level++)
		table_entry(e, EVIL_PML4 + level, 0, EVIL_PML4 + level + 1);
	table_entry(e, EVIL_PML4 + 3, EVIL_VA_BATCH / EVIL_PAGE, EVIL_BATCH);
	table_entry(e, EVIL_PML4 + 3, EVIL_VA_PRIVATE / EVIL_PAGE, EVIL_PRIVATE);
	wr(e, PVINFO_PDP, (uint32_t)root);
	wr(e, PVINFO_PDP + 4, (uint32_t)(root >> 32));
	wr(e, PVINFO_NOTIFY, ROOT64_COMES);
}

bool evil_begin(struct evil *e)
{
	e->is_gone = false;
	if (rd(e, EVIL_PVINFO) != MAGIC_LOW)
		return false;
	e->low = rd(e, PVINFO_LOW);
	e->low_end = e->low + rd(e, PVINFO_LOW + 4);
	e->high = rd(e, PVINFO_LOW + 8);
	e->high_end = e->high + rd(e, PVINFO_LOW + 12);
	e->fences = rd(e, PVINFO_LOW + 16);
	for (uint32_t i = 0; i < EVIL_PAGES; i++)
		evil_pte(e, e->low / EVIL_PAGE + i,
			 (e->gpa + (uint64_t)i * EVIL_PAGE) | 1);
	wr(e, EVIL_FLUSH, 1);
	make_space(e);
	return true;
}

/* ---- contexts ---- */

void evil_context(struct evil *e, uint32_t engine)
{
	const uint64_t root = e->gpa + (uint64_t)EVIL_PML4 * EVIL_PAGE;
	const uint32_t state = EVIL_STATE(engine);

	for (uint32_t i = 0; i < EVIL_ST_ENGINE; i++)
		evil_put(e, state, i, 0);
	evil_put(e, state, EVIL_ST_CTRL, 0x00090009);	/* no state to load yet */
	evil_put(e, state, EVIL_ST_START, evil_at(e, EVIL_RING(engine)));
	evil_put(e, state, EVIL_ST_CTL, (EVIL_RING_BYTES - EVIL_PAGE) | 1);
	evil_put(e, state, EVIL_ST_PDP0_UDW, (uint32_t)(root >> 32));
	evil_put(e, state, EVIL_ST_PDP0, (uint32_t)root);
	evil_put(e, state, EVIL_ST_ENGINE + 1, EVIL_BATCH_END);
	e->engine[engine].tail = 0;
	e->engine[engine].slot = 5;
	e->engine[engine].desc = (uint64_t)(engine + 1) << 32 | DESC_VALID_64 |
		evil_at(e, EVIL_IMAGE(engine));
	evil_put(e, EVIL_STATUS(engine), 0x1f, 5);
	evil_set_reg(e, engine, EVIL_R_MODE, 0x80008000);
	evil_set_reg(e, engine, EVIL_R_MI_MODE, 0x01000000);
	evil_set_reg(e, engine, EVIL_R_HWS_PGA, evil_at(e, EVIL_STATUS(engine)));
	evil_set_reg(e, engine, EVIL_R_CSB_PTR, 0xffff0505);
}

void evil_emit(struct evil *e, uint32_t engine, const uint32_t *dw, uint32_t n)
{
	uint32_t *tail = &e->engine[engine].tail;

	for (uint32_t i = 0; i < n; i++) {
		evil_put(e, EVIL_RING(engine) + *tail / EVIL_PAGE,
			 *tail % EVIL_PAGE / 4, dw[i]);
		*tail = (*tail + 4) % EVIL_RING_BYTES;
	}
}

void evil_emit_mark(struct evil *e, uint32_t engine, uint32_t mark)
{
	const uint32_t dw[] = {
		EVIL_STORE_GGTT, evil_at(e, EVIL_DATA) + 4 * mark, 0, 1,
	};

	evil_emit(e, engine, dw, 4);
}

void evil_elsp(struct evil *e, uint32_t engine, uint64_t first, uint64_t second)
{
	evil_set_reg(e, engine, EVIL_R_ELSP, (uint32_t)(second >> 32));
	evil_set_reg(e, engine, EVIL_R_ELSP, (uint32_t)second);
	evil_set_reg(e, engine, EVIL_R_ELSP, (uint32_t)(first >> 32));
	evil_set_reg(e, engine, EVIL_R_ELSP, (uint32_t)first);
}

void evil_submit(struct evil *e, uint32_t engine)
{
	const uint32_t noop = EVIL_NOOP;

	if (e->engine[engine].tail % 8)
		evil_emit(e, engine, &noop, 1);
	evil_put(e, EVIL_STATE(engine), EVIL_ST_TAIL, e->engine[engine].tail);
	evil_elsp(e, engine, e->engine[engine].desc, 0);
}

/* ---- waits ---- */

/* Lets the GPU work for a moment. Returns false if the caller must stop waiting. */
static bool goes_on(struct evil *e, uint32_t *waited)
{
	if (++*waited > e->patience)
		return false;
	/* a read of the device is an exit, so read it only in every 64th call */
	if (*waited % 64 == 0 && rd(e, EVIL_PVINFO) != MAGIC_LOW)
		e->is_gone = true;
	if (!e->is_gone)
		e->ops->pause(e->ctx);
	return !e->is_gone;
}

bool evil_is_done(struct evil *e, uint32_t engine)
{
	const uint32_t page = EVIL_STATUS(engine);
	uint32_t *slot = &e->engine[engine].slot;
	bool is_done = false;

	/* the status page may have any content, so read at most six events */
	for (int i = 0; i < 6; i++) {
		if (*slot == (evil_get(e, page, 0x1f) & 7))
			break;
		*slot = (*slot + 1) % 6;
		if (evil_get(e, page, 0x10 + 2 * *slot) & 0x10)
			is_done = true;
	}
	return is_done;
}

bool evil_wait_mark(struct evil *e, uint32_t mark)
{
	uint32_t waited = 0;

	while (evil_data(e, mark) != 1)
		if (!goes_on(e, &waited))
			return false;
	return true;
}

bool evil_wait_done(struct evil *e, uint32_t engine)
{
	uint32_t waited = 0;

	while (!evil_is_done(e, engine))
		if (!goes_on(e, &waited))
			return false;
	return true;
}

bool evil_wait_ended(struct evil *e, uint32_t engine)
{
	uint32_t waited = 0, at;

	do {
		/* each read of ACTHD is an exit, so wait four times before each pair of reads */
		for (int i = 0; i < 4; i++)
			if (!goes_on(e, &waited))
				return false;
		at = evil_reg(e, engine, EVIL_R_ACTHD);
	} while (at != evil_reg(e, engine, EVIL_R_ACTHD));
	return true;
}

bool evil_witness(struct evil *e, uint32_t engine)
{
	const uint32_t other = engine == EVIL_RCS ? EVIL_VCS : EVIL_RCS;

	evil_put(e, EVIL_DATA, EVIL_WITNESS, 0);
	evil_context(e, other);
	evil_emit_mark(e, other, EVIL_WITNESS);
	evil_submit(e, other);
	return evil_wait_mark(e, EVIL_WITNESS) && evil_wait_done(e, other);
}

bool evil_reset(struct evil *e, uint32_t engine)
{
	static const uint32_t domains[EVIL_ENGINES] = { 0x02, 0x04, 0x10, 0x08 };
	uint32_t waited = 0;

	evil_set_reg(e, engine, EVIL_R_RESET_CTL, 0x00010001);
	while (!(evil_reg(e, engine, EVIL_R_RESET_CTL) & 2))
		if (!goes_on(e, &waited))
			return false;
	wr(e, EVIL_GDRST, domains[engine]);
	while (rd(e, EVIL_GDRST) & domains[engine])
		if (!goes_on(e, &waited))
			return false;
	evil_set_reg(e, engine, EVIL_R_RESET_CTL, 0x00010000);
	return !e->is_gone;
}

/* ---- output ---- */

uint32_t evil_add(char *line, uint32_t at, const char *text)
{
	while (*text && at < EVIL_LINE - 1)
		line[at++] = *text++;
	line[at] = 0;
	return at;
}

uint32_t evil_add_number(char *line, uint32_t at, uint64_t val)
{
	char digits[24];
	uint32_t n = sizeof(digits) - 1;

	digits[n] = 0;
	do {
		digits[--n] = (char)('0' + val % 10);
		val /= 10;
	} while (val);
	return evil_add(line, at, digits + n);
}

void evil_tell(struct evil *e, const char *what, const char *name,
	       uint32_t engine, const char *why)
{
	char line[EVIL_LINE];
	uint32_t at = evil_add(line, 0, what);

	at = evil_add(line, at, " ");
	at = evil_add(line, at, name);
	at = evil_add(line, at, " on ");
	at = evil_add(line, at, names[engine]);
	if (*why) {
		at = evil_add(line, at, ": ");
		evil_add(line, at, why);
	}
	e->ops->say(e->ctx, line);
}
