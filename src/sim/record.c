// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes recordings. record.h describes the format.
 *
 * The recorder keeps a copy of the memory that a replay will know from earlier
 * records and from writes of the GPU. When a read returns other bytes than this
 * copy has, the recorder records these bytes. So, while a recording is made,
 * all accesses of memory must call sim_dma().
 */
#include "sim/record.h"
#include "sim/rec.h"
#include "sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS		(2 * XENGT_SIM_REC_PAGES_MAX)
#define OUT_BYTES	4096U

struct sim_rec {
	xengt_sim_rec_write_fn *write;
	void *opaque;
	int error;			/* the first error */
	uint8_t out[OUT_BYTES];
	size_t n_out;

	struct rec_memory memory;
	uint64_t n_dma;			/* number of accesses of memory in the
					 * present call */
	unsigned int n_pieces;
	size_t n_bytes;
	uint64_t calls;
	uint64_t last_off[3];
	bool is_plain;			/* the present call needed no record
					 * MEMORY or MSI */

	struct rec_call last;		/* the last access, which the next
					 * accesses may repeat */
	int64_t stride;
	uint64_t repeats;
};

/* --- memory ------------------------------------------------------------------ */

uint8_t *sim_rec_page(struct rec_memory *m, uint64_t bus)
{
	uint64_t frame = bus / XENGT_SIM_PAGE_BYTES;
	size_t i = (size_t)(frame * 0x9e3779b97f4a7c15ULL >> 40) % SLOTS;
	struct rec_page *p;

	if (!m->slots)
		m->slots = calloc(SLOTS, sizeof(*m->slots));
	if (!m->slots)
		return NULL;
	for (; m->slots[i]; i = (i + 1) % SLOTS)
		if (m->slots[i]->frame == frame)
			return m->slots[i]->data;
	if (m->n == XENGT_SIM_REC_PAGES_MAX)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->frame = frame;
	m->slots[i] = p;
	m->n++;
	return p->data;
}

void sim_rec_memory_fini(struct rec_memory *m)
{
	for (size_t i = 0; m->slots && i < SLOTS; i++)
		free(m->slots[i]);
	free(m->slots);
	memset(m, 0, sizeof(*m));
}

/* --- output ------------------------------------------------------------------ */

static void flush(struct sim_rec *r)
{
	if (!r->error && r->n_out)
		r->error = r->write(r->opaque, r->out, r->n_out);
	r->n_out = 0;
}

static void put(struct sim_rec *r, const void *buf, size_t len)
{
	const uint8_t *p = buf;

	for (; len; len--) {
		if (r->n_out == OUT_BYTES)
			flush(r);
		r->out[r->n_out++] = *p++;
	}
}

static void put_tag(struct sim_rec *r, enum rec_kind kind, unsigned int size)
{
	uint8_t tag = (uint8_t)((size & 15) << 4 | (unsigned int)kind);

	put(r, &tag, 1);
}

static void put_number(struct sim_rec *r, uint64_t val)
{
	do {
		uint8_t b = (val & 0x7f) | (val > 0x7f ? 0x80 : 0);

		put(r, &b, 1);
		val >>= 7;
	} while (val);
}

static void put_signed(struct sim_rec *r, int64_t val)
{
	put_number(r, (uint64_t)val << 1 ^ (uint64_t)(val >> 63));
}

/* --- calls ------------------------------------------------------------------- */

static void end_repeats(struct sim_rec *r)
{
	if (!r->repeats)
		return;
	put_tag(r, REC_REPEAT, 0);
	put_number(r, r->repeats);
	r->repeats = 0;
}

void sim_rec_begin(struct xengt_sim *sim)
{
	sim->rec->n_dma = 0;
	sim->rec->n_pieces = 0;
	sim->rec->n_bytes = 0;
	sim->rec->is_plain = true;
}

static bool is_repeat(const struct sim_rec *r, const struct rec_call *c,
		      int64_t stride)
{
	return r->is_plain && c->kind == r->last.kind &&
		c->size == r->last.size && c->b == r->last.b &&
		stride == r->stride;
}

