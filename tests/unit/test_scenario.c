/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plays the traces in tests/scenario: each line is an action of a guest, or a
 * value that the guest or the hardware must see. Write such a file for a bug
 * report. The vGPU runs on the module's boundary code and a simulated GPU. Lines
 * (numbers are hex, except sizes and counts):
 *
 *   platform skl|bdw           first line
 *   pci r REG SIZE = VALUE     pci w REG SIZE VALUE
 *   mmio r OFF SIZE = VALUE    mmio w OFF SIZE VALUE     in BAR0, at its present address
 *   rep OFF SIZE COUNT VALUE   rep stos
 *   entry PAGE = VALUE         a load of the GGTT entry of page PAGE
 *   entry PAGE VALUE           a store to this entry; PAGE counts from the low
 *                              slice's first page; "hPAGE": the high slice's
 *   gpu PAGE = VALUE           the GPU loads 8 bytes from this page
 *   gpu PAGE VALUE             the GPU stores 8 bytes
 *   ram r ADDR = VALUE         ram w ADDR VALUE           8 bytes of guest RAM
 *   balloon out|in GFN
 *   invalidate | reset | unplug
 *   bar0 = ADDR|none           where BAR0 is trapped
 *   aperture = ADDR|none       where BAR2 is, as computed from the slice's place
 *   counter NAME = COUNT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glob.h>
#include <stdio.h>

#include "core/internal.h"
#include "gpu/gpu_sim.h"

#define RAM_FRAMES	256u
#define LOW_MIB		16u
#define HIGH_MIB	32u
#define SLICE_FRAMES	(LOW_MIB * 256u)
#define WORDS_MAX	8

struct stage {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct xengt_vgpu_info info;
	const char *path;
	int line;
	char *words[WORDS_MAX];
	int count;
};

#define broken(s, ...)							\
	do {								\
		print_error("%s:%d: ", (s)->path, (s)->line);		\
		fail_msg(__VA_ARGS__);					\
	} while (0)

static void stage_open(struct stage *s, const char *platform)
{
	bool is_bdw = !strcmp(platform, "bdw");
	struct xengt_hv_fake_config hv_cfg = {
		.domid = 4, .ram_frames = RAM_FRAMES, .vcpus = 1,
		.slice_frames = SLICE_FRAMES,
	};
	struct xengt_vgpu_config cfg = {
		.platform = is_bdw ? XENGT_PLATFORM_BDW : XENGT_PLATFORM_SKL,
		.slot = 2, .is_primary = true,
		.aperture_bytes = XENGT_SIM_BAR2_BYTES,
	};

	if (!is_bdw && strcmp(platform, "skl"))
		broken(s, "no platform '%s'", platform);
	assert_int_equal(xengt_fake_machine_create(1024, &s->machine), 0);
	assert_int_equal(xengt_gpu_sim_host_create(s->machine, cfg.platform,
						   &s->host), 0);
	hv_cfg.machine = s->machine;
	assert_int_equal(xengt_hv_fake_create(&hv_cfg, &s->fake), 0);
	s->hv = xengt_hv_fake_hv(s->fake);
	assert_int_equal(xengt_gpu_sim_create(s->host, s->fake, LOW_MIB,
					      HIGH_MIB, 4, &s->gpu), 0);
	assert_int_equal(s->gpu->ops->info(s->gpu, &s->info), 0);
	cfg.hv = s->hv;
	cfg.gpu = s->gpu;
	assert_int_equal(xengt_vgpu_create(&cfg, &s->vgpu), 0);
}

static void stage_close(struct stage *s)
{
	if (!s->vgpu)
		broken(s, "no 'platform' line");
	assert_int_equal(xengt_hv_fake_faults(s->fake), 0);
	assert_int_equal(xengt_gpu_sim_host_wrong_entries(s->host), 0);
	xengt_vgpu_destroy(s->vgpu);
	assert_int_equal(xengt_hv_fake_ranges(s->fake, XENGT_RANGE_MMIO), 0);
	s->gpu->ops->destroy(s->gpu);
	s->hv->ops->destroy(s->hv);
	xengt_gpu_sim_host_destroy(s->host);
	assert_int_equal(xengt_fake_frames_used(s->machine), 0);
	xengt_fake_machine_destroy(s->machine);
}

