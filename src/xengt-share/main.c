/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-share: shows pictures of guests to one viewer domain. xengtd starts one for
 * each picture that a domain may see; see docs/design/017-viewer.md.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/begin.h"
#include "common/share_proto.h"
#include "common/text.h"
#include "common/version.h"
#include "xengt-share/sharing.h"
#include "xengt-vgpu/depriv.h"
#include "xengt/log.h"

struct options {
	uint32_t viewer;
	uint8_t uuid[16];
	const char *chroot_dir;
	bool is_seccomp_fatal, is_verbose;
};

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengt-share --viewer DOMID --uuid HEX [OPTION...]\n"
"Grants the picture of a guest to a viewer's domain. Only xengtd starts this\n"
"program; descriptor 3 is the connection to xengtd, descriptor 4 a socket at\n"
"which the next xengtd can connect.\n"
"\n"
"  --viewer DOMID         the viewer's domain\n"
"  --uuid HEX             the domain's uuid\n"
"  --chroot DIR           an empty folder (/run/xengt/empty)\n"
"  --seccomp kill|errno   a forbidden system call ends the process, or fails\n"
"  --verbose              log more\n"
"  --help, --version\n");
}

enum {
	OPT_VIEWER = 256, OPT_UUID, OPT_CHROOT, OPT_SECCOMP, OPT_VERBOSE, OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "viewer", required_argument, NULL, OPT_VIEWER },
	{ "uuid", required_argument, NULL, OPT_UUID },
	{ "chroot", required_argument, NULL, OPT_CHROOT },
	{ "seccomp", required_argument, NULL, OPT_SECCOMP },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 }
};

static bool parse_uuid(const char *text, uint8_t *uuid)
{
	if (strlen(text) != 32 || strspn(text, "0123456789abcdef") != 32)
		return false;
	for (int i = 0; i < 16; i++) {
		char byte[3] = { text[2 * i], text[2 * i + 1], '\0' };

		uuid[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return true;
}

/* Returns false if the value is not allowed. */
static bool parse_one(int c, struct options *opt)
{
	uint64_t value;

	switch (c) {
	case OPT_VIEWER:
		if (xengt_text_number(optarg, 0x7fef, &value) < 0 || !value)
			return false;
		opt->viewer = (uint32_t)value;
		return true;
	case OPT_UUID:
		return parse_uuid(optarg, opt->uuid);
	case OPT_CHROOT:
		opt->chroot_dir = optarg;
		return true;
	case OPT_SECCOMP:
		opt->is_seccomp_fatal = strcmp(optarg, "errno") != 0;
		return !opt->is_seccomp_fatal || !strcmp(optarg, "kill");
	case OPT_VERBOSE:
		opt->is_verbose = true;
		return true;
	default:
		return false;
	}
}

/* Returns -1 if the program must continue, otherwise the exit status. */
static int parse_options(int argc, char **argv, struct options *opt)
{
	int c;

	*opt = (struct options){
		.chroot_dir = "/run/xengt/empty", .is_seccomp_fatal = true,
	};
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (c == OPT_HELP) {
			usage(stdout);
			return 0;
		}
		if (c == OPT_VERSION) {
			printf("xengt-share %s\n", XENGT_VERSION);
			return 0;
		}
		if (c == '?')
			return 2;
		if (!parse_one(c, opt)) {
			fprintf(stderr, "xengt-share: \"%s\" is not allowed; try --help\n",
				optarg);
			return 2;
		}
	}
	if (optind < argc || !opt->viewer) {
		usage(stderr);
		return 2;
	}
	return -1;
}

/* Returns a descriptor that becomes readable when a signal asks the sharer to end. */
static int take_signals(void)
{
	sigset_t mask;
	int fd;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGQUIT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int start(const struct options *opt, struct xengt_sharing **ret_sharing)
{
	/* Linux's xen/gntalloc.h and xen/evtchn.h */
	static const uint64_t ioctls[] = {
		'G' << 8 | 5,	/* GNTALLOC_ALLOC_GREF */
		'G' << 8 | 6,	/* GNTALLOC_DEALLOC_GREF */
		'E' << 8 | 3,	/* EVTCHN_UNBIND */
		'E' << 8 | 4,	/* EVTCHN_NOTIFY */
		0
	};
	const struct xengt_depriv_config depriv = {
		.chroot_dir = opt->chroot_dir,
		.is_seccomp_fatal = opt->is_seccomp_fatal,
		.ioctls = ioctls,
	};
	struct xengt_sharing_config cfg = {
		.viewer = opt->viewer,
		.broker_fd = XENGT_SP_FD_BROKER,
		.listen_fd = XENGT_SP_FD_LISTEN,
	};
	int r;

	memcpy(cfg.uuid, opt->uuid, sizeof(cfg.uuid));
	/* The sharer itself calls listen(): see src/xengtd/sharer.c. */
	if (listen(cfg.listen_fd, 4) < 0) {
		r = -errno;
		xengt_err("cannot listen for xengtd: %s", strerror(-r));
		return r;
	}
	r = xengt_sharing_create(&cfg, ret_sharing);
	if (r < 0) {
		xengt_err("cannot grant pages to domain %u: %s (is the module xen-gntalloc loaded?)",
			  opt->viewer, strerror(-r));
		return r;
	}
	r = xengt_depriv(&depriv);
	if (r < 0)
		xengt_err("cannot give up rights: %s", strerror(-r));
	return r;
}

int main(int argc, char **argv)
{
	struct xengt_sharing *share = NULL;
	struct options opt;
	char prefix[32];
	int r, stop_fd;

	xengt_begin_daemon();
	r = parse_options(argc, argv, &opt);
	if (r >= 0)
		return r;
	snprintf(prefix, sizeof(prefix), "share%u", opt.viewer);
	xengt_log_set_prefix(prefix);
	if (opt.is_verbose)
		xengt_log_set_level(XENGT_LOG_DEBUG);
	r = stop_fd = take_signals();
	if (r >= 0)
		r = start(&opt, &share);
	if (r == 0)
		do
			r = xengt_sharing_step(share, stop_fd);
		while (r > 0);
	if (r < 0)
		xengt_err("the sharer cannot continue: %s", strerror(-r));
	xengt_sharing_destroy(share);
	xengt_info("the sharer has ended");
	return r < 0 ? 1 : 0;
}
