// SPDX-License-Identifier: GPL-2.0-only
/*
 * pngcmp EXPECTED.ppm PICTURE.png: compares all pixels. Prints how many pixels differ and
 * where the first of them is. Exit status: 0 the pictures are equal, 1 they differ, 2 a
 * file cannot be read.
 */
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX	8192U

struct picture {
	unsigned int width, height;
	uint8_t *rgb;
};

static void die(const char *path, const char *why)
{
	fprintf(stderr, "pngcmp: %s: %s\n", path, why);
	exit(2);
}

static void read_ppm(const char *path, struct picture *p)
{
	FILE *f = fopen(path, "r");
	unsigned int max;
	size_t bytes;

	if (!f || fscanf(f, "P6 %u %u %u", &p->width, &p->height, &max) != 3 ||
	    max != 255 || getc(f) == EOF || p->width > SIDE_MAX ||
	    p->height > SIDE_MAX)
		die(path, "not a PPM file");
	bytes = 3UL * p->width * p->height;
	p->rgb = malloc(bytes + 1);
	if (!p->rgb || fread(p->rgb, 1, bytes + 1, f) != bytes)
		die(path, "the file does not have the length that its head gives");
	fclose(f);
}

static void read_png(const char *path, struct picture *p)
{
	png_image image = { .version = PNG_IMAGE_VERSION };

	if (!png_image_begin_read_from_file(&image, path))
		die(path, image.message);
	image.format = PNG_FORMAT_RGB;
	p->width = image.width;
	p->height = image.height;
	p->rgb = malloc(PNG_IMAGE_SIZE(image));
	if (!p->rgb || !png_image_finish_read(&image, NULL, p->rgb, 0, NULL))
		die(path, image.message);
}

int main(int argc, char **argv)
{
	struct picture want, got;
	unsigned long wrong = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: pngcmp EXPECTED.ppm PICTURE.png\n");
		return 2;
	}
	read_ppm(argv[1], &want);
	read_png(argv[2], &got);
	if (want.width != got.width || want.height != got.height) {
		printf("%ux%u expected, %ux%u found\n", want.width,
		       want.height, got.width, got.height);
		return 1;
	}
	for (unsigned long i = 0; i < 1UL * want.width * want.height; i++) {
		const uint8_t *a = want.rgb + 3 * i, *b = got.rgb + 3 * i;

		if (!memcmp(a, b, 3))
			continue;
		if (wrong++)
			continue;
		printf("first at %lu,%lu: ", i % want.width, i / want.width);
		printf("%02x%02x%02x expected, %02x%02x%02x found\n", a[0],
		       a[1], a[2], b[0], b[1], b[2]);
	}
	printf("%lu of %lu pixels differ\n", wrong,
	       1UL * want.width * want.height);
	return wrong != 0;
}
