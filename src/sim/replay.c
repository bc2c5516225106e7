// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replays recordings: repeats all calls and compares the results. record.h has
 * the format.
 *
 * Time is virtual and is replayed, too, so a difference means that the
 * simulator has changed. Reads of clocks and scanlines are not compared,
 * because their results differ as soon as any step of the simulator takes
 * another time than before.
 */
#include "sim/rec.h"
#include "sim/record.h"
#include "sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IN_BYTES	4096U
#define MSIS_MAX	64U

/*
 * Bytes that one access of the next call must find in memory (a record MEMORY).
 * at: the index of this access among the accesses of the call.
 */
struct patch {
	uint64_t at;
	uint64_t bus;
	uint32_t len;			/* number of bytes; 0: the access finds
					 * no memory */
	uint32_t first;			/* index in bytes[] of the first byte */
};

struct msi {
	uint64_t addr;
	uint64_t data;
};

struct replay {
	const struct xengt_sim_replay *ops;
	struct xengt_sim_rec_result *result;
	struct xengt_sim *sim;

	uint8_t in[IN_BYTES];
	size_t at, end;
	int error;

	struct rec_memory memory;
	struct rec_call last;
	int64_t stride;
	uint64_t last_off[3];

	/* contents of the records MEMORY for the next call */
	struct patch *patches;
	unsigned int n_patches, next_patch;
	uint8_t *bytes;
	uint32_t n_bytes;
	struct msi msis[MSIS_MAX];
	unsigned int n_msis, next_msi;
	uint64_t n_dma;
};

/* --- input ------------------------------------------------------------------- */

static uint8_t get_byte(struct replay *p)
{
	long n;

	if (p->error)
		return 0;
	if (p->at == p->end) {
		n = p->ops->read(p->ops->opaque, p->in, IN_BYTES);
		if (n <= 0 || n > (long)IN_BYTES) {
			p->error = n < 0 ? (int)n : -EINVAL;
			return 0;
		}
		p->at = 0;
		p->end = (size_t)n;
	}
	return p->in[p->at++];
}

static uint64_t get_number(struct replay *p)
{
	uint64_t val = 0;
	uint8_t b;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		b = get_byte(p);
		val |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return val;
	}
	p->error = p->error ? p->error : -EINVAL;
	return 0;
}

static int64_t get_signed(struct replay *p)
{
	uint64_t val = get_number(p);

	return (int64_t)(val >> 1 ^ (0 - (val & 1)));
}

static void note(struct replay *p, uint64_t val)
{
	uint64_t *sum = &p->result->sum;

	*sum = (*sum ^ val) * 0x100000001b3ULL + (*sum >> 47);
}

/* --- the machine ------------------------------------------------------------- */

static void apply(struct replay *p, const struct patch *k)
{
	uint8_t *page = sim_rec_page(&p->memory, k->bus);

	if (!page) {
		p->error = p->error ? p->error : -ENOMEM;
		return;
	}
	memcpy(page + k->bus % XENGT_SIM_PAGE_BYTES, p->bytes + k->first,
	       k->len);
}

/*
 * Call this function before each access of memory. Returns false if there is no
 * memory at this address.
 */
static bool memory_is_there(struct replay *p)
{
	uint64_t now = p->n_dma++;

	while (p->next_patch < p->n_patches &&
	       p->patches[p->next_patch].at <= now) {
		const struct patch *k = &p->patches[p->next_patch++];

		if (!k->len)
			return false;
		apply(p, k);
	}
	return true;
}

static int dma_read(void *opaque, uint64_t bus, void *buf, size_t len)
{
	struct replay *p = opaque;
	const uint8_t *page;

	if (!memory_is_there(p))
		return -EFAULT;
	page = sim_rec_page(&p->memory, bus);
	if (!page)
		return -EFAULT;
	memcpy(buf, page + bus % XENGT_SIM_PAGE_BYTES, len);
	return 0;
}

static int dma_write(void *opaque, uint64_t bus, const void *buf, size_t len)
{
	struct replay *p = opaque;
	uint8_t *page;

	if (!memory_is_there(p))
		return -EFAULT;
	page = sim_rec_page(&p->memory, bus);
	if (!page)
		return -EFAULT;
	memcpy(page + bus % XENGT_SIM_PAGE_BYTES, buf, len);
	return 0;
}

static void take_msi(void *opaque, uint64_t addr, uint32_t data)
{
	struct replay *p = opaque;
	const struct msi *want = &p->msis[p->next_msi];

	p->result->msis++;
	note(p, addr ^ data);
	if (p->next_msi == p->n_msis || want->addr != addr ||
	    want->data != data)
		p->result->differences++;
	else
		p->next_msi++;
}

