/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares requests of every shape with an oracle that works byte by byte.
 * Requests that make no sense must be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "hv/hv_fake.h"
#include "hv/ioreq.h"

#define DEV_BASE	0xe0000000ull
#define DEV_BYTES	0x20000u
#define RAM_FRAMES	24u
#define RAM_BYTES	(RAM_FRAMES * XENGT_PAGE_SIZE)

/* A device that behaves as plain memory. */
struct device {
	uint8_t bytes[DEV_BYTES];
	uint32_t accesses;
	uint64_t first, last;		/* address of the first and of the last access */
};

struct bench {
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct device dev;
	uint8_t ram[RAM_BYTES];		/* the RAM as the oracle expects it */
	uint8_t dev_bytes[DEV_BYTES];	/* the device's bytes as the oracle expects them */
};

static void dev_access(void *ctx, const struct xengt_req *req, uint64_t addr,
		       uint32_t size, bool is_read, uint64_t *val)
{
	struct device *dev = ctx;

	assert_int_equal(size, req->size);
	assert_int_equal(is_read, req->is_read);
	if (!dev->accesses++)
		dev->first = addr;
	dev->last = addr;
	if (addr < DEV_BASE || addr - DEV_BASE + size > DEV_BYTES) {
		*val = is_read ? UINT64_MAX : *val;
		return;
	}
	if (is_read) {
		/*
		 * garbage in the high bytes: a device sets only the low bytes
		 * of the value
		 */
		*val = UINT64_MAX;
		memcpy(val, dev->bytes + (addr - DEV_BASE), size);
	} else {
		assert_true(size == 8 || *val >> size * 8 == 0);
		memcpy(dev->bytes + (addr - DEV_BASE), val, size);
	}
}

static int setup(void **state)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = 1, .ram_frames = RAM_FRAMES, .vcpus = 1,
	};
	struct bench *b = test_calloc(1, sizeof(*b));

	assert_int_equal(xengt_hv_fake_create(&cfg, &b->fake), 0);
	b->hv = xengt_hv_fake_hv(b->fake);
	for (uint32_t i = 0; i < RAM_BYTES; i++)
		b->ram[i] = (uint8_t)(i * 7 + (i >> 8));
	for (uint32_t i = 0; i < DEV_BYTES; i++)
		b->dev_bytes[i] = (uint8_t)(i * 13 + (i >> 7));
	memcpy(b->dev.bytes, b->dev_bytes, DEV_BYTES);
	assert_int_equal(b->hv->ops->write_guest(b->hv, gpa(0), b->ram,
						 RAM_BYTES), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	b->hv->ops->destroy(b->hv);
	test_free(b);
	return 0;
}

static int run(struct bench *b, const struct xengt_req *req, uint64_t *ret_data)
{
	const struct xengt_ioreq_target target = {
		.access = dev_access, .ctx = &b->dev,
	};

	b->dev.accesses = 0;
	return xengt_ioreq_run(b->hv, req, &target, ret_data);
}

static void oracle(struct bench *b, const struct xengt_req *req,
		   uint64_t *ret_data)
{
	uint64_t dist = req->is_backward ? -(uint64_t)req->size : req->size;

	*ret_data = UINT64_MAX;
	for (uint32_t i = 0; i < req->count; i++) {
		uint8_t *dev = b->dev_bytes + (req->addr - DEV_BASE) + dist * i;

		if (req->data_is_ptr) {
			uint8_t *ram = b->ram + req->data + dist * i;

			memcpy(req->is_read ? ram : dev,
			       req->is_read ? dev : ram, req->size);
		} else if (req->is_read) {
			*ret_data = 0;
			memcpy(ret_data, dev, req->size);
		} else {
			memcpy(dev, &req->data, req->size);
		}
	}
}

static void compare(struct bench *b, const struct xengt_req *req)
{
	uint64_t data, want;

	oracle(b, req, &want);
	assert_int_equal(run(b, req, &data), 0);
	assert_int_equal(b->dev.accesses, req->count);
	assert_int_equal(b->dev.first, req->addr);
	assert_int_equal(b->dev.last,
			 req->is_backward ?
			 req->addr - (uint64_t)(req->count - 1) * req->size :
			 req->addr + (uint64_t)(req->count - 1) * req->size);
	if (req->is_read && !req->data_is_ptr)
		assert_int_equal(data, want);
}

static void compare_memory(struct bench *b)
{
	static uint8_t ram[RAM_BYTES];

	assert_int_equal(b->hv->ops->read_guest(b->hv, gpa(0), ram, RAM_BYTES),
			 0);
	assert_memory_equal(ram, b->ram, RAM_BYTES);
	assert_memory_equal(b->dev.bytes, b->dev_bytes, DEV_BYTES);
}

