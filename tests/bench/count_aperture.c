// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts what the aperture costs a guest with 64 MiB of CPU-visible graphics memory, mapped
 * at once (upfront) and on demand (lazy): all exits and all hypercalls.
 *
 *   boot      firmware and kernel size and place BAR2; then the accesses of the aperture of
 *             Debian's i915 from its probe to its console, as they were recorded
 *             (tests/replay/native-skl.rec.gz)
 *   console   1000 screens of 1024x768 are drawn
 *   upload    64 MB through windows of 1 MB, as i915 does for a large buffer that a program
 *             maps through the GTT
 *   desktop   an hour: each second a buffer of 1 MB is bound and drawn. When i915 unbinds a
 *             buffer, it does not clear the buffer's entries
 *   clearing  the same with a driver that clears the entries
 *
 * To draw a page, the test makes only one access, because all further accesses of a mapped
 * piece cost nothing. No access is throttled.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/rig_print.h"
#include "unit/guest_rig.h"

#define BAR2		0xd0000000u
#define PAGE		XENGT_PAGE_SIZE
#define WINDOW		(XENGT_MIB / PAGE)		/* pages */
#define WINDOWS		60u		/* number of windows after the framebuffer */
#define CONSOLE		768u		/* pages of the framebuffer: 3 MiB */
#define FLUSH		0x101008u
#define PVINFO		0x78000u

/* ---- the recording: src/sim/record.h describes the format ---- */

struct recording {
	uint8_t *at;
	uint64_t offs[3];		/* indexed by space: 0 config, 1 BAR0, 2 BAR2 */
};

static uint64_t number(struct recording *r)
{
	uint64_t val = 0;

	for (unsigned int shift = 0;; shift += 7) {
		uint8_t byte = *r->at++;

		val |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return val;
	}
}

static uint64_t step(struct recording *r)
{
	uint64_t folded = number(r);

	return folded & 1 ? ~(folded >> 1) : folded >> 1;
}

/* Calls each() for every recorded access of BAR2. */
static void each_access(uint8_t *bytes, void (*each)(struct guest *g, uint64_t off),
			struct guest *g)
{
	enum { END, FIRST = 1, LAST = 6, ADVANCE = 10, MONITOR, IRQ, REPEAT,
	       MEMORY, MSI };
	struct recording r = { .at = bytes + 8 };
	unsigned int space = 0, kind;
	uint64_t by = 0, len;

	number(&r);
	len = number(&r);
	r.at += len;
	number(&r);
	number(&r);
	while ((kind = *r.at++ & 15) != END) {
		uint64_t times = 1;

		if (kind >= FIRST && kind <= LAST) {
			space = (kind - FIRST) / 2;
			by = step(&r);
			number(&r);
		} else if (kind == REPEAT) {
			times = number(&r);
		} else {
			times = 0;
			len = kind >= ADVANCE ? number(&r) : 0;
			if (kind > ADVANCE)
				len = number(&r);
			if (kind == MEMORY) {
				len = number(&r);
				r.at += len;
			}
		}
		while (times--) {
			r.offs[space] += by;
			if (space == 2)
				each(g, r.offs[2]);
		}
	}
}

static uint8_t *read_recording(void)
{
	const size_t max = 16u << 20;
	uint8_t *bytes = malloc(max);
	FILE *f = popen("gzip -dc tests/replay/native-skl.rec.gz", "r");
	size_t len;

	if (!bytes || !f)
		exit(1);
	len = fread(bytes, 1, max, f);
	if (pclose(f) || len < 1024 || len == max)
		exit(1);
	return bytes;
}

/* ---- the guest ---- */

static void touch(struct guest *g, uint64_t off)
{
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = BAR2 + g->low + off, .size = 4,
		.count = 1,
	};

	if (xengt_hv_fake_is_routed(g->fake, &req))
		request(g, req);
}

