/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl: the administrator's tool. This file has the table of verbs, the parser
 * of the command line, and the functions that all verbs use. cmd_<verb>.c
 * implements the verb.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../xen-hooks/vgt_client.h"
#include "../xen-hooks/vgt_keys.h"
#include "common/begin.h"
#include "common/text.h"
#include "ctl.h"

/* clang-format off */
const struct ctl_verb ctl_verbs[] = {
	{ "bind", "BDF [--take | --beside]",
	  "bind a GPU to xengt; --take: unbind another driver from the GPU first; --beside: i915 keeps the GPU, and guests share it", cmd_bind },
	{ "create", "NAME [--type T] [--low MB] [--high MB] [--aperture WORD] [--fences N] [--primary 0|1] [--cap PERCENT] [--weight N] [--timeslice MS] [--timeout MS] [--stop N] [--on-abuse WORD] [--viewer DOMAIN] [--edid FILE] [--monitor FILE]",
	  "give a vGPU to a guest that has not run yet", cmd_create },
	{ "destroy", "NAME",
	  "end a guest's vGPU", cmd_destroy },
	{ "help", "[VERB | keys]",
	  "explain all verbs, one verb, or the keys of xl.cfg", cmd_help },
	{ "info", "NAME",
	  "show one vGPU: configuration, state, last faults", cmd_info },
	{ "list", "",
	  "list all vGPUs", cmd_list },
	{ "regs", "NAME --unknown|--diff",
	  "list registers that xengt does not know, or that differ from their power-on value", cmd_regs },
	{ "screenshot", "NAME [FILE.png] [--ansi WIDTH]",
	  "write what the guest's monitor shows as PNG, or draw it in the terminal", cmd_screenshot },
	{ "set", "NAME edid=FILE|weight=N|cap=PERCENT|timeslice=MS|timeout=MS|stop=N|on-abuse=WORD|viewer=DOMAIN",
	  "change a running guest's monitor, share of the GPU's time, reaction to abuse, or viewer", cmd_set },
	{ "stat", "NAME",
	  "show one vGPU's counters", cmd_stat },
	{ "types", "",
	  "list the types of vGPUs, and how many more vGPUs of each type fit now", cmd_types },
	{ "unbind", "BDF [--force]",
	  "unbind a GPU from xengt, and bind its usual driver; --force: even if vGPUs exist", cmd_unbind },
	{ "version", "",
	  "show the versions of this tool and of xengtd", cmd_version },
	{ "views", "",
	  "list the pictures that viewers in other domains may see", cmd_views },
};
/* clang-format on */
const size_t ctl_verb_count = sizeof(ctl_verbs) / sizeof(ctl_verbs[0]);

void ctl_put_json(struct json_object *obj)
{
	puts(json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
}

int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
{
	char line[CTL_ERR_MAX];
	struct json_object *obj;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);

	/* The text may contain untrusted names, so make it printable. */
	xengt_text_show(line);
	fprintf(stderr, "xengt-ctl: %s\n", line);
	if (ctl->is_json) {
		obj = json_object_new_object();
		json_object_object_add(obj, "ok", json_object_new_boolean(0));
		json_object_object_add(obj, "exit", json_object_new_int(code));
		json_object_object_add(obj, "error",
				       json_object_new_string(line));
		ctl_put_json(obj);
	}

	return code;
}

void ctl_say(struct ctl *ctl, const char *fmt, ...)
{
	char line[CTL_ERR_MAX];
	struct json_object *obj;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);

	xengt_text_show(line);
	if (!ctl->is_json) {
		puts(line);
		return;
	}
	obj = json_object_new_object();
	json_object_object_add(obj, "ok", json_object_new_boolean(1));
	json_object_object_add(obj, "message", json_object_new_string(line));
	ctl_put_json(obj);
}

void ctl_put_text(const char *text, int columns)
{
	char *copy = strdup(text);
	int width;

	if (!copy)
		return;
	xengt_text_show(copy);
	width = xengt_text_width(copy);
	printf("%s%*s", copy, width < columns ? columns - width : 0, "");
	free(copy);
}

