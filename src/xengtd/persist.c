/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record that a restarted broker needs of a vGPU:
 * <run-dir>/vgpu-<domid>.json. A reboot of the machine ends all vGPUs, and
 * clears the file system of <run-dir>.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "persist.h"
#include "xengt/log.h"
#include "xengtd.h"

#define FILE_VERSION	3

static void file_path(const struct xengt_bvgpu *v, char *path, size_t size)
{
	snprintf(path, size, "%s/vgpu-%u.json", v->d->opt.run_dir, v->domid);
}

/* One row for each number; saving and loading use the same list. */
struct number {
	const char *name;
	uint64_t *value;
};

struct numbers {
	uint64_t domid, slot, low_mib, high_mib, fences, cap, weight, primary,
		 vgpu_id, low_base, low_bytes, high_base, high_bytes,
		 aperture_phys, aperture_bytes, has_server, server_id,
		 has_iomem, has_aperture, aperture_gfn, ram_limit,
		 ram_limit_ours, ram_before, ram_before_ours, script_added,
		 accepted;
	struct number rows[27];
};

static void make_rows(struct numbers *n)
{
	int i = 0;

#define ROW(field) (n->rows[i++] = (struct number){ #field, &n->field })
	ROW(domid);
	ROW(slot);
	ROW(low_mib);
	ROW(high_mib);
	ROW(fences);
	ROW(cap);
	ROW(weight);
	ROW(primary);
	ROW(vgpu_id);
	ROW(low_base);
	ROW(low_bytes);
	ROW(high_base);
	ROW(high_bytes);
	ROW(aperture_phys);
	ROW(aperture_bytes);
	ROW(has_server);
	ROW(server_id);
	ROW(has_iomem);
	ROW(has_aperture);
	ROW(aperture_gfn);
	ROW(ram_limit);
	ROW(ram_limit_ours);
	ROW(ram_before);
	ROW(ram_before_ours);
	ROW(script_added);
	ROW(accepted);
	n->rows[i] = (struct number){ NULL, NULL };
#undef ROW
}

/* [[gfn, frames], ...] */
static struct json_object *ram_to_json(const struct xengt_ram *ram)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < ram->count; i++) {
		const struct xengt_ram_range *range = &ram->ranges[i];
		struct json_object *pair = json_object_new_array();

		json_object_array_add(pair, json_object_new_int64(range->gfn));
		json_object_array_add(pair,
				      json_object_new_int64(range->frames));
		json_object_array_add(list, pair);
	}
	return list;
}

static struct json_object *to_json(const struct xengt_bvgpu *v)
{
	struct numbers n = {
		.domid = v->domid,
		.slot = v->slot,
		.low_mib = v->req.low_mib,
		.high_mib = v->req.high_mib,
		.fences = v->req.fences,
		.cap = v->req.cap,
		.weight = v->req.weight,
		.primary = v->req.is_primary,
		.vgpu_id = v->info.vgpu_id,
		.low_base = v->info.low_base,
		.low_bytes = v->info.low_bytes,
		.high_base = v->info.high_base,
		.high_bytes = v->info.high_bytes,
		.aperture_phys = v->aperture_phys,
		.aperture_bytes = v->aperture_bytes,
		.has_server = v->has_server,
		.server_id = v->server_id,
		.has_iomem = v->has_iomem,
		.has_aperture = v->has_aperture,
		.aperture_gfn = v->aperture_gfn,
		.ram_limit = v->ram.limit.pages,
		.ram_limit_ours = v->ram.limit.ours,
		.ram_before = v->ram.before.pages,
		.ram_before_ours = v->ram.before.ours,
		.script_added = v->is_script_added,
		.accepted = v->is_accepted,
	};
	struct json_object *obj = json_object_new_object();
	char uuid[33];

	make_rows(&n);
	for (int i = 0; i < 16; i++)
		sprintf(uuid + 2 * i, "%02x", v->uuid[i]);
	json_object_object_add(obj, "version",
			       json_object_new_int(FILE_VERSION));
	json_object_object_add(obj, "name",
			       json_object_new_string(v->req.domain));
	json_object_object_add(obj, "log_name",
			       json_object_new_string(v->log_name));
	json_object_object_add(obj, "uuid", json_object_new_string(uuid));
	for (struct number *row = n.rows; row->name; row++)
		json_object_object_add(obj, row->name,
				       json_object_new_int64(*row->value));
	json_object_object_add(obj, "ram", ram_to_json(&v->ram));
	/* It ended, and this is why; a record without it is of one that lives. */
	if (v->state == XENGT_BVGPU_HELD)
		json_object_object_add(obj, "held",
				       json_object_new_string(v->error));
	return obj;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t len = strlen(text);
	int r = 0;

	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, text, len) != (ssize_t)len)
		r = errno ? -errno : -ENOSPC;
	close(fd);
	if (r < 0)
		unlink(path);
	return r;
}

int xengt_bvgpu_save(const struct xengt_bvgpu *v)
{
	struct json_object *obj;
	char path[256], temp[264];
	int r;

	if (v->is_unread)
		return 0;
	obj = to_json(v);
	file_path(v, path, sizeof(path));
	snprintf(temp, sizeof(temp), "%s.new", path);
	r = write_file(temp, json_object_to_json_string_ext(obj,
						JSON_C_TO_STRING_PRETTY));
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	json_object_put(obj);
	if (r < 0)
		xengt_err("cannot write %s: %s", path, strerror(-r));
	return r;
}

