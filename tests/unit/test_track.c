/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares src/core/track.c's own record of protected pages with that of the fake
 * hypervisor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "core/internal.h"
#include "hv/hv_fake.h"

#define RAM	2000u

static struct xengt_hv_fake *fake;
static struct xengt_vgpu vgpu;

static bool is_memory_short;

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return is_memory_short ? NULL : __real_calloc(n, size);
}

static int setup(void **state)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = 1, .ram_frames = RAM, .vcpus = 1,
	};

	(void)state;
	memset(&vgpu, 0, sizeof(vgpu));
	if (xengt_hv_fake_create(&cfg, &fake))
		return -1;
	vgpu.cfg.hv = xengt_hv_fake_hv(fake);
	xengt_track_init(&vgpu);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xengt_track_fini(&vgpu);
	vgpu.cfg.hv->ops->destroy(vgpu.cfg.hv);
	return 0;
}

static bool is_protected(uint32_t page)
{
	bool is_on = xengt_hv_fake_is_tracked(fake, gfn(page));

	assert_int_equal(xengt_track_is_on(&vgpu, gfn(page)), is_on);
	return is_on;
}

static void users_are_counted(void **state)
{
	(void)state;
	assert_false(is_protected(5));
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	assert_true(is_protected(5));
	assert_int_equal(vgpu.counters.tracked_pages, 1);
	xengt_track_put(&vgpu, gfn(5));
	assert_true(is_protected(5));
	xengt_track_put(&vgpu, gfn(5));
	assert_false(is_protected(5));
	assert_int_equal(vgpu.counters.tracked_pages, 0);
	/* pages of RAM behind BAR0 do not count as tracked */
	vgpu.track.own = 1;
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	assert_int_equal(xengt_track_get(&vgpu, gfn(6)), 0);
	assert_int_equal(vgpu.counters.tracked_pages, 1);
}

/* After xengt_track_init() no vCPU makes a store; xengt_track_init() changes nothing else. */
static void no_vcpu_stores_at_first(void **state)
{
	static struct xengt_vgpu want;

	(void)state;
	memset(&vgpu, 0, sizeof(vgpu));
	for (uint32_t i = 0; i < XENGT_TRACK_VCPUS; i++)
		want.track.vcpus[i].gfn = XENGT_TRACK_NOWHERE;
	xengt_track_init(&vgpu);
	assert_memory_equal(&vgpu, &want, sizeof(vgpu));
	vgpu.cfg.hv = xengt_hv_fake_hv(fake);
}

/*
 * If there is no memory for a larger table, the page is not protected, and the pages that
 * are protected stay so. With memory the next call succeeds.
 */
static void memory_is_short(void **state)
{
	uint32_t n = 0;

	(void)state;
	is_memory_short = true;
	assert_int_equal(xengt_track_get(&vgpu, gfn(0)), -ENOMEM);
	assert_int_equal(vgpu.track.count, 0);
	is_memory_short = false;
	for (uint32_t round = 0; round < 4; round++) {
		assert_int_equal(xengt_track_get(&vgpu, gfn(n++)), 0);
		is_memory_short = true;
		while (!xengt_track_get(&vgpu, gfn(n)))
			n++;
		for (uint32_t page = 0; page < RAM; page++)
			assert_int_equal(is_protected(page), page < n);
		assert_int_equal(xengt_track_get(&vgpu, gfn(n)), -ENOMEM);
		is_memory_short = false;
	}
	assert_true(n > 64);
}

static void refusals(void **state)
{
	(void)state;
	assert_int_equal(xengt_track_get(&vgpu, gfn(RAM)), -EINVAL);
	assert_false(xengt_track_is_on(&vgpu, gfn(RAM)));
	/*
	 * the guest has given a protected page away: ending the protection is no
	 * error
	 */
	assert_int_equal(xengt_track_get(&vgpu, gfn(7)), 0);
	xengt_hv_fake_remove_ram(fake, gfn(7));
	assert_true(xengt_track_is_on(&vgpu, gfn(7)));
	xengt_track_put(&vgpu, gfn(7));
	assert_int_equal(xengt_track_get(&vgpu, gfn(7)), -EINVAL);
	assert_int_equal(vgpu.track.count, 0);
}

