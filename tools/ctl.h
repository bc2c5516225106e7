/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl: functions that its verbs share. Each verb has a file,
 * tools/cmd_<verb>.c, and a line in ctl_verbs[] (xengt-ctl.c), from which help
 * and completion are made.
 */
#ifndef XENGT_CTL_H
#define XENGT_CTL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* Documented in xengt-ctl(8). */
enum ctl_exit {
	CTL_OK = 0,
	CTL_FAILED = 1,
	CTL_USAGE = 2,
	CTL_NOT_FOUND = 3,	/* no such guest, vGPU or PCI device */
	CTL_NO_DAEMON = 4,	/* xengtd is not running */
	CTL_NOT_ROOT = 5,
};

struct ctl_verb;

struct ctl {
	const char *root;	/* "", or the folder with the tests' files */
	const struct ctl_verb *verb;
	bool is_json;
};

/* An option --name of one verb: a flag when 'value' is NULL. */
struct ctl_option {
	const char *name;
	const char **value;
	bool *flag;
};

struct ctl_verb {
	const char *name;
	const char *args;	/* for the usage line */
	const char *help;	/* one line */
	/* argv[0] is the verb. Returns an enum ctl_exit. */
	int (*run)(struct ctl *ctl, int argc, char **argv);
};

extern const struct ctl_verb ctl_verbs[];
extern const size_t ctl_verb_count;

#define CTL_ERR_MAX	512
#define CTL_PATH_MAX	512

/*
 * Sort argv into options (every verb has --json) and words. An option is
 * "--name value" or "--name=value"; behind "--" there are only words. words[]
 * gets between min and max words. CTL_OK, or CTL_USAGE after a message.
 */
int ctl_parse(struct ctl *ctl, int argc, char **argv,
	      const struct ctl_option *options, size_t option_count,
	      const char **words, size_t min, size_t max);

/*
 * Print "xengt-ctl: ..." on stderr, with --json also an object on stdout;
 * returns 'code'.
 */
int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Print the line as it is; with --json print an object
 * {"ok":true,"message":...}.
 */
void ctl_say(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Print untrusted text (a name) so that it does no harm to a terminal, filled
 * up with blanks to this many columns.
 */
void ctl_put_text(const char *text, int columns);

/* Print a JSON object on stdout and drop the reference to it. */
void ctl_put_json(struct json_object *obj);

/* Ask the daemon. Prints a message if that fails; returns the exit code. */
int ctl_ask(struct ctl *ctl, const char *cmd, const char *vgpu,
	    struct json_object **ret_data);
/*
 * The same for an answer that names a file: *ret_file is the open file, which
 * the caller closes.
 */
int ctl_ask_file(struct ctl *ctl, const char *cmd, const char *vgpu,
		 struct json_object **ret_data, int *ret_file);

/* Write root and path to buf, one after the other. */
const char *ctl_path(struct ctl *ctl, char *buf, size_t size, const char *fmt,
		     ...) __attribute__((format(printf, 4, 5)));

/* "SYNOPSIS" of a verb, as in usage and help. */
void ctl_print_usage(const struct ctl_verb *verb);

int cmd_bind(struct ctl *ctl, int argc, char **argv);
int cmd_create(struct ctl *ctl, int argc, char **argv);
int cmd_destroy(struct ctl *ctl, int argc, char **argv);
int cmd_help(struct ctl *ctl, int argc, char **argv);
int cmd_info(struct ctl *ctl, int argc, char **argv);
int cmd_list(struct ctl *ctl, int argc, char **argv);
int cmd_regs(struct ctl *ctl, int argc, char **argv);
int cmd_screenshot(struct ctl *ctl, int argc, char **argv);
int cmd_set(struct ctl *ctl, int argc, char **argv);
int cmd_stat(struct ctl *ctl, int argc, char **argv);
int cmd_types(struct ctl *ctl, int argc, char **argv);
int cmd_unbind(struct ctl *ctl, int argc, char **argv);
int cmd_version(struct ctl *ctl, int argc, char **argv);

#endif /* XENGT_CTL_H */