/* --- calls ------------------------------------------------------------------- */

/*
 * Returns true if a call reads a register whose value is a time. The table has
 * first and last offsets in BAR0.
 */
static bool is_clock(const struct rec_call *c)
{
	static const struct { uint32_t first, last; } clocks[] = {
		{ 0x2358, 0x235c }, { 0x12358, 0x1235c }, { 0x1a358, 0x1a35c },
		{ 0x22358, 0x2235c },			/* timestamp registers */
		{ 0x23a8, 0x23a8 }, { 0x123a8, 0x123a8 },
		{ 0x1a3a8, 0x1a3a8 }, { 0x223a8, 0x223a8 },	/* clocks of contexts */
		{ 0x70000, 0x70000 }, { 0x71000, 0x71000 },
		{ 0x72000, 0x72000 },			/* each pipe's current line */
		{ 0x70040, 0x70044 }, { 0x71040, 0x71044 },
		{ 0x72040, 0x72044 },			/* each pipe's frame counter */
		{ 0x44070, 0x44070 },			/* IVB_TIMESTAMP_CTR */
	};

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++)
		if (c->kind == REC_BAR0_READ && c->a >= clocks[i].first &&
		    c->a <= clocks[i].last)
			return true;
	return false;
}

static void compare(struct replay *p, const struct rec_call *c, uint64_t got)
{
	const struct xengt_sim_rec_diff diff = {
		.call = p->result->calls, .off = c->a, .size = c->size,
		.bar = c->kind == REC_CFG_READ ? -1 :
			c->kind == REC_BAR0_READ ? 0 : 2,
		.recorded = c->b, .got = got,
	};

	note(p, got);
	if (is_clock(c))
		return;
	p->result->reads++;
	if (got == c->b)
		return;
	p->result->differences++;
	if (p->ops->differs)
		p->ops->differs(p->ops->opaque, &diff);
}

static void access(struct replay *p, const struct rec_call *c)
{
	unsigned int bar = rec_space(c->kind) == 2 ? 2 : 0;

	switch (c->kind) {
	case REC_CFG_READ:
		compare(p, c, xengt_sim_cfg_read(p->sim, (uint32_t)c->a,
						 c->size));
		break;
	case REC_CFG_WRITE:
		xengt_sim_cfg_write(p->sim, (uint32_t)c->a, c->size,
				    (uint32_t)c->b);
		break;
	case REC_BAR0_READ:
	case REC_BAR2_READ:
		compare(p, c, xengt_sim_bar_read(p->sim, bar, c->a, c->size));
		break;
	default:
		xengt_sim_bar_write(p->sim, bar, c->a, c->size, c->b);
		break;
	}
}

static void run_call(struct replay *p, const struct rec_call *c)
{
	p->n_dma = 0;
	p->next_patch = 0;
	p->next_msi = 0;
	switch (c->kind) {
	case REC_IDLE:
		(void)xengt_sim_idle(p->sim);
		break;
	case REC_RUN:
		(void)xengt_sim_run(p->sim);
		break;
	case REC_RESET:
		xengt_sim_reset(p->sim);
		break;
	case REC_ADVANCE:
		xengt_sim_advance(p->sim, c->a);
		break;
	case REC_MONITOR:
		(void)xengt_sim_set_monitor(p->sim, (unsigned int)c->a, c->b);
		break;
	case REC_IRQ:
		xengt_sim_raise_irq(p->sim, (enum xengt_sim_irq_bank)c->a,
				    (uint32_t)c->b);
		break;
	default:
		access(p, c);
		break;
	}
	p->result->calls++;
	p->result->differences += p->n_msis - p->next_msi;
	p->n_patches = 0;
	p->n_bytes = 0;
	p->n_msis = 0;
}

/* --- records ----------------------------------------------------------------- */

static void get_memory(struct replay *p)
{
	struct patch k;
	uint64_t len;

	k.at = get_number(p);
	k.bus = get_number(p);
	len = get_number(p);
	if (p->error || p->n_patches == XENGT_SIM_REC_PIECES_MAX ||
	    len > XENGT_SIM_PAGE_BYTES - k.bus % XENGT_SIM_PAGE_BYTES ||
	    len > XENGT_SIM_REC_BYTES_MAX - p->n_bytes) {
		p->error = p->error ? p->error : -EINVAL;
		return;
	}
	k.len = (uint32_t)len;
	k.first = p->n_bytes;
	for (uint32_t i = 0; i < k.len; i++)
		p->bytes[p->n_bytes++] = get_byte(p);
	p->patches[p->n_patches++] = k;
}

