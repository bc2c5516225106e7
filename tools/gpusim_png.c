// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: writes a picture as a PNG file, some rows in each call, so that
 * QEMU's accesses do not wait until the whole picture is written. Until the
 * file is complete, its name is FILE.part.
 */
#include "gpusim.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_BYTES	(64U << 10)

struct gpusim_png {
	png_structp png;
	png_infop info;
	FILE *f;
	char *path;
	char *part;			/* name of the file while it is written */
	uint8_t *rgb;
	unsigned int width, height;
	unsigned int row;		/* number of the next row to write */
};

void gpusim_png_destroy(struct gpusim_png *p)
{
	if (!p)
		return;
	png_destroy_write_struct(&p->png, &p->info);
	if (p->f)
		fclose(p->f);
	if (p->part)
		unlink(p->part);
	free(p->part);
	free(p->path);
	free(p->rgb);
	free(p);
}

/* Drop libpng's messages: errno has the reason of an error. */
static void on_error(png_structp png, png_const_charp what)
{
	(void)what;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp what)
{
	(void)png;
	(void)what;
}

static int write_head(struct gpusim_png *p)
{
	if (setjmp(png_jmpbuf(p->png)))
		return errno ? -errno : -EIO;
	png_init_io(p->png, p->f);
	png_set_compression_level(p->png, 1);
	png_set_IHDR(p->png, p->info, p->width, p->height, 8,
		     PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(p->png, p->info);
	return 0;
}

int gpusim_png_create(const char *path, uint8_t *rgb, unsigned int width,
		      unsigned int height, struct gpusim_png **ret_p)
{
	struct gpusim_png *p = calloc(1, sizeof(*p));
	int r = -ENOMEM;

	if (!p) {
		free(rgb);
		return r;
	}
	p->rgb = rgb;
	p->width = width;
	p->height = height;
	p->path = strdup(path);
	if (!p->path || asprintf(&p->part, "%s.part", path) < 0) {
		p->part = NULL;
		goto fail;
	}
	p->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error,
					 on_warning);
	p->info = p->png ? png_create_info_struct(p->png) : NULL;
	if (!p->info)
		goto fail;
	p->f = fopen(p->part, "we");
	if (!p->f) {
		r = -errno;
		free(p->part);		/* this program did not create the file,
					 * so gpusim_png_destroy() must not
					 * remove the file */
		p->part = NULL;
		goto fail;
	}
	errno = 0;
	r = write_head(p);
	if (r)
		goto fail;
	*ret_p = p;
	return 0;
fail:
	gpusim_png_destroy(p);
	return r;
}

static int finish(struct gpusim_png *p)
{
	FILE *f = p->f;

	p->f = NULL;
	if (fclose(f) || rename(p->part, p->path))
		return -errno;
	free(p->part);
	p->part = NULL;
	return 0;
}

int gpusim_png_step(struct gpusim_png *p)
{
	size_t row_bytes = 3ULL * p->width;

	errno = 0;
	if (setjmp(png_jmpbuf(p->png)))
		return errno ? -errno : -EIO;
	for (size_t done = 0; done < STEP_BYTES && p->row < p->height;
	     done += row_bytes)
		png_write_row(p->png, p->rgb + row_bytes * p->row++);
	if (p->row < p->height)
		return 1;
	png_write_end(p->png, p->info);
	return finish(p);
}
