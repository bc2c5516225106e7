/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-view: shows the picture of a guest, in a domain that is not dom0; see
 * xengt-view(1).
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "common/begin.h"
#include "common/version.h"
#include "xengt-view/frame.h"
#include "xengt-view/source.h"
#include "xengt-view/window.h"
#include "xengt/log.h"

#define RETRY_MSEC	1000	/* after this time xengt-view tries again to reach a guest */

struct options {
	const char *guest;
	const char *png;
	bool is_once, is_list;
};

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengt-view [GUEST] [--png FILE [--once]]\n"
"       xengt-view --list\n"
"Shows what a guest's monitor shows, if dom0's administrator lets this domain see\n"
"the guest (xengt-ctl set GUEST viewer=THIS-DOMAIN).\n"
"\n"
"  --png FILE   write each new picture to FILE, and open no window\n"
"  --once       end after the first picture\n"
"  --list       list the guests that this domain may see\n"
"  --help, --version\n");
}

enum { OPT_PNG = 256, OPT_ONCE, OPT_LIST, OPT_HELP, OPT_VERSION };

/* Returns -1 if the program must continue, otherwise the exit status. */
static int parse_options(int argc, char **argv, struct options *opt)
{
	static const struct option long_options[] = {
		{ "png", required_argument, NULL, OPT_PNG },
		{ "once", no_argument, NULL, OPT_ONCE },
		{ "list", no_argument, NULL, OPT_LIST },
		{ "help", no_argument, NULL, OPT_HELP },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ 0 }
	};
	int c;

	*opt = (struct options){ 0 };
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case OPT_PNG:
			opt->png = optarg;
			break;
		case OPT_ONCE:
			opt->is_once = true;
			break;
		case OPT_LIST:
			opt->is_list = true;
			break;
		case OPT_HELP:
			usage(stdout);
			return 0;
		case OPT_VERSION:
			printf("xengt-view %s\n", XENGT_VERSION);
			return 0;
		default:
			return 2;
		}
	}
	if (optind < argc)
		opt->guest = argv[optind++];
	if (optind < argc || (opt->is_once && !opt->png)) {
		usage(stderr);
		return 2;
	}
	return -1;
}

/* Writes another file first, so that FILE always has a whole picture. */
static int write_png(const struct xengt_frame *frame, const char *path)
{
	png_image image = {
		.version = PNG_IMAGE_VERSION,
		.width = frame->width,
		.height = frame->height,
		.format = PNG_FORMAT_RGB,
	};
	uint64_t pixels = (uint64_t)frame->width * frame->height;
	uint8_t *rgb = malloc(3 * pixels), *at = rgb;
	char temp[4096];
	int r = 0;

	if (!rgb)
		return -ENOMEM;
	for (uint64_t i = 0; i < pixels; i++) {
		*at++ = (uint8_t)(frame->pixels[i] >> 16);
		*at++ = (uint8_t)(frame->pixels[i] >> 8);
		*at++ = (uint8_t)frame->pixels[i];
	}
	errno = 0;
	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		r = -ENAMETOOLONG;
	else if (!png_image_write_to_file(&image, temp, 0, rgb, 0, NULL) ||
		 rename(temp, path) < 0)
		r = errno ? -errno : -EIO;
	free(rgb);
	return r;
}

/* Returns 1: continue; 0: end; -errno. */
static int save(const struct options *opt, const struct xengt_source *source)
{
	const struct xengt_frame *frame = xengt_source_frame(source);
	int r;

	if (!frame->width) {
		printf("no picture%s%s\n", *xengt_source_name(source) ? " of " : "",
		       xengt_source_name(source));
		fflush(stdout);
		return 1;
	}
	r = write_png(frame, opt->png);
	if (r < 0) {
		xengt_err("cannot write %s: %s", opt->png, strerror(-r));
		return r;
	}
	printf("picture %lu: %u x %u of %s\n", xengt_source_reads(source), frame->width,
	       frame->height, xengt_source_name(source));
	fflush(stdout);
	return !opt->is_once;
}

/* window: NULL: none. Returns 1: continue; 0: end; -errno. */
static int step(const struct options *opt, struct xengt_source *source,
		struct xengt_window *window)
{
	int wait = window ? XENGT_WINDOW_MSEC :
		   *xengt_source_name(source) ? -1 : RETRY_MSEC;
	struct pollfd fds[XENGT_SOURCE_FDS];
	int r = 1;

	xengt_source_poll(source, fds);
	if (poll(fds, XENGT_SOURCE_FDS, wait) < 0)
		return errno == EINTR ? 1 : -errno;
	if (xengt_source_update(source, fds))
		r = !window ? save(opt, source) :
		    xengt_window_show(window, xengt_source_frame(source),
				      xengt_source_name(source)) < 0 ? -EIO : 1;
	if (r == 1 && window)
		r = xengt_window_handle(window);
	return r;
}

static int run(const struct options *opt)
{
	struct xengt_window *window = NULL;
	struct xengt_source *source;
	int r = xengt_source_create(opt->guest, &source);

	if (r < 0)
		return r;
	if (!opt->png)
		r = xengt_window_create(&window);
	if (r == 0)
		do
			r = step(opt, source, window);
		while (r > 0);
	xengt_window_destroy(window);
	xengt_source_destroy(source);
	return r;
}

int main(int argc, char **argv)
{
	struct options opt;
	int r;

	xengt_begin();
	xengt_log_set_prefix("xengt-view");
	r = parse_options(argc, argv, &opt);
	if (r >= 0)
		return r;
	r = opt.is_list ? xengt_source_list() : run(&opt);
	return r < 0 ? 1 : 0;
}