static uint64_t word(struct stage *s, int i, int base)
{
	char *end;
	uint64_t val;

	if (i >= s->count)
		broken(s, "too few words");
	val = strtoull(s->words[i], &end, base);
	if (*end)
		broken(s, "'%s' is no number", s->words[i]);
	return val;
}

/* Compares the value with "= VALUE", which begins at word i. */
static void expect(struct stage *s, int i, uint64_t got)
{
	uint64_t want = word(s, i + 1, 16);

	if (strcmp(s->words[i], "="))
		broken(s, "'=' expected");
	if (got != want)
		broken(s, "got %llx, want %llx", (unsigned long long)got,
		       (unsigned long long)want);
}

static uint64_t ask(struct stage *s, struct xengt_req req)
{
	uint64_t data;

	assert_int_equal(xengt_hv_fake_push(s->fake, &req), 0);
	assert_int_equal(xengt_vgpu_serve(s->vgpu, 100), 0);
	assert_int_equal(xengt_hv_fake_answer(s->fake, 0, &data), 1);
	return req.size >= 8 ? data : data & ((1ull << 8 * req.size) - 1);
}

static uint64_t mmio(struct stage *s, uint64_t off, uint32_t size, bool is_read,
		     uint32_t count, uint64_t data)
{
	return ask(s, (struct xengt_req){
		.type = XENGT_REQ_MMIO, .size = size, .count = count,
		.addr = s->vgpu->bars.mmio_base + off, .is_read = is_read,
		.data = data });
}

static void do_pci(struct stage *s)
{
	struct xengt_req req = {
		.type = XENGT_REQ_PCI_CONFIG, .count = 1,
		.addr = 0x10ull << 32 | word(s, 2, 16),
		.size = (uint32_t)word(s, 3, 10),
		.is_read = s->words[1][0] == 'r',
	};

	if (req.is_read) {
		expect(s, 4, ask(s, req));
	} else {
		req.data = word(s, 4, 16);
		ask(s, req);
	}
}

static void do_mmio(struct stage *s)
{
	uint64_t off = word(s, 2, 16);
	uint32_t size = (uint32_t)word(s, 3, 10);

	if (s->words[1][0] == 'r')
		expect(s, 4, mmio(s, off, size, true, 1, 0));
	else
		mmio(s, off, size, false, 1, word(s, 4, 16));
}

static void do_rep(struct stage *s)
{
	mmio(s, word(s, 1, 16), (uint32_t)word(s, 2, 10), false,
	     (uint32_t)word(s, 3, 10), word(s, 4, 16));
}

/*
 * Returns the graphics address of the slice's page that word 1 names, such as "5"
 * or "h5".
 */
static uint64_t graphics(struct stage *s)
{
	uint64_t base = s->info.low_base;

	if (s->words[1][0] == 'h') {
		base = s->info.high_base;
		s->words[1]++;
	}
	return base + (word(s, 1, 16) << 12);
}

static void do_entry(struct stage *s)
{
	uint64_t off = 8 * XENGT_MIB + (graphics(s) >> 12) * 8;

	if (!strcmp(s->words[2], "="))
		expect(s, 2, mmio(s, off, 8, true, 1, 0));
	else
		mmio(s, off, 8, false, 1, word(s, 2, 16));
}

static void do_gpu(struct stage *s)
{
	struct xengt_sim *sim = xengt_gpu_sim_host_sim(s->host);
	bool is_read = !strcmp(s->words[2], "=");
	uint64_t val = is_read ? 0 : word(s, 2, 16);

	assert_int_equal(xengt_sim_gpu_access(sim, graphics(s), &val, 8,
					      !is_read), 0);
	if (is_read)
		expect(s, 2, val);
}

static void do_ram(struct stage *s)
{
	gpa_t at = gpa(word(s, 2, 16));
	uint64_t val = 0;

	if (s->words[1][0] == 'r') {
		assert_int_equal(s->hv->ops->read_guest(s->hv, at, &val, 8), 0);
		expect(s, 3, val);
	} else {
		val = word(s, 3, 16);
		assert_int_equal(s->hv->ops->write_guest(s->hv, at, &val, 8),
				 0);
	}
}

static void do_balloon(struct stage *s)
{
	gfn_t frame = gfn(word(s, 2, 16));

	if (!strcmp(s->words[1], "out"))
		xengt_hv_fake_remove_ram(s->fake, frame);
	else
		assert_int_equal(xengt_hv_fake_add_ram(s->fake, frame), 0);
}