/* Write or clear the entries of these pages of the slice, and flush. */
static void bind_pages(struct guest *g, uint32_t first, uint32_t pages, bool on)
{
	for (uint32_t i = first; i < first + pages; i++)
		guest_wr(g, REG_GGTT + at(g, i) / 512, 8,
			 on ? (uint64_t)(i % PAGES) << 12 | 1 : 0);
	guest_wr(g, FLUSH, 4, 1);
}

static void draw(struct guest *g, uint32_t first, uint32_t pages)
{
	for (uint32_t i = first; i < first + pages; i++)
		touch(g, (uint64_t)i * PAGE);
}

static void size_and_place(struct guest *g)
{
	config(g, 0x04, 2, 0);
	config(g, 0x18, 4, ~0u);
	config(g, 0x18, 4, BAR2);
	config(g, 0x1c, 4, 0);
	config(g, 0x04, 2, 6);
}

static void boot(struct guest *g)
{
	uint8_t *bytes = read_recording();

	size_and_place(g);
	size_and_place(g);
	guest_rd(g, PVINFO);
	bind_pages(g, 0, CONSOLE, true);
	each_access(bytes, touch, g);
	free(bytes);
}

static void console(struct guest *g)
{
	for (int i = 0; i < 1000; i++)
		draw(g, 0, CONSOLE);
}

static uint32_t window(uint32_t i)
{
	return CONSOLE + i % WINDOWS * WINDOW;
}

static void upload(struct guest *g)
{
	for (uint32_t i = 0; i < 64; i++) {
		bind_pages(g, window(i), WINDOW, true);
		draw(g, window(i), WINDOW);
	}
}

static void live(struct guest *g, bool does_clear)
{
	for (uint32_t i = 0; i < 3600; i++) {
		xengt_hv_fake_advance(g->fake, 1000000000);
		bind_pages(g, window(i), WINDOW, true);
		draw(g, window(i), WINDOW);
		if (does_clear)
			bind_pages(g, window(i), WINDOW, false);
	}
}

static void desktop(struct guest *g)
{
	live(g, false);
}

static void clearing(struct guest *g)
{
	live(g, true);
}

/* ---- counts ---- */

static struct xengt_counters before;

static void report(struct guest *g, const char *name, bool is_lazy,
		   const char *what)
{
	const struct xengt_counters *now = xengt_vgpu_counters(g->vgpu);
	char set[32];

	snprintf(set, sizeof(set), "aperture_%s_%s", name,
		 is_lazy ? "lazy" : "upfront");
	count_print(set, "exits",
		    (double)(count_exits(now) - count_exits(&before)), what);
	count_print(set, "hypercalls",
		    (double)(now->hypercalls - before.hypercalls), what);
	assert_int_equal(now->aperture_throttled, 0);
	before = *now;
}

static void run(bool is_lazy)
{
	static const struct {
		const char *name, *what;
		void (*act)(struct guest *g);
	} cases[] = {
		{ "boot", "BAR2 is placed twice, and i915's console is drawn", boot },
		{ "console", "1000 screens of a console", console },
		{ "upload", "64 MB through windows of 1 MB", upload },
		{ "desktop", "an hour of a desktop, a buffer of 1 MB a second", desktop },
		{ "clearing", "an hour of a desktop, with a driver that clears entries", clearing },
	};
	struct guest *g = calloc(1, sizeof(*g));
	void *state = g;

	if (!g)
		exit(1);
	assert_int_equal(xengt_fake_machine_create(RAM * 2, &g->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(g->machine,
						   XENGT_PLATFORM_SKL, &g->host), 0);
	g->is_aperture_lazy = is_lazy;
	guest_begin(g, XENGT_PLATFORM_SKL, 7, (struct guest_share){ 64, 0, 4 });
	before = *xengt_vgpu_counters(g->vgpu);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		cases[i].act(g);
		report(g, cases[i].name, is_lazy, cases[i].what);
	}
	guest_teardown(&state);
}

int main(void)
{
	run(false);
	run(true);
	return 0;
}
