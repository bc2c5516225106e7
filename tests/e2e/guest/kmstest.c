// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmstest: shows known pictures through KMS, counts frames, tests fences, waits for
 * hotplugs. kmstest uses only ioctls, so that no library is between the test and the
 * driver.
 */
#include "kmstest.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FLIPS		16U
#define HOTPLUG_MS	20000

static void usage(FILE *to)
{
	fprintf(to,
"usage: kmstest [--device FILE] [--seed N] [--name TEXT] [--nonce TEXT]\n"
"               [--hold SECONDS|line] SCENE...\n"
"       kmstest [--device FILE] [--seed N] --fence\n"
"       kmstest [--device FILE] --hotplug dp|hdmi\n"
"       kmstest [--seed N] [--name TEXT] [--nonce TEXT] --expect SCENE FILE\n"
"\n"
"Shows each SCENE: mode, picture, cursor, sprite, page flips with events. Prints a\n"
"line \"rate\" (the mode's frame rate and the measured frame rate, in mHz) and a\n"
"line \"shown\". Then holds the picture for some seconds, or until a line comes on\n"
"standard input. The scene \"card\" is a test card for people, with the guest's\n"
"name, the mode and a nonce.\n"
"\n"
"  --fence    a tiled object must be the same through the aperture and in memory\n"
"  --hotplug  waits until the monitor is unplugged, then until it is plugged in\n"
"  --expect   what a SCENE must look like, as a PPM file; needs no device\n"
"\n"
"Scenes:");
	for (unsigned int i = 0; kms_scene_at(i); i++)
		fprintf(to, " %s", kms_scene_at(i)->name);
	fprintf(to, "\n");
}

static void hold(const char *how)
{
	char line[64];

	if (!how)
		return;
	if (strcmp(how, "line"))
		sleep((unsigned int)strtoul(how, NULL, 10));
	else if (!fgets(line, sizeof(line), stdin))
		kms_die("no line on standard input");
}

/* Flips between both buffers; the last flip leaves 'last' on the screen. */
static void flip_and_count(int fd, const struct kms_scene *s,
			   const struct kms_output *o, uint32_t first,
			   uint32_t last)
{
	uint32_t frame0, frame = 0;
	uint64_t us0, us = 0, mode_mhz, seen_mhz;

	kms_flip(fd, o, last, &frame0, &us0);
	for (unsigned int i = 0; i < FLIPS; i++)
		kms_flip(fd, o, i & 1 ? last : first, &frame, &us);
	mode_mhz = o->mode.clock * 1000000ULL /
		((uint64_t)o->mode.htotal * o->mode.vtotal);
	seen_mhz = us > us0 ? (frame - frame0) * 1000000000ULL / (us - us0) : 0;
	printf("kmstest: rate %s mode %llu seen %llu flips %u frames %u\n",
	       s->name, (unsigned long long)mode_mhz,
	       (unsigned long long)seen_mhz, FLIPS, frame - frame0);
}

static void make_primary(int fd, const struct kms_scene *s, uint32_t seed,
			 struct kms_buffer *b)
{
	kms_make_buffer(fd, s->width, s->height, s->bpp, s->tiling, b);
	kms_draw_primary(s, seed, b->map, b->pitch);
	kms_add_fb(fd, s->width, s->height, s->bpp, s->tiling, b);
}

static void show_scene(int fd, const struct kms_scene *s, uint32_t seed,
		       const char *how)
{
	struct kms_buffer first, last, part;
	struct kms_output o;

	kms_find_output(fd, s, &o);
	make_primary(fd, s, ~seed, &first);
	make_primary(fd, s, seed, &last);
	kms_show(fd, &o, first.fb);
	if (s->sprite.w) {
		kms_make_buffer(fd, s->sprite.w, s->sprite.h, 32, KMS_LINEAR,
				&part);
		kms_draw_sprite(s, seed, part.map, part.pitch);
		kms_add_fb(fd, s->sprite.w, s->sprite.h, 32, KMS_LINEAR,
			   &part);
		kms_show_sprite(fd, &o, &s->sprite, part.fb);
	}
	if (s->cursor.w) {
		kms_make_buffer(fd, s->cursor.w, s->cursor.h, 32, KMS_LINEAR,
				&part);
		kms_draw_cursor(s, seed, part.map);
		kms_show_cursor(fd, &o, &s->cursor, part.handle);
	}
	/* without a console the screen may still show the cursor of an earlier run */
	if (!s->cursor.w)
		kms_show_cursor(fd, &o, &s->cursor, 0);
	flip_and_count(fd, s, &o, first.fb, last.fb);
	printf("kmstest: shown %s pipe %u size %ux%u\n", s->name, o.pipe,
	       s->width, s->height);
	fflush(stdout);
	hold(how);
	if (s->sprite.w)
		kms_show_sprite(fd, &o, &s->sprite, 0);
	if (s->cursor.w)
		kms_show_cursor(fd, &o, &s->cursor, 0);
}