static void get_msi(struct replay *p)
{
	struct msi m;

	m.addr = get_number(p);
	m.data = get_number(p);
	if (p->n_msis == MSIS_MAX)
		p->error = p->error ? p->error : -EINVAL;
	else
		p->msis[p->n_msis++] = m;
}

static void get_access(struct replay *p, struct rec_call *c)
{
	uint64_t *last = &p->last_off[rec_space(c->kind)];

	p->stride = get_signed(p);
	c->a = *last + (uint64_t)p->stride;
	c->b = get_number(p);
	*last = c->a;
	p->last = *c;
}

static void repeat(struct replay *p)
{
	uint64_t n = get_number(p);

	if (!rec_is_access(p->last.kind) || n > XENGT_SIM_REC_REPEAT_MAX) {
		p->error = p->error ? p->error : -EINVAL;
		return;
	}
	for (; n && !p->error; n--) {
		p->last.a += (uint64_t)p->stride;
		p->last_off[rec_space(p->last.kind)] = p->last.a;
		run_call(p, &p->last);
	}
}

/*
 * Read one record, and carry it out. Returns false at the end of the recording,
 * or after an error.
 */
static bool one_record(struct replay *p)
{
	uint8_t tag = get_byte(p);
	struct rec_call c = { (enum rec_kind)(tag & 15), tag >> 4, 0, 0 };

	if (p->error)
		return false;
	switch (c.kind) {
	case REC_END:
		if (get_number(p) != p->result->calls)
			p->error = p->error ? p->error : -EINVAL;
		return false;
	case REC_MEMORY:
		get_memory(p);
		return true;
	case REC_MSI:
		get_msi(p);
		return true;
	case REC_REPEAT:
		repeat(p);
		return true;
	case REC_ADVANCE:
		c.a = get_number(p);
		break;
	case REC_MONITOR:
	case REC_IRQ:
		c.a = get_number(p);
		c.b = get_number(p);
		break;
	case REC_IDLE:
	case REC_RUN:
	case REC_RESET:
		break;
	default:
		get_access(p, &c);
		break;
	}
	if (!p->error)
		run_call(p, &c);
	return !p->error;
}

static int start(struct replay *p)
{
	static const struct xengt_sim_ops ops = {
		.dma_read = dma_read, .dma_write = dma_write, .msi = take_msi,
	};
	struct xengt_sim_config config = { .ops = &ops, .opaque = p };
	char magic[REC_MAGIC_BYTES], name[REC_NAME_MAX + 1] = "";
	uint64_t len;

	for (unsigned int i = 0; i < REC_MAGIC_BYTES; i++)
		magic[i] = (char)get_byte(p);
	if (memcmp(magic, REC_MAGIC, REC_MAGIC_BYTES) ||
	    get_number(p) != XENGT_SIM_REC_VERSION)
		return p->error ? p->error : -EINVAL;
	len = get_number(p);
	if (len > REC_NAME_MAX)
		return -EINVAL;
	for (uint64_t i = 0; i < len; i++)
		name[i] = (char)get_byte(p);
	config.gtt_mib = (unsigned int)get_number(p);
	config.no_tlb = get_number(p) & 1;
	config.platform = xengt_sim_platform_find(name);
	if (p->error || !config.platform || config.gtt_mib > 8 ||
	    config.gtt_mib == 1 || (config.gtt_mib & (config.gtt_mib - 1)))
		return p->error ? p->error : -EINVAL;
	p->sim = xengt_sim_create(&config);
	return p->sim ? 0 : -ENOMEM;
}

int xengt_sim_replay(const struct xengt_sim_replay *ops,
		     struct xengt_sim_rec_result *ret_result)
{
	struct replay *p = calloc(1, sizeof(*p));
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	if (!p)
		return -ENOMEM;
	p->ops = ops;
	p->result = ret_result;
	p->patches = calloc(XENGT_SIM_REC_PIECES_MAX, sizeof(*p->patches));
	p->bytes = malloc(XENGT_SIM_REC_BYTES_MAX);
	r = p->patches && p->bytes ? start(p) : -ENOMEM;
	if (!r) {
		while (one_record(p))
			;
		r = p->error;
		ret_result->ns = xengt_sim_time(p->sim);
		note(p, ret_result->ns);
	}
	xengt_sim_destroy(p->sim);
	sim_rec_memory_fini(&p->memory);
	free(p->patches);
	free(p->bytes);
	free(p);
	return r;
}