static void store(uint32_t vcpu, uint32_t page)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = page * 4096ull + 8, .size = 8,
		.count = 1, .vcpu = vcpu,
	};

	xengt_track_request(&vgpu, &req);
}

static void elsewhere(uint32_t vcpu)
{
	const struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = 0xe0000000, .size = 4,
		.count = 1, .vcpu = vcpu, .is_read = true,
	};

	xengt_track_request(&vgpu, &req);
}

/* A page stays protected while Xen completes a store to this page. */
static void a_store_is_awaited(void **state)
{
	(void)state;
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	assert_int_equal(xengt_track_get(&vgpu, gfn(6)), 0);
	store(0, 5);
	store(3, 5);
	xengt_track_put(&vgpu, gfn(5));
	xengt_track_put(&vgpu, gfn(6));
	assert_int_equal(vgpu.counters.tracked_pages, 0);
	assert_false(xengt_track_is_on(&vgpu, gfn(5)));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(6)));
	/* the page stays protected until both vCPUs have made another request */
	store(0, 5);
	elsewhere(0);
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	elsewhere(3);
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(5)));
	assert_int_equal(xengt_track_deadline(&vgpu), UINT64_MAX);
}

static void a_silent_vcpu_is_not_awaited_for_ever(void **state)
{
	struct xengt_hv *hv = vgpu.cfg.hv;
	uint64_t at;

	(void)state;
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	store(1, 5);
	xengt_track_put(&vgpu, gfn(5));
	at = xengt_track_deadline(&vgpu);
	assert_true(at != UINT64_MAX && at > hv->ops->now_ns(hv));
	xengt_hv_fake_advance(fake, at - hv->ops->now_ns(hv) - 1);
	xengt_track_tick(&vgpu, hv->ops->now_ns(hv));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	xengt_hv_fake_advance(fake, 1);
	xengt_track_tick(&vgpu, hv->ops->now_ns(hv));
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(5)));
	assert_int_equal(xengt_track_deadline(&vgpu), UINT64_MAX);
}

/*
 * A page may still be protected only because of a late store. Such a page must not
 * change how long the device waits for stores to another page.
 */
static void another_vcpu_is_awaited_as_long(void **state)
{
	struct xengt_hv *hv = vgpu.cfg.hv;

	(void)state;
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	assert_int_equal(xengt_track_get(&vgpu, gfn(6)), 0);
	xengt_hv_fake_advance(fake, 1000000000);
	store(0, 5);
	store(1, 6);
	xengt_track_put(&vgpu, gfn(5));
	assert_true(xengt_track_deadline(&vgpu) > hv->ops->now_ns(hv));
	xengt_track_tick(&vgpu, hv->ops->now_ns(hv));
	xengt_track_put(&vgpu, gfn(6));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(6)));
	elsewhere(0);
	elsewhere(1);
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(6)));
	assert_int_equal(xengt_track_deadline(&vgpu), UINT64_MAX);
}

static void a_page_is_wanted_again(void **state)
{
	(void)state;
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	store(0, 5);
	xengt_track_put(&vgpu, gfn(5));
	assert_int_equal(xengt_track_get(&vgpu, gfn(5)), 0);
	elsewhere(0);
	assert_true(is_protected(5));
	xengt_track_put(&vgpu, gfn(5));
	assert_false(is_protected(5));
}

/* A store is still under way when the protection of its page ends. */
static void a_late_store(void **state)
{
	(void)state;
	store(0, 5);
	xengt_track_late_store(&vgpu, gfn(5));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	elsewhere(0);
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(5)));
	/*
	 * an address that is not RAM, or an access that is no store, has no effect
	 */
	store(0, RAM);
	xengt_track_late_store(&vgpu, gfn(RAM));
	xengt_track_late_store(&vgpu, gfn(9));
	assert_false(xengt_hv_fake_is_tracked(fake, gfn(9)));
	assert_int_equal(vgpu.track.lingering, 0);
}

/*
 * Makes random operations in random order: the hash table grows, has collisions,
 * and closes gaps.
 */
