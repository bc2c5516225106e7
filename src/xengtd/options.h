/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses the command line of xengtd; see xengtd(8). */
#ifndef XENGT_OPTIONS_H
#define XENGT_OPTIONS_H

#include <stdbool.h>

struct xengt_options {
	const char *run_dir;
	const char *log_dir;
	const char *worker;		/* program */
	const char *sharer;		/* program */
	const char *hotplug_script;	/* path of the script; "": none */
	const char *types_conf;		/* /etc/xengt/types.conf: defaults.h */
	const char *device;		/* /dev/xengt */
	const char *record_dir;		/* directory for recorded sessions; NULL
					 * if nothing is recorded */
	bool is_verbose;
	bool is_seccomp_fatal;		/* a forbidden system call kills the
					 * worker */
};

/*
 * Returns -1 if the program must continue, otherwise the exit status. The
 * strings point into argv.
 */
int xengt_options_parse(int argc, char **argv, struct xengt_options *ret_opt);

#endif /* XENGT_OPTIONS_H */
