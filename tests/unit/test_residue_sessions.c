// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random sessions: the contexts of three guests write and read registers, set state, start
 * threads, get images of any content, are reset, hang and end, on one engine of the simulated
 * GPU, with all options XENGT_SIM_STRICT_*. (A batch on another engine could read an engine's
 * registers while the engine works: docs/threat-model.md.) The judge checks that no context
 * reads or saves a value that another guest left, and that no thread finds one.
 *
 * XENGT_TEST_SESSIONS: number of sessions on each platform; XENGT_TEST_SEED: a seed that
 * replaces the built-in one.
 *
 * promise: P17
 */
#include "random_sessions.h"
#include "residue_rig.h"

#include "xengt/types.h"

#include <stdio.h>

#define SESSIONS	20u
#define SESSION_OPS	120u
#define FIRST_SEED	0x9e3779b97f4a7c15ull
#define HANG_MS		2u

#define MI_LRI		0x11000001u
#define MI_SRM		0x12000002u
#define MI_BATCH_END	0x05000000u
#define MI_START_PPGTT	0x18800101u

static struct court *c;
static uint32_t engine;

static uint32_t base(void)
{
	static const uint32_t bases[] = { 0x2000, 0x12000, 0x1a000, 0x22000 };

	return bases[engine];
}

/*
 * Returns a register that images have, one that no image has, or one that no guest may use.
 */
static uint32_t any_reg(void)
{
	static const uint16_t regs[] = {
		0x600, 0x604, 0x67c, 0x94, 0x9c, 0xc0, 0x200, 0x28, 0x41c,
		0x3bc, 0x400, 0x430, 0x500, 0x2c8, 0x360, 0x580, 0x244,
		0x248, 0xd8,
	};
	static const uint32_t gpu[] = {
		0x5200, 0x7000, 0x7014, 0x7034, 0xb020, 0xb118, 0xe184, 0xe400,
		0x83a4, 0x4de0, 0xe100, 0x5588, 0x7304,
	};

	if (one_in(3))
		return gpu[draw(XENGT_ARRAY_SIZE(gpu))];
	return base() + regs[draw(XENGT_ARRAY_SIZE(regs))];
}

/* ---- what a batch does ---- */

static uint32_t put_command(uint32_t *dw)
{
	static const struct { uint32_t dw0; uint32_t len; } kinds[] = {
		{ 0x784c0000, 2 }, { 0x791c0007, 9 }, { 0x70000007, 9 },
		{ 0x78080003, 5 }, { 0x78080007, 9 }, { 0x78140000, 2 },
		{ 0x7105000d, 15 }, { 0x7b000005, 7 },
	};
	uint32_t i;

	switch (draw(3)) {
	case 0:
		dw[0] = MI_LRI;
		dw[1] = any_reg();
		dw[2] = draw(2) ? 0xffff0000 | draw(16) : draw(~0u);
		return 3;
	case 1:
		dw[0] = MI_SRM;
		dw[1] = any_reg();
		dw[2] = BATCH_VA + 0xf00;
		dw[3] = 0;
		return 4;
	default:
		if (engine)
			return 0;
		i = draw(XENGT_ARRAY_SIZE(kinds));
		dw[0] = kinds[i].dw0;
		for (uint32_t k = 1; k < kinds[i].len; k++)
			dw[k] = draw(~0u);
		return kinds[i].len;
	}
}

static void fill_batch(const struct court_guest *g)
{
	uint32_t *batch = court_page(g, AT_BATCH), at = 0;

	for (uint32_t i = draw(30); i; i--)
		at += put_command(batch + at);
	batch[at] = MI_BATCH_END;
}

static void emit(const struct court_guest *g, uint32_t n)
{
	uint32_t val = 0x10001u << draw(16);

	fill_batch(g);
	switch (draw(8)) {
	case 0:
		COURT_EMIT(g, n, MI_LRI, base() + 0x600, draw(~0u));
		break;
	case 1:
		COURT_EMIT(g, n, MI_LRI, any_reg(), val);
		break;
	case 2:
		COURT_EMIT(g, n, 0x02800000, 0);
		break;
	default:
		break;
	}
	COURT_EMIT(g, n, MI_START_PPGTT, BATCH_VA, 0, 0);
}

