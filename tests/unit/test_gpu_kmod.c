// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests src/gpu/gpu_kmod.c without the module: its descriptor, events and errors. The
 * conformance suite tests the rest on the real module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gpu/gpu.h"

static struct xengt_gpu *gpu;
static int far_end;

/*
 * A socket serves as a vGPU's fd: the test can write events to be read, and all
 * ioctls fail.
 */
static int setup(void **state)
{
	int s[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s))
		return -1;
	far_end = s[1];
	return xengt_gpu_kmod_create(s[0], &gpu);
}

static int teardown(void **state)
{
	char c;

	(void)state;
	gpu->ops->destroy(gpu);
	/* the other end sees that the descriptor is closed */
	assert_int_equal(read(far_end, &c, 1), 0);
	return close(far_end);
}

static void events_come_out(void **state)
{
	const struct xengt_event sent = {
		.type = XENGT_EVENT_ZAPPED,
		.value = XENGT_VGPU_GPU_GONE,
		.engine = XENGT_ENGINE_BCS,
		.seqno = 1ull << 40,
	};
	struct xengt_gpu_event ev;
	struct pollfd p = { .events = POLLIN };

	(void)state;
	p.fd = gpu->ops->event_fd(gpu);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(gpu->ops->next_event(gpu, &ev), 0);
	assert_int_equal(write(far_end, &sent, sizeof(sent)), sizeof(sent));
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(gpu->ops->next_event(gpu, &ev), 1);
	assert_int_equal(ev.type, XENGT_EVENT_ZAPPED);
	assert_int_equal(ev.value, XENGT_VGPU_GPU_GONE);
	assert_int_equal(ev.engine, XENGT_ENGINE_BCS);
	assert_int_equal(ev.seqno, 1ull << 40);
	assert_int_equal(gpu->ops->next_event(gpu, &ev), 0);
}

static void half_an_event_is_an_error(void **state)
{
	struct xengt_gpu_event ev;

	(void)state;
	assert_int_equal(write(far_end, "half", 4), 4);
	assert_int_equal(gpu->ops->next_event(gpu, &ev), -EIO);
}

static void errors_come_out(void **state)
{
	struct xengt_vgpu_info info = { .vgpu_id = 77 };
	const uint64_t entry = 0;
	uint32_t scratched = 77;
	struct xengt_vgpu_aperture access = { .value = 77 };

	(void)state;
	assert_int_equal(gpu->ops->aperture(gpu, &access), -ENOTTY);
	assert_int_equal(access.value, 77);
	assert_int_equal(gpu->ops->info(gpu, &info), -ENOTTY);
	assert_int_equal(info.vgpu_id, 77);
	assert_int_equal(gpu->ops->ggtt_write(gpu, 0, &entry, 1, &scratched),
			 -ENOTTY);
	assert_int_equal(scratched, 77);
	assert_int_equal(gpu->ops->revalidate(gpu), -ENOTTY);
	assert_int_equal(gpu->ops->zap(gpu), -ENOTTY);
}

static void create_closes_on_failure(void **state)
{
	struct xengt_gpu *g = NULL;

	(void)state;
	assert_int_equal(xengt_gpu_kmod_create(-1, &g), -EBADF);
	assert_null(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(events_come_out, setup,
						teardown),
		cmocka_unit_test_setup_teardown(half_an_event_is_an_error,
						setup, teardown),
		cmocka_unit_test_setup_teardown(errors_come_out, setup,
						teardown),
		cmocka_unit_test(create_closes_on_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
