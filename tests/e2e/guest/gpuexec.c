// SPDX-License-Identifier: GPL-2.0-only
/*
 * gpuexec: work for the GPU without a driver. gpuexec writes contexts, rings, page tables
 * of every shape and batches as the hardware defines them for Gen8 and Gen9, submits them
 * through ELSP, and checks the results in memory.
 *
 * gpuexec runs on a vGPU, and on a GPU without a driver. Each check prints a line. A check
 * that fails prints "FAIL ..." and ends the program with status 1.
 */
#include "gpulib.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define POOL_PAGES	160u
#define NATIVE_LOW_BASE	(64u << 20)
#define IMAGE_PAGES	23u		/* pages of the largest image, with its
					 * status page */
#define HUGE_BYTES	(2u << 20)
#define WAIT_SEC	60
#define VA		0x7f0000100000ull	/* an address whose index at each level of
						 * page tables has one bit set */
#define VA32		0x40300000ull

enum {
	RING_HWS_PGA = 0x80, RING_IMR = 0xa8, RING_ELSP = 0x230,
	RING_MODE = 0x29c, RING_CSB_PTR = 0x3a0,
};

enum { P = 1, RW = 2, PS = 0x80, IPS = 0x800 };


#define MI_USER_INTERRUPT	(0x02u << 23)
#define MI_ARB_CHECK		(0x05u << 23)
#define MI_ARB_OFF		(0x08u << 23)
#define MI_ARB_ON		(0x08u << 23 | 1)
#define MI_BB_END		(0x0au << 23)
#define MI_STORE_IMM		(0x20u << 23 | 2)
#define MI_BB_START		(0x31u << 23 | 1)
#define MI_IN_GGTT		(1u << 22)
#define MI_BB_PPGTT		(1u << 8)

static const struct engine {
	const char *name;
	uint32_t base;
} engines[] = {
	{ "RCS", 0x2000 }, { "VCS", 0x12000 }, { "VECS", 0x1a000 },
	{ "BCS", 0x22000 },
};

#define N_ENGINES (sizeof(engines) / sizeof(engines[0]))

/* ---- memory: pool page i is at graphics address low_base + i * PAGE ---- */

static volatile uint8_t *pool;
static uint64_t pool_gfn[POOL_PAGES];
static unsigned int pool_used;
static uint32_t low_base;
static bool is_vgpu, is_gen9;

static unsigned int take(unsigned int n)
{
	unsigned int first = pool_used;

	if (n > POOL_PAGES - pool_used)
		die("the pool is too small");
	for (unsigned int i = first; i < first + n; i++)
		pte_write(low_base / PAGE + i, pool_gfn[i] << 12 | PTE_PRESENT);
	pool_used += n;
	return first;
}

static volatile uint32_t *mem32(unsigned int page)
{
	return (volatile uint32_t *)(pool + (size_t)page * PAGE);
}

static volatile uint64_t *mem64(unsigned int page)
{
	return (volatile uint64_t *)(pool + (size_t)page * PAGE);
}

static uint32_t ggtt_of(unsigned int page)
{
	return low_base + page * PAGE;
}

static uint64_t gpa_of(unsigned int page)
{
	return pool_gfn[page] << 12;
}

/* The GPU's work is DMA, so it needs bus mastering. */
static void set_bus_master(void)
{
	uint16_t command;
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s/config", dev_path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, &command, 2, 4) != 2)
		die("cannot read %s", path);
	command |= 4;
	if (pwrite(fd, &command, 2, 4) != 2)
		die("cannot write %s", path);
	close(fd);
}

/* All ids of Broadwell are 16xx; other ids are Skylake's. */
static bool is_skylake(void)
{
	char path[300], text[16] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/device", dev_path);
	f = fopen(path, "r");
	if (!f || !fgets(text, sizeof(text), f))
		die("cannot read %s", path);
	fclose(f);
	return strncmp(text, "0x16", 4) != 0;
}

