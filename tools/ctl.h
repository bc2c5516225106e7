/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that the verbs of xengt-ctl share. Each verb has a file,
 * tools/cmd_<verb>.c, and a row in ctl_verbs[] (xengt-ctl.c). The verb `help`
 * prints these rows.
 */
#ifndef XENGT_CTL_H
#define XENGT_CTL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* The exit statuses of xengt-ctl, documented in xengt-ctl(8). */
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
	const char *root;	/* text before all paths: "", or in a test the
				 * path of the test's folder */
	const struct ctl_verb *verb;
	bool is_json;
};

/*
 * An option --name of a verb. If value is not NULL, the option needs a value,
 * and *value points to the argument's text. Otherwise the option sets *flag to
 * true.
 */
struct ctl_option {
	const char *name;
	const char **value;
	bool *flag;
};

struct ctl_verb {
	const char *name;
	const char *args;	/* the verb's arguments, as text for --help */
	const char *help;	/* one line */
	/*
	 * Runs the verb. argv[0] is the verb's name. Returns an enum ctl_exit.
	 */
	int (*run)(struct ctl *ctl, int argc, char **argv);
};

extern const struct ctl_verb ctl_verbs[];
extern const size_t ctl_verb_count;

#define CTL_ERR_MAX	512
#define CTL_PATH_MAX	512

/*
 * Split argv into options (every verb has --json) and words. An option is
 * "--name value" or "--name=value"; after "--" there are only words. There must
 * be between min and max words. words[] has max entries: first these words,
 * then NULL in each further entry. Returns CTL_OK, or CTL_USAGE after an error
 * message.
 */
int ctl_parse(struct ctl *ctl, int argc, char **argv,
	      const struct ctl_option *options, size_t option_count,
	      const char **words, size_t min, size_t max);

/*
 * Print an error message "xengt-ctl: ..." on stderr; with --json also print a
 * JSON object on stdout. Returns code.
 */
int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Print a line on stdout; with --json print a JSON object
 * {"ok":true,"message":...} instead of the line.
 */
void ctl_say(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Print untrusted text, such as a name. Control characters become '?'. If the
 * text is shorter than 'columns', blanks follow.
 */
void ctl_put_text(const char *text, int columns);

/*
 * Print a JSON object on stdout, and release the caller's reference to the
 * object.
 */
void ctl_put_json(struct json_object *obj);

/*
 * Send a command to xengtd and wait for the answer. Returns CTL_OK; *ret_data
 * is the answer's data, which the caller releases. Otherwise prints an error
 * message and returns the exit status.
 */
int ctl_ask(struct ctl *ctl, const char *cmd, const char *vgpu,
	    struct json_object **ret_data);
/* A verb without arguments that prints one line for each object of a list. */
struct ctl_table {
	const char *cmd;		/* asks xengtd for the list */
	const char *head;		/* the first line */
	int (*compare)(const void *a, const void *b);	/* see qsort(3), on pointers to
							 * the objects; NULL: xengtd's
							 * order */
	void (*print)(struct json_object *row);
};

/*
 * Carry out such a verb, also with --json. Returns the exit status; CTL_OK, or another
 * one after an error message.
 */
int ctl_print_table(struct ctl *ctl, int argc, char **argv,
		    const struct ctl_table *table);
/*
 * Does the same as ctl_ask(), for a command whose answer names a file. *ret_file
 * becomes a descriptor of this file; the caller closes it.
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
int cmd_views(struct ctl *ctl, int argc, char **argv);
int cmd_version(struct ctl *ctl, int argc, char **argv);

#endif /* XENGT_CTL_H */