static void do_invalidate(struct stage *s)
{
	ask(s, (struct xengt_req){ .type = XENGT_REQ_INVALIDATE, .size = 4,
				   .count = 1 });
}

static void do_reset(struct stage *s)
{
	xengt_vgpu_reset(s->vgpu);
}

static void do_unplug(struct stage *s)
{
	xengt_vgpu_unplug(s->vgpu);
}

/* Returns the number of trapped ranges, without the OpRegion's. */
static uint32_t bar_ranges(const struct stage *s)
{
	return xengt_hv_fake_ranges(s->fake, XENGT_RANGE_MMIO) -
	       s->vgpu->opregion.is_shown;
}

static void do_bar0(struct stage *s)
{
	uint64_t at;

	if (!strcmp(s->words[2], "none")) {
		if (bar_ranges(s))
			broken(s, "BAR0 is trapped");
		return;
	}
	at = word(s, 2, 16);
	if (!xengt_hv_fake_is_trapped(s->fake, XENGT_RANGE_MMIO, at,
				      at + 16 * XENGT_MIB - 1) ||
	    bar_ranges(s) != 1)
		broken(s, "BAR0 is not trapped there");
}

static void do_aperture(struct stage *s)
{
	bool is_mapped;
	gfn_t at = gfn(0);

	is_mapped = xengt_hv_fake_aperture(s->fake, &at);
	if (strcmp(s->words[2], "none"))
		expect(s, 1, is_mapped ? gpa_x(gfn_to_gpa(at)) -
					 s->info.low_base : UINT64_MAX);
	else if (is_mapped)
		broken(s, "the aperture is mapped");
}

static void do_counter(struct stage *s)
{
	const struct xengt_counters *c = xengt_vgpu_counters(s->vgpu);
	uint64_t want = word(s, 3, 10), got = 0;
	bool is_known = false;

#define COUNTER(field, json, doc, ...)					\
	if (!strcmp(s->words[1], json)) {				\
		got = c->field;						\
		is_known = true;					\
	}
	XENGT_COUNTERS(COUNTER)
#undef COUNTER
	if (!is_known)
		broken(s, "no counter '%s'", s->words[1]);
	if (got != want)
		broken(s, "%s is %llu, want %llu", s->words[1],
		       (unsigned long long)got, (unsigned long long)want);
}

static const struct verb {
	const char *name;
	int words;
	void (*run)(struct stage *s);
} verbs[] = {
	{ "pci", 5, do_pci },		{ "mmio", 5, do_mmio },
	{ "rep", 5, do_rep },		{ "entry", 3, do_entry },
	{ "gpu", 3, do_gpu },		{ "ram", 4, do_ram },
	{ "balloon", 3, do_balloon },	{ "invalidate", 1, do_invalidate },
	{ "reset", 1, do_reset },	{ "unplug", 1, do_unplug },
	{ "bar0", 3, do_bar0 },		{ "aperture", 3, do_aperture },
	{ "counter", 4, do_counter },
};

static void play_line(struct stage *s, char *text)
{
	char *save = NULL;

	s->count = 0;
	text[strcspn(text, "#\n")] = '\0';
	for (char *w = strtok_r(text, " \t", &save); w && s->count < WORDS_MAX;
	     w = strtok_r(NULL, " \t", &save))
		s->words[s->count++] = w;
	if (!s->count)
		return;
	if (!s->vgpu) {
		if (s->count != 2 || strcmp(s->words[0], "platform"))
			broken(s, "'platform' must come first");
		stage_open(s, s->words[1]);
		return;
	}
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(verbs); i++) {
		if (strcmp(s->words[0], verbs[i].name))
			continue;
		if (s->count < verbs[i].words)
			broken(s, "too few words");
		verbs[i].run(s);
		return;
	}
	broken(s, "'%s' is no verb", s->words[0]);
}

static void play(const char *path)
{
	struct stage s = { .path = path };
	FILE *in = fopen(path, "r");
	char text[256];

	assert_non_null(in);
	while (fgets(text, sizeof(text), in)) {
		s.line++;
		play_line(&s, text);
	}
	fclose(in);
	stage_close(&s);
	print_message("%s: %d lines\n", path, s.line);
}

static void all_scenarios(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/scenario/*.scn", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		play(found.gl_pathv[i]);
	globfree(&found);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_scenarios),
	};

	if (argc == 2) {
		play(argv[1]);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