static void setup(void)
{
	struct pvinfo p;

	open_gpu();
	set_bus_master();
	p = read_pvinfo();
	is_vgpu = p.magic == PVINFO_MAGIC;
	low_base = is_vgpu ? p.low_base : NATIVE_LOW_BASE;
	is_gen9 = is_skylake();
	pool = ram_pages(POOL_PAGES, pool_gfn);
	printf("%s, %s, graphics memory from %#x\n",
	       is_vgpu ? "vGPU" : "no vGPU", is_gen9 ? "Gen9" : "Gen8",
	       low_base);
}

/* ---- a context ---- */

struct context {
	const struct engine *engine;
	unsigned int hwsp, image, ring;
	uint32_t tail;
	uint32_t desc;
	unsigned int slot;		/* number of the last event that was
					 * seen */
};

/*
 * Write a list of register loads with the offsets; the caller writes the
 * values.
 */
static void put_list(volatile uint32_t *at, const uint32_t *regs,
		     unsigned int n, uint32_t base)
{
	at[0] = 0x11000000u | (2 * n - 1) | 0x1000u;
	for (unsigned int i = 0; i < n; i++)
		at[1 + 2 * i] = base + regs[i];
}

static void image_init(struct context *c)
{
	static const uint32_t ring_regs[] = {
		0x244, 0x34, 0x30, 0x38, 0x3c, 0x168, 0x140, 0x110, 0x11c,
		0x114, 0x118, 0x1c0, 0x1c4, 0x1c8,
	};
	static const uint32_t vm_regs[] = {
		0x3a8, 0x28c, 0x288, 0x284, 0x280, 0x27c, 0x278, 0x274, 0x270,
	};
	volatile uint32_t *s = mem32(c->image + 1);
	uint32_t base = c->engine->base;
	bool has_indirect = is_gen9 || base == 0x2000;

	put_list(s + 1, ring_regs, has_indirect ? 14 : 11, base);
	put_list(s + 0x21, vm_regs, 9, base);
	s[0x03] = 0x00090009;		/* restore and synchronous switch are
					 * inhibited */
	s[0x09] = ggtt_of(c->ring);
	s[0x0b] = 1;			/* ring of one page, valid */
	s[0x41] = MI_BB_END;
}

static void context_init(struct context *c, const struct engine *e)
{
	memset(c, 0, sizeof(*c));
	c->engine = e;
	c->hwsp = take(1);
	c->image = take(IMAGE_PAGES);
	c->ring = take(1);
	image_init(c);
	c->slot = 5;
	mem32(c->hwsp)[0x1f] = 5;
	wr32(e->base + RING_MODE, 0x80008000);
	wr32(e->base + RING_HWS_PGA, ggtt_of(c->hwsp));
	wr32(e->base + RING_IMR, ~0u);
	wr32(e->base + RING_CSB_PTR, 0xffff0505);
}

static void root_4level(struct context *c, unsigned int pml4)
{
	volatile uint32_t *s = mem32(c->image + 1);

	c->desc = 0x119;		/* valid, 64 bit, privileged */
	s[0x31] = (uint32_t)(gpa_of(pml4) >> 32);
	s[0x33] = (uint32_t)gpa_of(pml4);
}

static void root_3level(struct context *c, const unsigned int pd[4])
{
	volatile uint32_t *s = mem32(c->image + 1);

	c->desc = 0x109;		/* valid, 32 bit, privileged */
	for (unsigned int i = 0; i < 4; i++) {
		s[0x31 - 4 * i] = (uint32_t)(gpa_of(pd[i]) >> 32);
		s[0x33 - 4 * i] = (uint32_t)gpa_of(pd[i]) | P;
	}
}

enum message {
	ROOT32_COMES = 2, ROOT32_GOES = 3, ROOT64_COMES = 4, ROOT64_GOES = 5,
};

/*
 * Tell a vGPU that a root is made or destroyed. A root is one table of four
 * levels, or four tables.
 */
static void announce(const unsigned int *tables, unsigned int n,
		     enum message message)
{
	if (!is_vgpu)
		return;
	for (unsigned int i = 0; i < n; i++) {
		wr32(PVINFO + 0x838 + 8 * i, (uint32_t)gpa_of(tables[i]));
		wr32(PVINFO + 0x83c + 8 * i, (uint32_t)(gpa_of(tables[i]) >> 32));
	}
	wr32(PVINFO + 0x818, message);
}