const char *ctl_path(struct ctl *ctl, char *buf, size_t size, const char *fmt,
		     ...)
{
	int used = snprintf(buf, size, "%s", ctl->root);
	va_list ap;

	if (used < 0 || (size_t)used >= size)
		return "";
	va_start(ap, fmt);
	vsnprintf(buf + used, size - used, fmt, ap);
	va_end(ap);

	return buf;
}

static int ask_failed(struct ctl *ctl, int error, const char *err)
{
	switch (error) {
	case -ECONNREFUSED:
		return ctl_fail(ctl, CTL_NO_DAEMON, "%s", err);
	case -EPERM:
		return ctl_fail(ctl, CTL_NOT_ROOT, "%s", err);
	case -ENOENT:
		return ctl_fail(ctl, CTL_NOT_FOUND, "%s", err);
	default:
		return ctl_fail(ctl, CTL_FAILED, "%s", err);
	}
}

int ctl_ask(struct ctl *ctl, const char *cmd, const char *vgpu,
	    struct json_object **ret_data)
{
	char path[CTL_PATH_MAX], err[CTL_ERR_MAX];
	int r;

	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	r = vgt_client_ask(path, cmd, vgpu, ret_data, err, sizeof(err));
	return r ? ask_failed(ctl, r, err) : CTL_OK;
}

int ctl_ask_file(struct ctl *ctl, const char *cmd, const char *vgpu,
		 struct json_object **ret_data, int *ret_file)
{
	char path[CTL_PATH_MAX], err[CTL_ERR_MAX];
	int r;

	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	r = vgt_client_ask_file(path, cmd, vgpu, ret_data, ret_file, err,
				sizeof(err));
	return r ? ask_failed(ctl, r, err) : CTL_OK;
}

int ctl_print_table(struct ctl *ctl, int argc, char **argv,
		    const struct ctl_table *table)
{
	struct json_object *list;
	size_t count;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, NULL, 0, 0);

	if (!r)
		r = ctl_ask(ctl, table->cmd, NULL, &list);
	if (r)
		return r;
	count = json_object_is_type(list, json_type_array) ?
		json_object_array_length(list) : 0;
	if (count && table->compare)
		json_object_array_sort(list, table->compare);
	if (ctl->is_json) {
		ctl_put_json(list);
		return CTL_OK;
	}

	puts(table->head);
	for (size_t i = 0; i < count; i++)
		table->print(json_object_array_get_idx(list, i));
	json_object_put(list);

	return CTL_OK;
}

void ctl_print_usage(const struct ctl_verb *verb)
{
	printf("usage: xengt-ctl %s%s%s [--json]\n", verb->name,
	       *verb->args ? " " : "", verb->args);
}