/* Waits for the kernel's event that a monitor was plugged in or unplugged. */
static void wait_uevent(int sock)
{
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	char buf[4096];

	while (poll(&pfd, 1, HOTPLUG_MS) == 1) {
		ssize_t n = recv(sock, buf, sizeof(buf) - 1, 0);

		if (n <= 0)
			continue;
		buf[n] = '\0';
		for (char *p = buf; p < buf + n; p += strlen(p) + 1)
			if (!strcmp(p, "HOTPLUG=1"))
				return;
	}
	errno = ETIMEDOUT;
	kms_die("no hotplug event");
}

static int hotplug(int fd, bool is_hdmi)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int sock = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
			  NETLINK_KOBJECT_UEVENT);

	if (sock < 0 || bind(sock, (struct sockaddr *)&sa, sizeof(sa)))
		kms_die("uevents");
	for (int want = 0; want <= 1; want++) {
		printf("kmstest: waiting for %s\n",
		       want ? "connect" : "disconnect");
		fflush(stdout);
		wait_uevent(sock);
		if (kms_is_connected(fd, is_hdmi) != want)
			kms_die("a hotplug event came, but the monitor's status is as before");
	}
	printf("kmstest: hotplug ok\n");
	close(sock);
	return 0;
}

struct options {
	const char *device;
	const char *hold;
	const char *hotplug;
	const char *expect;
	uint32_t seed;
	bool is_fence;
};

/* Parses the options. Returns the number of arguments that are options. */
static int parse(int argc, char **argv, struct options *o)
{
	int i;

	for (i = 1; i < argc && !strncmp(argv[i], "--", 2); i++) {
		const char *next = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(argv[i], "--help")) {
			usage(stdout);
			exit(0);
		} else if (!strcmp(argv[i], "--fence")) {
			o->is_fence = true;
			continue;
		} else if (!next) {
			break;
		} else if (!strcmp(argv[i], "--device")) {
			o->device = next;
		} else if (!strcmp(argv[i], "--seed")) {
			o->seed = (uint32_t)strtoul(next, NULL, 0);
		} else if (!strcmp(argv[i], "--name")) {
			kms_card_set_name(next);
		} else if (!strcmp(argv[i], "--nonce")) {
			kms_card_set_nonce(next);
		} else if (!strcmp(argv[i], "--hold")) {
			o->hold = next;
		} else if (!strcmp(argv[i], "--hotplug")) {
			o->hotplug = next;
		} else if (!strcmp(argv[i], "--expect")) {
			o->expect = next;
		} else {
			break;
		}
		i++;
	}
	return i;
}

static const struct kms_scene *scene(const char *name)
{
	const struct kms_scene *s = kms_scene_find(name);

	errno = EINVAL;
	if (!s)
		kms_die("no scene %s", name);
	return s;
}

int main(int argc, char **argv)
{
	struct options o = { .device = "/dev/dri/card0", .seed = 1 };
	int at = parse(argc, argv, &o), fd;

	if (o.expect && argc - at == 1) {
		if (kms_write_expected(scene(o.expect), o.seed, argv[at]))
			kms_die("%s", argv[at]);
		return 0;
	}
	if (o.expect || (!o.is_fence && !o.hotplug && at == argc) ||
	    (at < argc && argv[at][0] == '-')) {
		usage(stderr);
		return 2;
	}
	fd = kms_open(o.device);
	if (o.is_fence)
		return kms_fence_test(fd, o.seed);
	if (o.hotplug)
		return hotplug(fd, !strcmp(o.hotplug, "hdmi"));
	for (; at < argc; at++)
		show_scene(fd, scene(argv[at]), o.seed, o.hold);
	return 0;
}