static void emit(struct context *c, const uint32_t *dw, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		mem32(c->ring)[c->tail / 4] = dw[i];
		c->tail = (c->tail + 4) % PAGE;
	}
}

static void emit_store(struct context *c, uint32_t to, uint32_t val)
{
	const uint32_t dw[] = { MI_STORE_IMM | MI_IN_GGTT, to, 0, val };

	emit(c, dw, 4);
}

static void emit_batch(struct context *c, uint64_t at)
{
	const uint32_t dw[] = {
		MI_BB_START | MI_BB_PPGTT, (uint32_t)at, (uint32_t)(at >> 32), 0,
	};

	emit(c, dw, 4);
}

static void submit(struct context *c)
{
	const uint32_t dw[] = { MI_USER_INTERRUPT, 0 };
	uint32_t elsp = c->engine->base + RING_ELSP;

	emit(c, dw, 2);
	mem32(c->image + 1)[0x07] = c->tail;
	wr32(elsp, 0);
	wr32(elsp, 0);
	wr32(elsp, 0x20 + c->image);	/* each context has its own id */
	wr32(elsp, ggtt_of(c->image) | c->desc);
}

/*
 * Wait until the context is done. Events must come in order, and none may be
 * unknown.
 */
static void wait_done(struct context *c)
{
	time_t end = time(NULL) + WAIT_SEC;
	volatile uint32_t *h = mem32(c->hwsp);

	for (;;) {
		while (c->slot != (h[0x1f] & 7)) {
			uint32_t status;

			c->slot = (c->slot + 1) % 6;
			status = h[0x10 + 2 * c->slot];
			if (status & ~0x801fu || !status)
				die("%s: event %#x in slot %u", c->engine->name,
				    status, c->slot);
			if (h[0x11 + 2 * c->slot] != 0x20 + c->image)
				die("%s: event of context %#x",
				    c->engine->name, h[0x11 + 2 * c->slot]);
			if (status & 0x10)
				return;
		}
		if (time(NULL) >= end)
			die("%s: no completion in %d s; status %#x head %#x",
			    c->engine->name, WAIT_SEC,
			    rd32(c->engine->base + 0x234),
			    rd32(c->engine->base + 0x34));
		usleep(1000);
	}
}

static void run(struct context *c)
{
	submit(c);
	wait_done(c);
}

static void expect(const char *what, uint32_t got, uint32_t want)
{
	if (got != want)
		die("%s: %#x, not %#x", what, got, want);
}

/* ---- store: each engine writes through the GGTT from its ring ---- */

/* Makes a root that maps nothing, for work that needs no page tables. */
static unsigned int empty_root(void)
{
	unsigned int pml4 = take(1);

	announce(&pml4, 1, ROOT64_COMES);
	return pml4;
}

static int cmd_store(int argc, char **argv)
{
	unsigned int data, pml4;

	(void)argc;
	(void)argv;
	setup();
	data = take(1);
	pml4 = empty_root();
	for (unsigned int i = 0; i < N_ENGINES; i++) {
		struct context c;
		uint32_t saved;

		context_init(&c, &engines[i]);
		root_4level(&c, pml4);
		emit_store(&c, ggtt_of(data) + 64 * i, 0xc0de0000 + i);
		run(&c);
		expect(engines[i].name, mem32(data)[16 * i], 0xc0de0000 + i);
		saved = mem32(c.image + 1)[0x05] & 0x1ffffc;
		expect("HEAD in the saved image", saved, c.tail);
		/*
		 * when the context is submitted again, it continues after its last command
		 */
		emit_store(&c, ggtt_of(data) + 64 * i, 0xbeef0000 + i);
		run(&c);
		expect("again", mem32(data)[16 * i], 0xbeef0000 + i);
		printf("%s stores\n", engines[i].name);
	}
	announce(&pml4, 1, ROOT64_GOES);
	printf("store ok\n");
	return 0;
}

/* ---- tables: every shape of page table ---- */

struct tables {
	unsigned int pml4, pdp, pd, pt;
	unsigned int batch;		/* number of the pool page that is
					 * mapped at VA */
};