static int usage_error(struct ctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int usage_error(struct ctl *ctl, const char *fmt, ...)
{
	char line[CTL_ERR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);

	return ctl_fail(ctl, CTL_USAGE, "%s (usage: xengt-ctl %s%s%s)", line,
			ctl->verb->name, *ctl->verb->args ? " " : "",
			ctl->verb->args);
}

static int unknown_option(struct ctl *ctl, const char *name,
			  const struct ctl_option *options, size_t count)
{
	const char *names[32] = { "json" }, *near;
	size_t n = 1;

	for (size_t i = 0; i < count && n < 32; i++)
		names[n++] = options[i].name;
	near = vgt_suggest(name, names, n);
	if (near)
		return usage_error(ctl, "unknown option --%s; did you mean --%s?",
				   name, near);

	return usage_error(ctl, "unknown option --%s", name);
}

/*
 * Handles the option argv[*i]. If the option's value is the next word, advances *i to
 * that word.
 */
static int parse_option(struct ctl *ctl, int argc, char **argv, int *i,
			const struct ctl_option *options, size_t count)
{
	char name[64];
	const char *word = argv[*i] + 2, *eq = strchr(word, '=');
	size_t len = eq ? (size_t)(eq - word) : strlen(word);

	snprintf(name, sizeof(name), "%.*s", (int)(len < 63 ? len : 63), word);
	if (!strcmp(name, "json") && !eq) {
		ctl->is_json = true;
		return CTL_OK;
	}
	for (size_t j = 0; j < count; j++) {
		if (strcmp(options[j].name, name))
			continue;
		if (options[j].flag) {
			if (eq)
				return usage_error(ctl, "--%s takes no value",
						   name);
			*options[j].flag = true;
			return CTL_OK;
		}
		if (eq) {
			*options[j].value = eq + 1;
			return CTL_OK;
		}
		if (*i + 1 >= argc)
			return usage_error(ctl, "--%s needs a value", name);
		*options[j].value = argv[++*i];
		return CTL_OK;
	}

	return unknown_option(ctl, name, options, count);
}

int ctl_parse(struct ctl *ctl, int argc, char **argv,
	      const struct ctl_option *options, size_t option_count,
	      const char **words, size_t min, size_t max)
{
	bool has_ended = false;		/* true: "--" was found, and no options
					 * follow */
	size_t count = 0;
	int r;

	for (int i = 1; i < argc; i++) {
		if (!has_ended && !strcmp(argv[i], "--")) {
			has_ended = true;
			continue;
		}
		if (!has_ended && (!strcmp(argv[i], "--help") ||
				   !strcmp(argv[i], "-h"))) {
			printf("%s\n", ctl->verb->help);
			ctl_print_usage(ctl->verb);
			exit(CTL_OK);
		}
		if (!has_ended && !strncmp(argv[i], "--", 2)) {
			r = parse_option(ctl, argc, argv, &i, options,
					 option_count);
			if (r)
				return r;
			continue;
		}
		if (count == max)
			return usage_error(ctl, "too many arguments: %s",
					   argv[i]);
		words[count++] = argv[i];
	}
	if (count < min)
		return usage_error(ctl, "too few arguments");
	for (; count < max; count++)
		words[count] = NULL;

	return CTL_OK;
}

static int unknown_verb(struct ctl *ctl, const char *word)
{
	const char *names[32], *near;
	size_t n = 0;

	for (size_t i = 0; i < ctl_verb_count && n < 32; i++)
		names[n++] = ctl_verbs[i].name;
	near = vgt_suggest(word, names, n);
	if (near)
		return ctl_fail(ctl, CTL_USAGE,
				"unknown verb \"%s\"; did you mean \"%s\"?",
				word, near);

	return ctl_fail(ctl, CTL_USAGE,
			"unknown verb \"%s\": 'xengt-ctl help' lists them",
			word);
}

/*
 * Handle --xengt-root, an option for tests, which must be the first argument: see
 * xengt-ctl(8), section TESTING.
 */
static void take_root(struct ctl *ctl, int *argc, char ***argv)
{
	static const char option[] = "--xengt-root=";

	ctl->root = "";
	if (*argc < 2 || strncmp((*argv)[1], option, strlen(option)))
		return;
	ctl->root = (*argv)[1] + strlen(option);
	(*argv)++;
	(*argc)--;
}

/*
 * Returns true if the command line has --json anywhere before "--". main() checks
 * this first, so that errors in other arguments are printed as JSON, too.
 */
static bool has_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;

	return false;
}

static const struct ctl_verb *find_verb(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		word = "version";
	for (size_t i = 0; i < ctl_verb_count; i++)
		if (!strcmp(ctl_verbs[i].name, word))
			return &ctl_verbs[i];

	return NULL;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { 0 };
	const char *word;
	int r;

	xengt_begin();
	take_root(&ctl, &argc, &argv);
	ctl.is_json = has_json(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "--json")) {
		argv++;
		argc--;
	}
	word = argc > 1 ? argv[1] : "help";
	ctl.verb = find_verb(word);
	if (!ctl.verb)
		return unknown_verb(&ctl, word);
	r = ctl.verb->run(&ctl, argc > 1 ? argc - 1 : argc,
			  argc > 1 ? argv + 1 : argv);
	if (fflush(stdout) || ferror(stdout))
		return ctl_fail(&ctl, CTL_FAILED, "cannot write the output");

	/* If there is no verb, the tool prints the help and fails. */
	return argc > 1 ? r : CTL_USAGE;
}