/* ---- images ---- */

static uint32_t *image_dword(const struct court_guest *g, uint32_t n,
			     uint32_t at)
{
	return &court_page(g, AT_IMAGE(n) + 1 + at / 1024)[at % 1024];
}

static uint32_t pages(void)
{
	return engine ? 1 : 20;
}

static void forge(const struct court_guest *g, uint32_t n)
{
	uint32_t at = AT_STATE + draw(one_in(2) ? 100 : pages() * 1024 - 80);

	switch (draw(5)) {
	case 0:
		*image_dword(g, n, at) = draw(~0u);
		break;
	case 1:
		*image_dword(g, n, at) = one_in(2) ? MI_BATCH_END : 0;
		break;
	case 2:
		*image_dword(g, n, at) = MI_LRI | draw(16) << 8;
		*image_dword(g, n, at + 1) = any_reg();
		*image_dword(g, n, at + 2) = draw(~0u);
		break;
	case 3:
		for (uint32_t i = AT_STATE; i < pages() * 1024; i++)
			*image_dword(g, n, i) = one_in(2) ? 0 : *image_dword(g, n, i);
		break;
	default:
		/* copy the state of another context of the same guest */
		for (uint32_t i = AT_STATE; i < pages() * 1024; i++)
			*image_dword(g, n, i) = *image_dword(g, n ^ 2, i);
		break;
	}
	court_state(g, n)[AT_CTRL] = one_in(4) ? CTRL_NEW : CTRL_OLD;
}

static void set_per_ctx(const struct court_guest *g, uint32_t n)
{
	uint32_t *batch = court_page(g, AT_BATCH + 1);

	batch[0] = MI_LRI;
	batch[1] = one_in(2) ? 0xb118 : 0x2600;
	batch[2] = draw(~0u);
	batch[3] = MI_BATCH_END;
	court_state(g, n)[AT_PER_CTX] = one_in(2) ?
		court_addr(g, AT_BATCH + 1) | 1 : 0;
}

/* ---- a session ---- */

static void renew(uint32_t index)
{
	court_leave(c, index);
	court_join(c, index);
}

static void act_on(struct court_guest *g, uint32_t index)
{
	uint32_t n = draw(COURT_CONTEXTS);

	switch (draw(24)) {
	case 0:
		court_context(g, n);
		break;
	case 1:
	case 2:
		forge(g, n);
		break;
	case 3:
		set_per_ctx(g, n);
		break;
	case 4:
		g->gpu->ops->engine_reset(g->gpu, 1u << engine);
		break;
	case 5:
		if (one_in(3))
			renew(index);
		break;
	case 6:
	case 7:
	case 8:
		court_pump(c);
		break;
	default:
		emit(g, n);
		if (one_in(2))
			court_submit(g, n, engine);
		break;
	}
}

static uint32_t session(enum xengt_platform_id platform)
{
	uint32_t done = 0;

	c = court_open(platform, XENGT_SIM_STRICT_BYTES |
		       XENGT_SIM_STRICT_IDLE | XENGT_SIM_STRICT_EVENTS |
		       XENGT_SIM_STRICT_CACHES |
		       (one_in(2) ? XENGT_SIM_STRICT_TORN : 0));
	xengt_gpu_sim_host_hang_bound(c->host, HANG_MS);
	engine = draw(4);
	for (uint32_t i = 0; i < SESSION_OPS; i++) {
		uint32_t index = draw(COURT_GUESTS);

		act_on(&c->guests[index], index);
	}
	for (uint32_t i = 0; i < COURT_GUESTS; i++)
		done += c->guests[i].done;
	court_close(c);
	return done;
}

static void sessions_on(enum xengt_platform_id platform)
{
	const uint64_t wanted = number_of("XENGT_TEST_SESSIONS", SESSIONS);
	uint64_t done = 0;

	sessions_begin(FIRST_SEED);
	for (uint64_t i = 0; i < wanted; i++) {
		session_begins();
		done += session(platform);
	}
	printf("%llu contexts ran to their end\n", (unsigned long long)done);
	/* sessions in which the module refuses everything would test nothing */
	assert_true(done > wanted * 5);
}

int main(void)
{
	return sessions_main(sessions_on);
}