/* Maps the batch page at VA. The test fills the other entries of the tables. */
static void tables_init(struct tables *t)
{
	t->pml4 = take(1);
	t->pdp = take(1);
	t->pd = take(1);
	t->pt = take(1);
	t->batch = take(1);
	mem64(t->pml4)[VA >> 39 & 511] = gpa_of(t->pdp) | P | RW;
	mem64(t->pdp)[VA >> 30 & 511] = gpa_of(t->pd) | P | RW;
	mem64(t->pd)[VA >> 21 & 511] = gpa_of(t->pt) | P | RW;
	mem64(t->pt)[VA >> 12 & 511] = gpa_of(t->batch) | P | RW;
}

/* Run a batch that stores val at an address of the context's space. */
static void store_at(struct context *c, const struct tables *t, uint64_t batch,
		     uint64_t addr, uint32_t val)
{
	volatile uint32_t *b = mem32(t->batch);

	b[0] = MI_STORE_IMM;
	b[1] = (uint32_t)addr;
	b[2] = (uint32_t)(addr >> 32);
	b[3] = val;
	b[4] = MI_BB_END;
	emit_batch(c, batch);
	run(c);
}

static void small_pages(struct context *c, const struct tables *t)
{
	unsigned int a = take(1), b = take(1);
	uint64_t va = VA + 5 * PAGE;
	volatile uint64_t *pte = &mem64(t->pt)[va >> 12 & 511];

	*pte = gpa_of(a) | P | RW;
	store_at(c, t, VA, va + 8, 0x4b4b0001);
	expect("4K", mem32(a)[2], 0x4b4b0001);
	*pte = gpa_of(b) | P | RW;
	store_at(c, t, VA, va + 8, 0x4b4b0002);
	expect("4K, moved: new page", mem32(b)[2], 0x4b4b0002);
	expect("4K, moved: old page", mem32(a)[2], 0x4b4b0001);
	/* store the two halves of an entry, one after the other */
	((volatile uint32_t *)pte)[0] = (uint32_t)gpa_of(a) | P | RW;
	((volatile uint32_t *)pte)[1] = (uint32_t)(gpa_of(a) >> 32);
	store_at(c, t, VA, va + 8, 0x4b4b0003);
	expect("4K, halves", mem32(a)[2], 0x4b4b0003);
	printf("4K pages, moved, in halves\n");
}

/* Add a second table of level 1 with one 16-byte store of two entries. */
static void wide_store(struct context *c, const struct tables *t)
{
	unsigned int pts[2] = { take(1), take(1) };
	unsigned int pages[2] = { take(1), take(1) };
	unsigned int first = (VA >> 21 & 511) + 1;
	uint64_t pair[2] __attribute__((aligned(16)));

	first += first & 1;
	for (unsigned int i = 0; i < 2; i++) {
		mem64(pts[i])[3] = gpa_of(pages[i]) | P | RW;
		pair[i] = gpa_of(pts[i]) | P | RW;
	}
	__asm__ volatile("movdqa %1, %%xmm0\n\tmovdqa %%xmm0, %0"
			 : "=m"(*(volatile uint64_t (*)[2])
				&mem64(t->pd)[first])
			 : "m"(pair) : "xmm0");
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t va = (VA & ~0x3fffffffull) +
			((uint64_t)(first + i) << 21) + 3 * PAGE;

		store_at(c, t, VA, va + 4, 0x55e00000 + i);
		expect("16-byte store", mem32(pages[i])[1], 0x55e00000 + i);
	}
	printf("page directory entries by 16-byte stores\n");
}

/*
 * Makes stores of 8 bytes across the ends of pages: from data into a first table of level
 * 1, from this table into a second table of level 1, and from the second table into data.
 */
