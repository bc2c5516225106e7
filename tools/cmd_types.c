/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl types: prints the types (presets of sizes), and how many further
 * vGPUs of each type the free resources allow now.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../xen-hooks/vgt_client.h"
#include "../xen-hooks/vgt_keys.h"
#include "ctl.h"

/*
 * The resources that a vGPU needs: their names for people, and the names of
 * their members in xengtd's answer to the command `resources`.
 */
struct space {
	const char *what, *unit, *total, *free, *largest;
	size_t each;			/* offset of a long in struct vgt_type */
};

/* clang-format off */
static const struct space spaces[] = {
	{ "low", " MB", "low_total_mib", "low_free_mib", "low_largest_mib",
	  offsetof(struct vgt_type, low_mib) },
	{ "high", " MB", "high_total_mib", "high_free_mib", "high_largest_mib",
	  offsetof(struct vgt_type, high_mib) },
	{ "fences", "", "fences_total", "fences_free", "fences_largest",
	  offsetof(struct vgt_type, fences) },
};
/* clang-format on */
#define SPACES (sizeof(spaces) / sizeof(spaces[0]))

/*
 * Returns how many further vGPUs of this type the free resources allow, or -1
 * if the number is not known. If the free memory is fragmented, fewer vGPUs may
 * be possible.
 */
static long fits(struct json_object *res, const struct vgt_type *type)
{
	long n = LONG_MAX;

	for (size_t i = 0; i < SPACES; i++) {
		long each = *(const long *)((const char *)type + spaces[i].each);
		long free = vgt_json_long(res, spaces[i].free, -1);
		long largest = vgt_json_long(res, spaces[i].largest, free);

		if (free < 0)
			return -1;
		if (each > largest)
			return 0;
		if (each && free / each < n)
			n = free / each;
	}

	return n;
}

static void print_free(struct json_object *res)
{
	for (size_t i = 0; i < SPACES; i++) {
		const struct space *s = &spaces[i];

		printf("%s %s: %ld of %ld%s, largest piece %ld%s\n",
		       i ? "    " : "FREE", s->what,
		       vgt_json_long(res, s->free, -1),
		       vgt_json_long(res, s->total, -1), s->unit,
		       vgt_json_long(res, s->largest, -1), s->unit);
	}
}

static struct json_object *to_json(const struct vgt_type *type, long n)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "name", json_object_new_string(type->name));
	json_object_object_add(obj, "low_mib",
			       json_object_new_int64(type->low_mib));
	json_object_object_add(obj, "high_mib",
			       json_object_new_int64(type->high_mib));
	json_object_object_add(obj, "fences",
			       json_object_new_int64(type->fences));
	json_object_object_add(obj, "is_default", json_object_new_boolean(
			       !strcmp(type->name, VGT_TYPE_DEFAULT)));
	json_object_object_add(obj, "fits", n < 0 ? NULL :
			       json_object_new_int64(n));

	return obj;
}

int cmd_types(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *res = NULL, *list = NULL;
	char path[CTL_PATH_MAX], err[CTL_ERR_MAX], count[24];
	int r = ctl_parse(ctl, argc, argv, NULL, 0, NULL, 0, 0), asked;

	if (r)
		return r;
	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	asked = vgt_client_ask(path, "resources", NULL, &res, err, sizeof(err));

	if (ctl->is_json)
		list = json_object_new_array();
	else
		printf("%-8s %8s %8s %7s %5s\n", "TYPE", "LOW MB", "HIGH MB",
		       "FENCES", "FIT");
	for (size_t i = 0; i < vgt_type_count; i++) {
		const struct vgt_type *type = &vgt_types[i];
		long n = asked ? -1 : fits(res, type);

		if (list) {
			json_object_array_add(list, to_json(type, n));
			continue;
		}
		snprintf(count, sizeof(count), "%ld", n);
		printf("%-8s %8ld %8ld %7ld %5s%s%s\n", type->name,
		       type->low_mib, type->high_mib, type->fences,
		       n < 0 ? "?" : count, *type->help ? "  " : "",
		       type->help);
	}
	if (list)
		ctl_put_json(list);
	else if (!asked)
		print_free(res);
	json_object_put(res);

	/*
	 * If xengtd does not answer, the tool prints the types, but cannot
	 * compute the numbers.
	 */
	if (asked)
		fprintf(stderr, "xengt-ctl: cannot find out how many more vGPUs fit: %s\n",
			err);

	if (!asked)
		return CTL_OK;

	return asked == -ECONNREFUSED ? CTL_NO_DAEMON :
	       asked == -EPERM ? CTL_NOT_ROOT : CTL_FAILED;
}
