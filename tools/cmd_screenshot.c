/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl screenshot: writes what the guest's monitor shows as PNG, or draws
 * it in the terminal. In the terminal each character shows two pixels, one
 * above the other: an upper half block in the colour of the upper pixel, on a
 * background in the colour of the lower pixel.
 */
#include <errno.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../xen-hooks/vgt_client.h"
#include "common/text.h"
#include "ctl.h"
#include "xengt/picture.h"

#define COLUMNS_MIN	8
#define COLUMNS_MAX	400

struct picture {
	uint32_t width, height;
	uint8_t *rgb;
};

static int read_all(int fd, uint8_t *buf, size_t len)
{
	size_t used = 0;

	while (used < len) {
		ssize_t n = pread(fd, buf + used, len - used, used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -ENODATA;
		used += n;
	}
	return 0;
}

static int load(struct ctl *ctl, struct json_object *data, int file,
		struct picture *ret_picture)
{
	long width = vgt_json_long(data, "width", 0);
	long height = vgt_json_long(data, "height", 0);
	size_t len;
	int r;

	if (width < 1 || width > (long)XENGT_PICTURE_MAX_SIDE || height < 1 ||
	    height > (long)XENGT_PICTURE_MAX_SIDE)
		return ctl_fail(ctl, CTL_FAILED, "xengtd answered with a picture of %ld x %ld pixels",
				width, height);
	len = 3 * (size_t)width * height;
	ret_picture->width = width;
	ret_picture->height = height;
	ret_picture->rgb = malloc(len);
	if (!ret_picture->rgb)
		return ctl_fail(ctl, CTL_FAILED, "out of memory");
	r = read_all(file, ret_picture->rgb, len);
	if (r == 0)
		return CTL_OK;
	return ctl_fail(ctl, CTL_FAILED, "the picture cannot be read: %s",
			r == -ENODATA ? "it is too short" : strerror(-r));
}

static int write_png(struct ctl *ctl, const struct picture *picture,
		     const char *path)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = picture->width,
		.height = picture->height,
		.format = PNG_FORMAT_RGB,
	};
	int is_done;

	if (strcmp(path, "-"))
		is_done = png_image_write_to_file(&image, path, 0, picture->rgb,
						  0, NULL);
	else
		is_done = png_image_write_to_stdio(&image, stdout, 0,
						   picture->rgb, 0, NULL);
	if (is_done)
		return CTL_OK;
	return ctl_fail(ctl, CTL_FAILED, "%s cannot be written: %s", path,
			errno ? strerror(errno) : image.message);
}

/*
 * Computes the mean colour of a rectangle of the picture. An empty rectangle is
 * extended to one pixel.
 */
static void average(const struct picture *p, uint32_t x0, uint32_t x1,
		    uint32_t y0, uint32_t y1, unsigned int mean[3])
{
	uint64_t sum[3] = { 0 }, count;

	x1 = x1 > x0 ? x1 : x0 + 1;
	y1 = y1 > y0 ? y1 : y0 + 1;
	count = (uint64_t)(x1 - x0) * (y1 - y0);
	for (uint32_t y = y0; y < y1; y++) {
		const uint8_t *at = p->rgb + 3 * ((size_t)y * p->width + x0);

		for (uint32_t x = x0; x < x1; x++, at += 3)
			for (int i = 0; i < 3; i++)
				sum[i] += at[i];
	}
	for (int i = 0; i < 3; i++)
		mean[i] = sum[i] / count;
}

static void draw(const struct picture *p, uint32_t columns)
{
	uint32_t rows = (uint64_t)columns * p->height / p->width / 2;

	rows = rows ? rows : 1;
	for (uint32_t row = 0; row < rows; row++) {
		uint32_t y[3];

		for (uint32_t i = 0; i < 3; i++)
			y[i] = (uint64_t)(2 * row + i) * p->height / (2 * rows);
		for (uint32_t col = 0; col < columns; col++) {
			uint32_t x0 = (uint64_t)col * p->width / columns;
			uint32_t x1 = (uint64_t)(col + 1) * p->width / columns;
			unsigned int a[3], b[3];

			average(p, x0, x1, y[0], y[1], a);
			average(p, x0, x1, y[1], y[2], b);
			printf("\033[38;2;%u;%u;%u;48;2;%u;%u;%um\u2580", a[0],
			       a[1], a[2], b[0], b[1], b[2]);
		}
		printf("\033[0m\n");
	}
}

static int deliver(struct ctl *ctl, const struct picture *picture,
		   const char *name, const char *path, uint32_t columns)
{
	int r = CTL_OK;

	if (path)
		r = write_png(ctl, picture, path);
	if (r)
		return r;
	if (columns)
		draw(picture, columns);
	/*
	 * If the picture is written to standard output, do not print a message
	 * to standard output, too.
	 */
	if (path && strcmp(path, "-") && (!columns || !ctl->is_json))
		ctl_say(ctl, "%s: %u x %u pixels of \"%s\"", path,
			picture->width, picture->height, name);
	return CTL_OK;
}

static int parse_columns(struct ctl *ctl, const char *text, uint32_t *ret)
{
	uint64_t value = 0;

	*ret = 0;
	if (!text)
		return CTL_OK;
	if (xengt_text_number(text, COLUMNS_MAX, &value) < 0 ||
	    value < COLUMNS_MIN)
		return ctl_fail(ctl, CTL_USAGE, "--ansi needs a number of columns from %d to %d, not \"%s\"",
				COLUMNS_MIN, COLUMNS_MAX, text);
	*ret = value;
	return CTL_OK;
}

int cmd_screenshot(struct ctl *ctl, int argc, char **argv)
{
	struct picture picture = { 0 };
	struct json_object *data;
	const char *words[2], *ansi = NULL;
	const struct ctl_option options[] = { { "ansi", &ansi, NULL } };
	uint32_t columns;
	int file, r;

	r = ctl_parse(ctl, argc, argv, options, 1, words, 1, 2);
	if (r == CTL_OK)
		r = parse_columns(ctl, ansi, &columns);
	if (r)
		return r;
	if (!words[1] && !columns)
		return ctl_fail(ctl, CTL_USAGE, "no file and no --ansi: name a file for the picture, or say --ansi WIDTH");
	r = ctl_ask_file(ctl, "screenshot", words[0], &data, &file);
	if (r)
		return r;
	r = load(ctl, data, file, &picture);
	close(file);
	json_object_put(data);
	if (r == CTL_OK)
		r = deliver(ctl, &picture, words[0], words[1], columns);
	free(picture.rgb);
	return r;
}