static void anything(void **state)
{
	uint32_t users[RAM] = { 0 }, rnd = 1, live = 0;

	(void)state;
	for (uint32_t step = 0; step < 20000; step++) {
		uint32_t page, want = step / 4000 % 2 ? 3 : 1;

		rnd = rnd * 1664525u + 1013904223u;
		page = (rnd >> 8) % RAM;
		if ((rnd >> 4 & 3) < want && users[page]) {
			xengt_track_put(&vgpu, gfn(page));
			live -= !--users[page];
		} else {
			assert_int_equal(xengt_track_get(&vgpu, gfn(page)), 0);
			live += !users[page]++;
		}
		assert_int_equal(vgpu.track.count, live);
		if (step % 500)
			continue;
		for (page = 0; page < RAM; page++)
			assert_int_equal(is_protected(page), users[page] != 0);
	}
	assert_true(vgpu.track.capacity >= 1024);
	for (uint32_t page = 0; page < RAM; page++)
		while (users[page]--)
			xengt_track_put(&vgpu, gfn(page));
	assert_int_equal(vgpu.track.count, 0);
}

/* ---- random stores beside random users ---- */

#define VCPUS	6u
#define PAGES	12u
#define AWAITED	20000000u		/* ns after which a store counts as finished */

/* What the test knows, by the rules in track.h. */
static struct {
	uint32_t users[PAGES];
	bool lingers[PAGES];
	uint32_t at[VCPUS];		/* page to which the vCPU stores; PAGES: none */
	uint64_t since[VCPUS];
} model;

static bool is_awaited(uint32_t page)
{
	for (uint32_t v = 0; v < VCPUS; v++)
		if (model.at[v] == page)
			return true;
	return false;
}

static bool any_lingers(void)
{
	for (uint32_t page = 0; page < PAGES; page++)
		if (model.lingers[page])
			return true;
	return false;
}

static void begin_to_linger(uint32_t page, uint64_t now)
{
	const bool is_first = !any_lingers();

	model.lingers[page] = true;
	for (uint32_t v = 0; v < VCPUS; v++)
		if (is_first || model.at[v] == page)
			model.since[v] = now;
}

static void goes(uint32_t vcpu, uint32_t page, uint64_t now)
{
	const uint32_t old = model.at[vcpu];

	if (page < PAGES)
		store(vcpu, page);
	else
		elsewhere(vcpu);
	model.at[vcpu] = page;
	model.since[vcpu] = now;
	if (old < PAGES && !is_awaited(old))
		model.lingers[old] = false;
}

static void put(uint32_t page, uint64_t now)
{
	if (!model.users[page])
		return;
	xengt_track_put(&vgpu, gfn(page));
	if (!--model.users[page] && is_awaited(page))
		begin_to_linger(page, now);
}

static void get(uint32_t page)
{
	assert_int_equal(xengt_track_get(&vgpu, gfn(page)), 0);
	model.users[page]++;
	model.lingers[page] = false;
}

static void comes_late(uint32_t page, uint64_t now)
{
	xengt_track_late_store(&vgpu, gfn(page));
	if (is_awaited(page) && !model.users[page] && !model.lingers[page])
		begin_to_linger(page, now);
}

static void tick(uint64_t now)
{
	xengt_track_tick(&vgpu, now);
	for (uint32_t v = 0; v < VCPUS && any_lingers(); v++) {
		const uint32_t old = model.at[v];

		if (old == PAGES || now - model.since[v] < AWAITED)
			continue;
		model.at[v] = PAGES;
		if (!is_awaited(old))
			model.lingers[old] = false;
	}
}

static void compare_with_model(void)
{
	uint64_t due = UINT64_MAX;
	uint32_t users = 0, lingering = 0;

	for (uint32_t page = 0; page < PAGES; page++) {
		assert_int_equal(xengt_hv_fake_is_tracked(fake, gfn(page)),
				 model.users[page] || model.lingers[page]);
		assert_int_equal(xengt_track_is_on(&vgpu, gfn(page)), model.users[page] != 0);
		users += model.users[page] != 0;
		lingering += model.lingers[page];
	}
	for (uint32_t v = 0; v < VCPUS && lingering; v++)
		if (model.at[v] < PAGES && model.since[v] + AWAITED < due)
			due = model.since[v] + AWAITED;
	assert_int_equal(xengt_track_deadline(&vgpu), due);
	assert_int_equal(vgpu.track.count, users);
	assert_int_equal(vgpu.track.lingering, lingering);
}