static void crossing_stores(struct context *c, const struct tables *t)
{
	unsigned int run_of_4 = take(4), pages[2] = { take(1), take(1) };
	unsigned int at = (VA >> 21 & 511) + 4;
	volatile uint8_t *first = (volatile uint8_t *)mem32(run_of_4);

	for (unsigned int i = 0; i < 2; i++)
		mem64(t->pd)[at + i] = gpa_of(run_of_4 + 1 + i) | P | RW;
	/*
	 * this submission makes the device follow both tables; they are of level 1, so the
	 * device compares them and does not protect them
	 */
	store_at(c, t, VA, VA + 0x800, 0);
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t low = i < 2 ? gpa_of(pages[i]) | P | RW : 0xda7a;

		/*
		 * the entries point to pages below 4 GiB, so the upper halves of the
		 * entries are 0
		 */
		*(volatile uint64_t *)(first + (i + 1) * PAGE - 4) =
			low << 32 | (i ? 0 : 0xda7aed9e);
	}
	expect("crossing: data before", mem32(run_of_4)[1023], 0xda7aed9e);
	expect("crossing: data after", mem32(run_of_4 + 3)[0], 0xda7a);
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t va = (VA & ~0x3fffffffull) +
			((uint64_t)(at + i) << 21);

		expect("crossing: as stored", mem32(run_of_4 + 1 + i)[0],
		       (uint32_t)gpa_of(pages[i]) | P | RW);
		store_at(c, t, VA, va + 4, 0xc7055000 + i);
		expect("crossing store", mem32(pages[i])[1], 0xc7055000 + i);
	}
	printf("entries by stores over the ends of pages\n");
}

static uint8_t *huge_page(void)
{
	FILE *f = fopen("/proc/sys/vm/nr_hugepages", "w");
	uint8_t *p;

	if (f) {
		fputs("2\n", f);
		fclose(f);
	}
	p = mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1,
		 0);
	if (p == MAP_FAILED)
		die("no huge page");
	memset(p, 0, HUGE_BYTES);
	return p;
}

static void big_pages(struct context *c, const struct tables *t)
{
	volatile uint8_t *huge = huge_page();
	uint64_t gpa = frame_of(huge) << 12;
	unsigned int at = (VA >> 21 & 511) + 8;
	uint64_t va = (VA & ~0x3fffffffull) + ((uint64_t)at << 21);
	static const uint32_t offs[] = { 0, 0x1000, 0xff0c, 0x12340, 0x1ffffc };

	mem64(t->pd)[at] = gpa | P | RW | PS;
	for (unsigned int i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
		store_at(c, t, VA, va + offs[i], 0x2a000000 + i);
		expect("2M", *(volatile uint32_t *)(huge + offs[i]),
		       0x2a000000 + i);
	}
	printf("2M pages\n");
	if (!is_gen9)
		return;
	/*
	 * a table of 64 KiB pages: the GPU uses only every sixteenth entry
	 */
	{
		unsigned int pt = take(1);

		wr32(0x4080, rd32(0x4080) | 0xf);
		mem64(pt)[16] = (gpa + 0x30000) | P | RW;
		mem64(t->pd)[at + 1] = gpa_of(pt) | P | RW | IPS;
		va += HUGE_BYTES;
		store_at(c, t, VA, va + 0x10000 + 0xabc0, 0x64000001);
		expect("64K", *(volatile uint32_t *)(huge + 0x30000 + 0xabc0),
		       0x64000001);
		printf("64K pages\n");
	}
}

static void three_levels(const struct engine *e)
{
	unsigned int pd[4], pt = take(1), page = take(1);
	struct tables t = { .batch = take(1) };
	struct context c;

	for (unsigned int i = 0; i < 4; i++)
		pd[i] = take(1);
	mem64(pd[VA32 >> 30])[VA32 >> 21 & 511] = gpa_of(pt) | P | RW;
	mem64(pt)[VA32 >> 12 & 511] = gpa_of(t.batch) | P | RW;
	mem64(pt)[(VA32 >> 12 & 511) + 1] = gpa_of(page) | P | RW;
	announce(pd, 4, ROOT32_COMES);
	context_init(&c, e);
	root_3level(&c, pd);
	store_at(&c, &t, VA32, VA32 + PAGE + 12, 0x32320000);
	expect("3 levels", mem32(page)[3], 0x32320000);
	announce(pd, 4, ROOT32_GOES);
	printf("3 levels\n");
}