static void access_call(struct sim_rec *r, const struct rec_call *c)
{
	uint64_t *last = &r->last_off[rec_space(c->kind)];
	int64_t stride = (int64_t)(c->a - *last);

	*last = c->a;
	if (r->repeats < XENGT_SIM_REC_REPEAT_MAX && is_repeat(r, c, stride)) {
		r->repeats++;
		return;
	}
	end_repeats(r);
	r->last = *c;
	r->stride = stride;
	put_tag(r, c->kind, c->size);
	put_signed(r, stride);
	put_number(r, c->b);
}

void sim_rec_call(struct xengt_sim *sim, unsigned int kind, unsigned int size,
		  uint64_t a, uint64_t b)
{
	const struct rec_call c = { (enum rec_kind)kind, size, a, b };
	struct sim_rec *r = sim->rec;

	r->calls++;
	if (rec_is_access(c.kind)) {
		access_call(r, &c);
		return;
	}
	end_repeats(r);
	r->last.kind = REC_END;
	put_tag(r, c.kind, 0);
	if (c.kind == REC_ADVANCE || c.kind == REC_MONITOR || c.kind == REC_IRQ)
		put_number(r, a);
	if (c.kind == REC_MONITOR || c.kind == REC_IRQ)
		put_number(r, b);
}

void sim_rec_msi(struct xengt_sim *sim, uint64_t addr, uint32_t data)
{
	struct sim_rec *r = sim->rec;

	end_repeats(r);
	r->is_plain = false;
	put_tag(r, REC_MSI, 0);
	put_number(r, addr);
	put_number(r, data);
}

static void put_memory(struct sim_rec *r, uint64_t at, uint64_t bus,
		       const void *buf, size_t len)
{
	end_repeats(r);
	r->is_plain = false;
	r->n_bytes += len;
	if (++r->n_pieces > XENGT_SIM_REC_PIECES_MAX ||
	    r->n_bytes > XENGT_SIM_REC_BYTES_MAX)
		r->error = r->error ? r->error : -EFBIG;
	put_tag(r, REC_MEMORY, 0);
	put_number(r, at);
	put_number(r, bus);
	put_number(r, len);
	put(r, buf, len);
}

/*
 * Record the range from the first byte that differs from the known memory to
 * the last such byte.
 */
static void put_difference(struct sim_rec *r, uint64_t at, uint64_t bus,
			   const uint8_t *known, const uint8_t *now, size_t len)
{
	size_t first = 0;

	while (first < len && known[first] == now[first])
		first++;
	while (len > first && known[len - 1] == now[len - 1])
		len--;
	put_memory(r, at, bus + first, now + first, len - first);
}

void sim_rec_dma(struct xengt_sim *sim, uint64_t bus, const void *buf,
		 size_t len, bool write, bool is_there)
{
	struct sim_rec *r = sim->rec;
	uint64_t at = r->n_dma++;
	uint8_t *known;

	if (!is_there) {
		put_memory(r, at, bus, NULL, 0);
		return;
	}
	known = sim_rec_page(&r->memory, bus);
	if (!known) {
		r->error = r->error ? r->error : -EFBIG;
		return;
	}
	known += bus % XENGT_SIM_PAGE_BYTES;
	if (!memcmp(known, buf, len))
		return;
	if (!write)
		put_difference(r, at, bus, known, buf, len);
	memcpy(known, buf, len);
}

/* --- life -------------------------------------------------------------------- */

int xengt_sim_record(struct xengt_sim *sim, const struct xengt_sim_config *c,
		     xengt_sim_rec_write_fn *write, void *opaque)
{
	const char *name = xengt_sim_platform_name(sim->plat);
	struct sim_rec *r;

	if (sim->rec || sim->judge.hdr)
		return -EBUSY;
	if (sim->now || sim->ops.now_ns)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->write = write;
	r->opaque = opaque;
	put(r, REC_MAGIC, REC_MAGIC_BYTES);
	put_number(r, XENGT_SIM_REC_VERSION);
	put_number(r, strlen(name));
	put(r, name, strlen(name));
	put_number(r, c->gtt_mib);
	put_number(r, c->no_tlb);
	sim->rec = r;
	return 0;
}

int xengt_sim_record_end(struct xengt_sim *sim)
{
	struct sim_rec *r = sim->rec;
	int error;

	if (!r)
		return 0;
	end_repeats(r);
	put_tag(r, REC_END, 0);
	put_number(r, r->calls);
	flush(r);
	error = r->error;
	sim_rec_memory_fini(&r->memory);
	free(r);
	sim->rec = NULL;
	return error;
}