static void any_stores(void **state)
{
	struct xengt_hv *hv = vgpu.cfg.hv;
	uint64_t rnd = 1;

	(void)state;
	memset(&model, 0, sizeof(model));
	for (uint32_t v = 0; v < VCPUS; v++)
		model.at[v] = PAGES;
	for (uint32_t step = 0; step < 30000; step++) {
		uint64_t now = hv->ops->now_ns(hv);
		uint32_t page, vcpu;

		rnd = rnd * 6364136223846793005ull + 1442695040888963407ull;
		page = (uint32_t)(rnd >> 40) % PAGES;
		vcpu = (uint32_t)(rnd >> 50) % VCPUS;
		switch (rnd >> 33 & 7) {
		case 0:
			get(page);
			break;
		case 1:
		case 2:
			put(page, now);
			break;
		case 3:
		case 4:
			goes(vcpu, page, now);
			break;
		case 5:
			goes(vcpu, PAGES, now);
			break;
		case 6:
			comes_late(page, now);
			break;
		default:
			/* sometimes let time pass up to the next tick, or up to 1 ns before it */
			if (rnd & 0x10000 && xengt_track_deadline(&vgpu) != UINT64_MAX &&
			    xengt_track_deadline(&vgpu) > now)
				xengt_hv_fake_advance(fake, xengt_track_deadline(&vgpu) - now -
							    (rnd >> 18 & 1));
			else
				xengt_hv_fake_advance(fake, rnd >> 20 & 0x7fffff);
			tick(hv->ops->now_ns(hv));
		}
		compare_with_model();
	}
	for (uint32_t page = 0; page < PAGES; page++)
		while (model.users[page])
			put(page, hv->ops->now_ns(hv));
}

/*
 * A search of the table is short: pages that follow each other are spread over the table, and
 * do not form a row of many taken entries.
 */
static void neighbours_are_spread(void **state)
{
	uint32_t row = 0;

	(void)state;
	for (uint32_t page = 0; page < 1000; page++)
		assert_int_equal(xengt_track_get(&vgpu, gfn(page)), 0);
	for (uint32_t i = 0; i < vgpu.track.capacity; i++) {
		row = vgpu.track.slots[i].users ? row + 1 : 0;
		assert_true(row < 32);
	}
	/* at most half of the table is taken, and the table is not larger than necessary */
	assert_in_range(vgpu.track.capacity, 2000, 4000);
}

/* At the end no page stays protected, even if a store to the page was awaited. */
static void nothing_stays_protected(void **state)
{
	(void)state;
	for (uint32_t page = 0; page < 40; page++)
		assert_int_equal(xengt_track_get(&vgpu, gfn(page)), 0);
	store(0, 5);
	xengt_track_put(&vgpu, gfn(5));
	assert_true(xengt_hv_fake_is_tracked(fake, gfn(5)));
	xengt_track_fini(&vgpu);
	for (uint32_t page = 0; page < RAM; page++)
		assert_false(xengt_hv_fake_is_tracked(fake, gfn(page)));
	xengt_track_init(&vgpu);
}

/* The device ignores requests of vCPU numbers that cannot exist. */
static void vcpus_beyond_the_limit(void **state)
{
	static struct xengt_vgpu before;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = 5 << 12, .vcpu = XENGT_TRACK_VCPUS - 1,
	};

	(void)state;
	xengt_track_request(&vgpu, &req);
	assert_int_equal(vgpu.track.vcpus[XENGT_TRACK_VCPUS - 1].gfn, 5);
	before = vgpu;
	for (req.vcpu = XENGT_TRACK_VCPUS; req.vcpu < XENGT_TRACK_VCPUS + 4; req.vcpu++)
		xengt_track_request(&vgpu, &req);
	assert_memory_equal(&vgpu, &before, sizeof(vgpu));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(users_are_counted),
		TEST(no_vcpu_stores_at_first),
		TEST(memory_is_short),
		TEST(refusals),
		TEST(a_store_is_awaited),
		TEST(a_silent_vcpu_is_not_awaited_for_ever),
		TEST(another_vcpu_is_awaited_as_long),
		TEST(a_page_is_wanted_again),
		TEST(a_late_store),
		TEST(vcpus_beyond_the_limit),
		TEST(anything),
		TEST(any_stores),
		TEST(neighbours_are_spread),
		TEST(nothing_stays_protected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