static void all_shapes(void **state)
{
	static const uint32_t counts[] = { 1, 2, 3, 7, 16, 511, 512, 513,
					   4095, 4096 };
	static const uint64_t ptrs[] = { 0x8000, 0x8ff8, 0x8ffd, 0x8fff,
					 0x9001 };
	struct bench *b = *state;

	for (uint32_t size = 1; size <= 8; size *= 2)
	for (size_t c = 0; c < XENGT_ARRAY_SIZE(counts); c++)
	for (size_t p = 0; p < XENGT_ARRAY_SIZE(ptrs); p++)
	for (unsigned int bits = 0; bits < 8; bits++) {
		const struct xengt_req req = {
			.type = XENGT_REQ_MMIO,
			.addr = DEV_BASE + 0x10000 + p,
			.data = bits & 4 ? ptrs[p] :
					   0x1122334455667788 * (p + 1),
			.size = size,
			.count = counts[c],
			.is_read = bits & 1,
			.is_backward = bits & 2,
			.data_is_ptr = bits & 4,
		};

		compare(b, &req);
		if (bits == 7)
			compare_memory(b);
	}
}

static void nonsense(void **state)
{
	const struct xengt_req good = {
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE, .size = 4, .count = 1,
		.is_read = true,
	};
	struct bench *b = *state;
	uint64_t data;

#define REFUSED(...)							\
	do {								\
		struct xengt_req req = good;				\
									\
		__VA_ARGS__;						\
		data = 0;						\
		assert_int_equal(run(b, &req, &data), -EINVAL);		\
		assert_int_equal(data, UINT64_MAX);			\
		assert_int_equal(b->dev.accesses, 0);			\
	} while (0)

	for (uint32_t size = 0; size < 40; size++)
		if (size != 1 && size != 2 && size != 4 && size != 8)
			REFUSED(req.size = size);
	REFUSED(req.size = 0x80000000);
	REFUSED(req.size = 0xffffffff);
	REFUSED(req.count = 0);
	REFUSED(req.count = XENGT_IOREQ_COUNT_MAX + 1);
	REFUSED(req.count = 0xffffffff);
	/* addresses that wrap around, upwards or downwards */
	REFUSED(req.addr = UINT64_MAX - 2);
	REFUSED(req.addr = UINT64_MAX - 10; req.count = 3);
	REFUSED(req.addr = 7; req.count = 3; req.is_backward = true);
	REFUSED(req.addr = UINT64_MAX; req.is_backward = true);
	/* data pointers that wrap around */
	REFUSED(req.data_is_ptr = true; req.data = UINT64_MAX - 2);
	REFUSED(req.data_is_ptr = true; req.data = UINT64_MAX - 10;
		req.count = 3);
	REFUSED(req.data_is_ptr = true; req.data = 7; req.count = 3;
		req.is_backward = true);
	/* the last addresses that do not wrap */
	data = 0;
	assert_int_equal(run(b, &(struct xengt_req){
		.addr = UINT64_MAX - 3, .size = 4, .count = 1,
		.is_read = true }, &data), 0);
	assert_int_equal(data, 0xffffffff);
	assert_int_equal(run(b, &(struct xengt_req){
		.addr = 8, .size = 4, .count = 3, .is_read = true,
		.is_backward = true }, &data), 0);
#undef REFUSED
}

static int run_at(struct bench *b, const struct xengt_req *shape, bool is_data,
		  uint64_t first)
{
	struct xengt_req req = *shape;
	uint64_t data;

	req.data_is_ptr = is_data;
	req.data = is_data ? first : 0;
	req.addr = is_data ? DEV_BASE + DEV_BYTES / 2 : first;
	return run(b, &req, &data);
}

/*
 * For each shape of a request, the last first address at which no element wraps around, and
 * the next one: for the device's addresses, and for the addresses of the data. No guest has
 * memory at the ends of the address space, so data there cannot be copied (-EFAULT).
 */