void xengt_bvgpu_unsave(const struct xengt_bvgpu *v)
{
	char path[256];

	file_path(v, path, sizeof(path));
	unlink(path);
}

static const char *text_of(struct json_object *obj, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(obj, name, &value) &&
	       json_object_is_type(value, json_type_string) ?
		json_object_get_string(value) : NULL;
}

static int load_uuid(struct json_object *obj, uint8_t *uuid)
{
	const char *text = text_of(obj, "uuid");

	if (!text || strlen(text) != 32)
		return -EPROTO;
	for (int i = 0; i < 16; i++) {
		unsigned int byte;

		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			return -EPROTO;
		uuid[i] = byte;
	}
	return 0;
}

static int load_ram(struct json_object *obj, struct xengt_ram *ram)
{
	struct json_object *list;

	if (!json_object_object_get_ex(obj, "ram", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > XENGT_RAM_RANGES)
		return -EPROTO;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *pair = json_object_array_get_idx(list, i);
		uint64_t n[2];

		if (!json_object_is_type(pair, json_type_array) ||
		    json_object_array_length(pair) != 2)
			return -EPROTO;
		for (int j = 0; j < 2; j++)
			n[j] = json_object_get_uint64(
				json_object_array_get_idx(pair, j));
		if (!n[1] || n[1] > XENGT_RAM_FRAMES_MAX)
			return -EPROTO;
		ram->ranges[ram->count++] =
			(struct xengt_ram_range){ n[0], (uint32_t)n[1] };
	}
	return 0;
}

static int load_limit(uint64_t pages, uint64_t ours,
		      struct xengt_ram_limit *ret_limit)
{
	if (ours > pages || ours > XENGT_RAM_FRAMES_MAX)
		return -EPROTO;
	*ret_limit = (struct xengt_ram_limit){ pages, (uint32_t)ours };
	return 0;
}

static int load_limits(const struct numbers *n, struct xengt_ram *ram)
{
	int r = load_limit(n->ram_limit, n->ram_limit_ours, &ram->limit);

	return r < 0 ? r : load_limit(n->ram_before, n->ram_before_ours,
				      &ram->before);
}

static int load_held(struct json_object *obj, struct xengt_bvgpu *v)
{
	const char *error = text_of(obj, "held");
	struct json_object *value;

	if (!json_object_object_get_ex(obj, "held", &value))
		return 0;
	if (!error)
		return -EPROTO;
	v->state = XENGT_BVGPU_HELD;
	snprintf(v->error, sizeof(v->error), "%s", error);
	return 0;
}

static int from_json(struct json_object *obj, struct xengt_bvgpu *v)
{
	const char *name = text_of(obj, "name");
	const char *log_name = text_of(obj, "log_name");
	struct json_object *value;
	struct numbers n = { 0 };
	int r;

	make_rows(&n);
	if (!json_object_object_get_ex(obj, "version", &value) ||
	    json_object_get_int(value) != FILE_VERSION)
		return -EPROTONOSUPPORT;
	for (struct number *row = n.rows; row->name; row++) {
		if (!json_object_object_get_ex(obj, row->name, &value) ||
		    !json_object_is_type(value, json_type_int))
			return -EPROTO;
		*row->value = json_object_get_uint64(value);
	}
	if (!name || (!log_name &&
		      json_object_object_get_ex(obj, "log_name", &value)))
		return -EPROTO;
	snprintf(v->req.domain, sizeof(v->req.domain), "%s", name);
	/* The record of an older version has no name of the log. */
	snprintf(v->log_name, sizeof(v->log_name), "%s",
		 log_name ? log_name : name);
	v->domid = n.domid;
	v->slot = n.slot;
	v->req.low_mib = n.low_mib;
	v->req.high_mib = n.high_mib;
	v->req.fences = n.fences;
	v->req.cap = n.cap;
	v->req.weight = n.weight;
	v->req.is_primary = n.primary;
	v->info.vgpu_id = n.vgpu_id;
	v->info.domid = n.domid;
	v->info.low_base = n.low_base;
	v->info.low_bytes = n.low_bytes;
	v->info.high_base = n.high_base;
	v->info.high_bytes = n.high_bytes;
	v->aperture_phys = n.aperture_phys;
	v->aperture_bytes = n.aperture_bytes;
	v->has_server = n.has_server;
	v->server_id = n.server_id;
	v->has_iomem = n.has_iomem;
	v->has_aperture = n.has_aperture;
	v->aperture_gfn = n.aperture_gfn;
	v->is_script_added = n.script_added;
	v->is_accepted = n.accepted;
	r = load_limits(&n, &v->ram);
	if (r == 0)
		r = load_ram(obj, &v->ram);
	if (r == 0)
		r = load_held(obj, v);
	return r < 0 ? r : load_uuid(obj, v->uuid);
}

int xengt_bvgpu_load(struct xengt_bvgpu *v, const char *path)
{
	struct json_object *obj = json_object_from_file(path);
	int r;

	if (!obj)
		return -EPROTO;
	r = json_object_is_type(obj, json_type_object) ? from_json(obj, v) :
							 -EPROTO;
	json_object_put(obj);
	return r;
}
