/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses the command line of xengtd. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "xengtd/options.h"
#include "common/version.h"

static void usage(FILE *to)
{
	fprintf(to,
"usage: xengtd [OPTION...]\n"
"The broker of xengt: gives Xen guests their share of the GPU. Stays in the\n"
"foreground and logs to standard error.\n"
"\n"
"  --foreground           the default; accepted for service files\n"
"  --log-dir DIR          logs of the vGPUs' processes (/var/log/xengt)\n"
"  --run-dir DIR          sockets and state (/run/xengt)\n"
"  --worker PROGRAM       program of a vGPU's process (/usr/lib/xengt/xengt-vgpu)\n"
"  --sharer PROGRAM       program that grants a picture to a viewer's domain\n"
"                         (/usr/lib/xengt/xengt-share)\n"
"  --hotplug-script FILE  script to run for each vGPU (/etc/xen/scripts/vgt);\n"
"                         none: no script\n"
"  --types-conf FILE      defaults of vGPUs (/etc/xengt/types.conf)\n"
"  --record DIR           record what each guest does to its vGPU, for\n"
"                         xengt-replay (DIR/NAME.session; the file contains\n"
"                         parts of the guest's memory)\n"
"  --worker-seccomp kill|errno  a forbidden system call of a vGPU's process\n"
"                         ends the process, or fails (kill)\n"
"  --verbose              log more\n"
"  --help, --version\n");
}

enum {
	OPT_FOREGROUND = 256, OPT_LOG_DIR, OPT_RUN_DIR, OPT_WORKER, OPT_SHARER,
	OPT_SCRIPT, OPT_TYPES, OPT_RECORD, OPT_SECCOMP, OPT_VERBOSE, OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "foreground", no_argument, NULL, OPT_FOREGROUND },
	{ "log-dir", required_argument, NULL, OPT_LOG_DIR },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "worker", required_argument, NULL, OPT_WORKER },
	{ "sharer", required_argument, NULL, OPT_SHARER },
	{ "hotplug-script", required_argument, NULL, OPT_SCRIPT },
	{ "types-conf", required_argument, NULL, OPT_TYPES },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "worker-seccomp", required_argument, NULL, OPT_SECCOMP },
	{ "verbose", no_argument, NULL, OPT_VERBOSE },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 }
};

/* Returns the member that takes the option's text as it is, or NULL. */
static const char **text_of(int c, struct xengt_options *opt)
{
	switch (c) {
	case OPT_LOG_DIR:
		return &opt->log_dir;
	case OPT_RUN_DIR:
		return &opt->run_dir;
	case OPT_WORKER:
		return &opt->worker;
	case OPT_SHARER:
		return &opt->sharer;
	case OPT_TYPES:
		return &opt->types_conf;
	case OPT_RECORD:
		return &opt->record_dir;
	default:
		return NULL;
	}
}

static int apply(int c, struct xengt_options *opt)
{
	if (text_of(c, opt)) {
		*text_of(c, opt) = optarg;
		return -1;
	}
	switch (c) {
	case OPT_FOREGROUND:
		return -1;
	case OPT_SCRIPT:
		opt->hotplug_script = strcmp(optarg, "none") ? optarg : "";
		return -1;
	case OPT_SECCOMP:
		opt->is_seccomp_fatal = !strcmp(optarg, "kill");
		if (opt->is_seccomp_fatal || !strcmp(optarg, "errno"))
			return -1;
		fprintf(stderr, "xengtd: --worker-seccomp is kill or errno, not \"%s\"\n",
			optarg);
		return 2;
	case OPT_VERBOSE:
		opt->is_verbose = true;
		return -1;
	case OPT_HELP:
		usage(stdout);
		return 0;
	case OPT_VERSION:
		printf("xengtd %s\n", XENGT_VERSION);
		return 0;
	default:
		fprintf(stderr, "xengtd: try --help\n");
		return 2;
	}
}

int xengt_options_parse(int argc, char **argv, struct xengt_options *ret_opt)
{
	int c, r;

	*ret_opt = (struct xengt_options){
		.run_dir = "/run/xengt",
		.log_dir = "/var/log/xengt",
		.worker = "/usr/lib/xengt/xengt-vgpu",
		.sharer = "/usr/lib/xengt/xengt-share",
		.hotplug_script = "/etc/xen/scripts/vgt",
		.types_conf = "/etc/xengt/types.conf",
		.device = "/dev/xengt",
		.is_seccomp_fatal = true,
	};
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		r = apply(c, ret_opt);
		if (r >= 0)
			return r;
	}
	if (optind < argc) {
		fprintf(stderr, "xengtd: what is \"%s\"? Try --help\n",
			argv[optind]);
		return 2;
	}
	return -1;
}