static void the_ends_of_all_addresses(void **state)
{
	static const uint32_t counts[] = { 1, 2, 3, 511, XENGT_IOREQ_COUNT_MAX };
	struct bench *b = *state;

	xengt_hv_fake_remove_ram(b->fake, gfn(0));
	for (uint32_t size = 1; size <= 8; size *= 2)
	for (size_t c = 0; c < XENGT_ARRAY_SIZE(counts); c++)
	for (int is_data = 0; is_data < 2; is_data++) {
		const uint64_t rest = (counts[c] - 1) * (uint64_t)size;
		const uint64_t top = UINT64_MAX - (size - 1);
		const int fine = is_data ? -EFAULT : 0;
		struct xengt_req up = {
			.type = XENGT_REQ_MMIO, .size = size, .count = counts[c],
			.is_read = true,
		};
		struct xengt_req down = up;

		down.is_backward = true;
		assert_int_equal(run_at(b, &up, is_data, top - rest), fine);
		if (top - rest < UINT64_MAX)
			assert_int_equal(run_at(b, &up, is_data, top - rest + 1),
					 -EINVAL);
		assert_int_equal(run_at(b, &down, is_data, top), fine);
		if (top < UINT64_MAX)
			assert_int_equal(run_at(b, &down, is_data, top + 1), -EINVAL);
		if (rest < XENGT_PAGE_SIZE)
			assert_int_equal(run_at(b, &down, is_data, rest), fine);
		if (rest)
			assert_int_equal(run_at(b, &down, is_data, rest - 1),
					 -EINVAL);
	}
}

/*
 * The data is in guest memory of which a page is missing: elements before the
 * missing page are handled, elements after it are not.
 */
static void holes(void **state)
{
	struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE, .size = 8,
		.count = 600, .data_is_ptr = true, .data = 0x9000,
	};
	uint64_t data;

	xengt_hv_fake_remove_ram(b->fake, gfn(10));
	assert_int_equal(run(b, &req, &data), -EFAULT);
	assert_int_equal(b->dev.accesses, 512);
	assert_int_equal(data, UINT64_MAX);
	assert_memory_equal(b->dev.bytes, b->ram + 0x9000, 0x1000);
	/*
	 * a read fails, too, but the guest gets the elements before the missing
	 * page
	 */
	req.is_read = true;
	assert_int_equal(run(b, &req, &data), -EFAULT);
	/* a request whose elements go downwards into the missing page */
	req = (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE + 0x8000, .size = 4,
		.count = 12, .data_is_ptr = true, .data = 0xb010,
		.is_backward = true,
	};
	assert_int_equal(run(b, &req, &data), -EFAULT);
	assert_int_equal(b->dev.accesses, 5);
	/* half of the element is in the missing page */
	req.data = 0xaffe;
	req.count = 1;
	assert_int_equal(run(b, &req, &data), -EFAULT);
	assert_int_equal(b->dev.accesses, 0);
	/* the data is beyond all memory */
	req.data = 0x7ffffffffffff000;
	assert_int_equal(run(b, &req, &data), -EFAULT);
	req.is_read = true;
	assert_int_equal(run(b, &req, &data), -EFAULT);
}

static void hv_fails(void **state)
{
	struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE, .size = 8,
		.count = 4, .data_is_ptr = true, .data = 0x9000,
	};
	uint64_t data;

	xengt_hv_fake_inject(b->fake, XENGT_HV_FAKE_READ, 1, -EIO);
	assert_int_equal(run(b, &req, &data), -EFAULT);
	assert_int_equal(b->dev.accesses, 0);
	req.is_read = true;
	xengt_hv_fake_inject(b->fake, XENGT_HV_FAKE_WRITE, 1, -EIO);
	assert_int_equal(run(b, &req, &data), -EFAULT);
}

/*
 * The device model fetches a page of data with one call, whatever size the
 * elements have.
 */
static void few_calls(void **state)
{
	struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE, .size = 1,
		.count = 4096, .data_is_ptr = true, .data = 0x9000,
	};
	uint32_t before = xengt_hv_fake_calls(b->fake, XENGT_HV_FAKE_READ);
	uint64_t data;

	assert_int_equal(run(b, &req, &data), 0);
	assert_int_equal(xengt_hv_fake_calls(b->fake, XENGT_HV_FAKE_READ) -
			 before, 1);
	/*
	 * a request that goes downwards from the last element of a page needs
	 * one read, too
	 */
	req = (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = DEV_BASE + 0x1000, .size = 4,
		.count = 1024, .data_is_ptr = true, .data = 0x9ffc,
		.is_backward = true,
	};
	assert_int_equal(run(b, &req, &data), 0);
	assert_int_equal(xengt_hv_fake_calls(b->fake, XENGT_HV_FAKE_READ) -
			 before, 2);
}

#define bench_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(all_shapes),
		bench_test(nonsense),
		bench_test(the_ends_of_all_addresses),
		bench_test(holes),
		bench_test(hv_fails),
		bench_test(few_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