/*
 * A page that is no longer a table is data: stores reach the page, and nothing else
 * changes.
 */
static void reuse(const struct tables *t)
{
	announce(&t->pml4, 1, ROOT64_GOES);
	for (unsigned int i = 0; i < 512; i++)
		mem64(t->pd)[i] = i * 0x0101010101010101ull;
	for (unsigned int i = 0; i < 512; i++)
		if (mem64(t->pd)[i] != i * 0x0101010101010101ull)
			die("a former table lost entry %u", i);
	printf("tables are data again\n");
}

static int cmd_tables(int argc, char **argv)
{
	const struct engine *e = &engines[0];
	struct context c;
	struct tables t;

	setup();
	for (unsigned int i = 0; i < N_ENGINES; i++)
		if (argc > 0 && !strcmp(argv[0], engines[i].name))
			e = &engines[i];
	tables_init(&t);
	announce(&t.pml4, 1, ROOT64_COMES);
	context_init(&c, e);
	root_4level(&c, t.pml4);
	small_pages(&c, &t);
	wide_store(&c, &t);
	crossing_stores(&c, &t);
	big_pages(&c, &t);
	three_levels(e);
	reuse(&t);
	printf("tables ok on %s\n", e->name);
	return 0;
}

/* ---- hang: a batch without an end, on one engine ---- */

enum { RING_RESET_CTL = 0xd0, GDRST = 0x941c };

static void wait_reg(uint32_t off, uint32_t mask, uint32_t want)
{
	time_t end = time(NULL) + WAIT_SEC;

	while ((rd32(off) & mask) != want) {
		if (time(NULL) >= end)
			die("register %#x stays %#x", off, rd32(off));
		usleep(1000);
	}
}

/* Reset an engine as a driver does: stop it, make it ready, reset it. */
static void reset_engine(const struct engine *e)
{
	static const uint32_t domains[] = { 0x02, 0x04, 0x10, 0x08 };

	wr32(e->base + RING_RESET_CTL, 0x00010001);
	wait_reg(e->base + RING_RESET_CTL, 2, 2);
	wr32(GDRST, domains[e - engines]);
	wait_reg(GDRST, domains[e - engines], 0);
	wr32(e->base + RING_RESET_CTL, 0x00010000);
}

static void store_once(const struct engine *e, unsigned int pml4,
		       unsigned int data, uint32_t val)
{
	struct context c;

	context_init(&c, e);
	root_4level(&c, pml4);
	emit_store(&c, ggtt_of(data), val);
	run(&c);
	expect(e->name, mem32(data)[0], val);
}

/* For 'seconds' seconds RCS hangs while VCS works. Then RCS is reset, and works again. */
static int cmd_hang(int argc, char **argv)
{
	const struct engine *rcs = &engines[0], *vcs = &engines[1];
	unsigned int data, loop, pml4, rounds = 0;
	uint32_t dw[4] = { MI_BB_START };
	time_t end;
	struct context c;

	setup();
	data = take(1);
	loop = take(1);
	pml4 = empty_root();
	mem32(loop)[0] = MI_BB_START;
	mem32(loop)[1] = dw[1] = ggtt_of(loop);
	context_init(&c, rcs);
	root_4level(&c, pml4);
	emit_store(&c, ggtt_of(data) + 64, 0x600d);
	emit(&c, dw, 4);
	submit(&c);
	end = time(NULL) + (argc > 0 ? atoi(argv[0]) : 15);
	while (time(NULL) < end) {
		if (rounds < 2)
			store_once(vcs, pml4, data, 0x1000 + rounds++);
		sleep(1);
		if (mem32(c.hwsp)[0x1f] != 0 || mem32(c.hwsp)[0x10] != 1)
			die("the batch without an end has ended: event %u, %#x",
			    mem32(c.hwsp)[0x1f], mem32(c.hwsp)[0x10]);
	}
	expect("before the loop", mem32(data)[16], 0x600d);
	reset_engine(rcs);
	store_once(rcs, pml4, data, 0x2000);
	announce(&pml4, 1, ROOT64_GOES);
	printf("hang ok\n");
	return 0;
}

/* ---- spin: an endless batch with points at which the engine may leave it ---- */

