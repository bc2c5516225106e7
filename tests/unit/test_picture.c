/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker draws into a file that the broker passed only if the whole picture
 * fits, because a store beyond the file's end would kill the worker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/scanout.h"
#include "xengt-vgpu/picture.h"

static int draws, draw_error;

int xengt_scanout_draw(struct xengt_vgpu *vgpu, uint8_t *rgb,
		       uint32_t *ret_width, uint32_t *ret_height)
{
	(void)vgpu;
	draws++;
	if (draw_error)
		return draw_error;
	rgb[0] = 1;
	rgb[XENGT_PICTURE_MAX_BYTES - 1] = 2;
	*ret_width = 640;
	*ret_height = 480;
	return 0;
}

static int draw(off_t bytes, struct xengt_wp_picture *ret_picture)
{
	int fd = memfd_create("picture", MFD_CLOEXEC), r;
	uint8_t ends[2] = { 0 };

	assert_int_equal(ftruncate(fd, bytes), 0);
	r = xengt_picture_draw(NULL, fd, ret_picture);
	if (r == 0) {
		assert_int_equal(pread(fd, &ends[0], 1, 0), 1);
		assert_int_equal(pread(fd, &ends[1], 1,
				       XENGT_PICTURE_MAX_BYTES - 1), 1);
		assert_int_equal(ends[0], 1);
		assert_int_equal(ends[1], 2);
	}
	close(fd);
	return r;
}

static void the_picture_is_in_the_file(void **state)
{
	struct xengt_wp_picture picture = { 0 };

	(void)state;
	assert_int_equal(draw(XENGT_PICTURE_MAX_BYTES, &picture), 0);
	assert_int_equal(picture.width, 640);
	assert_int_equal(picture.height, 480);
	draw_error = -ENODATA;
	assert_int_equal(draw(XENGT_PICTURE_MAX_BYTES + 1, &picture), -ENODATA);
	draw_error = 0;
}

static void a_file_that_is_none(void **state)
{
	struct xengt_wp_picture picture;
	int ends[2];

	(void)state;
	draws = 0;
	assert_int_equal(draw(XENGT_PICTURE_MAX_BYTES - 1, &picture), -EINVAL);
	assert_int_equal(draw(0, &picture), -EINVAL);
	assert_int_equal(xengt_picture_draw(NULL, -1, &picture), -EBADF);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(xengt_picture_draw(NULL, ends[1], &picture), -EINVAL);
	assert_int_equal(draws, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_picture_is_in_the_file),
		cmocka_unit_test(a_file_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
