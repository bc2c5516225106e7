/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that the verbs of xengt-ctl share. Each verb has a file,
 * tools/cmd_<verb>.c, and a row in ctl_verbs[] (xengt-ctl.c); help and shell
 * completion are made from these rows.
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
	const char *root;	/* prefix of all paths: "", or a test's
				 * folder */
	const struct ctl_verb *verb;
	bool is_json;
};

/*
 * An option --name of a verb. With 'value' the option has a value; otherwise it
 * sets *flag.
 */
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
 * Split argv into options (every verb has --json) and words. An option is
 * "--name value" or "--name=value"; after "--" there are only words. There must
 * be between min and max words; words[] gets them, then NULL up to max. CTL_OK,
 * or CTL_USAGE after a message.
 */
int ctl_parse(struct ctl *ctl, int argc, char **argv,
	      const struct ctl_option *options, size_t option_count,
	      const char **words, size_t min, size_t max);

/*
 * Print "xengt-ctl: ..." on stderr, and with --json also an object on stdout.
 * Returns code.
 */
int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Print a line on stdout; with --json print an object {"ok":true,"message":...}
 * instead.
 */
void ctl_say(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Print untrusted text, such as a name, without characters that control a
 * terminal; add blanks up to this many columns.
 */
void ctl_put_text(const char *text, int columns);

/* Print a JSON object on stdout and drop the reference to it. */
void ctl_put_json(struct json_object *obj);

/* Ask xengtd. After a failure a message is printed. Returns the exit code. */
int ctl_ask(struct ctl *ctl, const char *cmd, const char *vgpu,
	    struct json_object **ret_data);
/*
 * As ctl_ask(), for an answer that names a file: *ret_file is the open file, which the
 * caller closes.
 */
int ctl_ask_file(struct ctl *ctl, const char *cmd, const char *vgpu,
		 struct json_object **ret_data, int *ret_file);

/*
 * Write ctl->root, followed by the path (a printf format), to buf. Returns buf.
 */
const char *ctl_path(struct ctl *ctl, char *buf, size_t size, const char *fmt,
		     ...) __attribute__((format(printf, 4, 5)));

/* Print a verb's usage line. */
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