/*
 * For 'seconds' seconds, or until SIGTERM, RCS runs an endless batch. The ring switches
 * arbitration off before the batch, as drivers do if they know that their GPU is virtual.
 */
static int cmd_spin(int argc, char **argv)
{
	const struct engine *rcs = &engines[0];
	time_t end = time(NULL) + (argc > 0 ? atoi(argv[0]) : 15);
	unsigned int data, loop, pml4;
	struct context c;

	setup();
	data = take(1);
	loop = take(1);
	pml4 = empty_root();
	mem32(loop)[0] = MI_ARB_CHECK;
	mem32(loop)[1] = MI_BB_START;
	mem32(loop)[2] = ggtt_of(loop);
	context_init(&c, rcs);
	root_4level(&c, pml4);
	{
		const uint32_t dw[] = {
			MI_ARB_OFF, MI_BB_START, ggtt_of(loop), 0, MI_ARB_ON, 0,
		};

		emit(&c, dw, 6);
	}
	catch_term();
	submit(&c);
	printf("spinning\n");
	fflush(stdout);
	while (time(NULL) < end && !is_term_asked()) {
		usleep(200000);
		if (mem32(c.hwsp)[0x1f] > 0 && mem32(c.hwsp)[0x1f] != 5)
			die("the batch without an end has ended");
	}
	reset_engine(rcs);
	store_once(rcs, pml4, data, 0x3000);
	announce(&pml4, 1, ROOT64_GOES);
	printf("spun\n");
	return 0;
}

/* ---- work: a client that makes progress, whatever other guests do ---- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * For 'seconds' seconds, or until SIGTERM, the engines store numbers, one engine after the
 * other. All results must be right, and no store may take longer than 'longest' seconds.
 */
static int cmd_work(int argc, char **argv)
{
	const uint32_t nops[] = { 0, 0 };	/* padding, so that the ring never wraps
						 * inside a command */
	double end = seconds() + (argc > 0 ? atoi(argv[0]) : 10);
	double longest = argc > 1 ? atoi(argv[1]) : WAIT_SEC, worst = 0;
	struct context c[N_ENGINES];
	unsigned int data, pml4, rounds = 0, slowest = 0;

	setup();
	data = take(1);
	pml4 = empty_root();
	for (unsigned int i = 0; i < N_ENGINES; i++) {
		context_init(&c[i], &engines[i]);
		root_4level(&c[i], pml4);
	}
	catch_term();
	do {
		for (unsigned int i = 0; i < N_ENGINES; i++) {
			uint32_t v = rounds << 2 | i;
			double begun = seconds(), took;

			emit(&c[i], nops, 2);
			emit_store(&c[i], ggtt_of(data) + 64 * i, ~v);
			run(&c[i]);
			expect(engines[i].name, mem32(data)[16 * i], ~v);
			took = seconds() - begun;
			if (took > worst) {
				worst = took;
				slowest = i;
			}
		}
		if (!rounds++) {
			printf("working\n");
			fflush(stdout);
		}
	} while (seconds() < end && !is_term_asked());
	announce(&pml4, 1, ROOT64_GOES);
	if (worst > longest)
		die("%s: one store took %.1f s", engines[slowest].name, worst);
	printf("worked %u rounds, longest wait %.1f s on %s\n", rounds, worst,
	       engines[slowest].name);
	return 0;
}

static const struct {
	const char *name, *args, *help;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "store", "", "every engine stores from its ring", cmd_store },
	{ "tables", "[ENGINE]", "page tables of every shape", cmd_tables },
	{ "hang", "[SECONDS]", "RCS hangs, VCS works, RCS is reset and works",
	  cmd_hang },
	{ "spin", "[SECONDS]", "RCS runs a batch without an end, is reset and works",
	  cmd_spin },
	{ "work", "[SECONDS [LONGEST]]", "one engine after another stores; prints the longest time",
	  cmd_work },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (argc > 1 && !strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 2, argv + 2);
	printf("usage: gpuexec COMMAND\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  %-8s %-20s %s\n", commands[i].name, commands[i].args,
		       commands[i].help);
	return 2;
}
