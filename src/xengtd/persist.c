/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saves and loads a vGPU's record on disk, <run-dir>/vgpu-<domid>.json. A
 * restarted broker needs this record. A reboot of the machine ends all vGPUs,
 * and empties <run-dir>.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "xengtd/persist.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengtd/bvgpu.h"
#include "xengtd/xengtd.h"

#define FILE_VERSION	5

static void file_path(const struct xengt_bvgpu *v, char *path, size_t size)
{
	snprintf(path, size, "%s/vgpu-%u.json", v->d->opt.run_dir, v->domid);
}

/*
 * The values of a record that are numbers: X(the name in the file, the member
 * of struct xengt_bvgpu). If you add or remove a row, change FILE_VERSION.
 */
/* clang-format off */
#define NUMBERS(X)							       \
	X(domid, domid)							       \
	X(slot, slot)							       \
	X(low_mib, req.low_mib)						       \
	X(high_mib, req.high_mib)					       \
	X(fences, req.fences)						       \
	X(cap, req.share.cap)						       \
	X(weight, req.share.weight)					       \
	X(timeslice, req.share.timeslice_ms)				       \
	X(timeout, req.share.timeout_ms)				       \
	X(stop, req.share.stop)						       \
	X(primary, req.is_primary)					       \
	X(aperture_lazy, req.is_aperture_lazy)				       \
	X(vgpu_id, info.vgpu_id)					       \
	X(low_base, info.low_base)					       \
	X(low_bytes, info.low_bytes)					       \
	X(high_base, info.high_base)					       \
	X(high_bytes, info.high_bytes)					       \
	X(aperture_phys, aperture_phys)					       \
	X(aperture_bytes, aperture_bytes)				       \
	X(has_server, has_server)					       \
	X(server_id, server_id)						       \
	X(has_iomem, has_iomem)						       \
	X(has_aperture, has_aperture)					       \
	X(aperture_gfn, aperture_gfn)					       \
	X(ram_limit, ram.limit.pages)					       \
	X(ram_limit_ours, ram.limit.ours)				       \
	X(ram_before, ram.before.pages)					       \
	X(ram_before_ours, ram.before.ours)				       \
	X(script_added, is_script_added)				       \
	X(accepted, is_accepted)
/* clang-format on */

enum {
#define ID(name, member) NUMBER_##name,
	NUMBERS(ID)
#undef ID
	NUMBERS_ALL
};

static void add_number(struct json_object *obj, const char *name,
		       uint64_t value)
{
	json_object_object_add(obj, name, json_object_new_int64(value));
}

/* Returns the ranges as [[gfn, frames], ...]. */
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

/* The numbers of the pieces of the aperture that may be mapped. */
static struct json_object *pieces_to_json(const struct xengt_bvgpu *v)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < XENGT_PIECES_MAX; i++)
		if (v->pieces[i])
			json_object_array_add(list, json_object_new_int64(i));
	return list;
}

static struct json_object *to_json(const struct xengt_bvgpu *v)
{
	struct json_object *obj = json_object_new_object();
	char uuid[33];

	for (int i = 0; i < 16; i++)
		sprintf(uuid + 2 * i, "%02x", v->uuid[i]);
	json_object_object_add(obj, "version",
			       json_object_new_int(FILE_VERSION));
	json_object_object_add(obj, "name",
			       json_object_new_string(v->req.domain));
	json_object_object_add(obj, "log_name",
			       json_object_new_string(v->log_name));
	json_object_object_add(obj, "uuid", json_object_new_string(uuid));
#define ADD(name, member) add_number(obj, #name, v->member);
	NUMBERS(ADD)
#undef ADD
	json_object_object_add(obj, "ram", ram_to_json(&v->ram));
	json_object_object_add(obj, "pieces", pieces_to_json(v));
	/* why the vGPU ended; the record of a living vGPU has no "held" */
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

static int load_pieces(struct json_object *obj, struct xengt_bvgpu *v)
{
	struct json_object *list;

	if (!json_object_object_get_ex(obj, "pieces", &list) ||
	    !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > XENGT_PIECES_MAX)
		return -EPROTO;
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *item = json_object_array_get_idx(list, i);
		uint64_t n = json_object_get_uint64(item);

		if (!json_object_is_type(item, json_type_int) || n >= XENGT_PIECES_MAX || v->pieces[n])
			return -EPROTO;
		v->pieces[n] = true;
		v->piece_count++;
	}
	return 0;
}

static bool is_limit_valid(uint64_t pages, uint64_t ours)
{
	return ours <= pages && ours <= XENGT_RAM_FRAMES_MAX;
}

static int load_number(struct json_object *obj, const char *name,
		       uint64_t *ret_value)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, name, &value) ||
	    !json_object_is_type(value, json_type_int))
		return -EPROTO;
	*ret_value = json_object_get_uint64(value);
	return 0;
}

static int load_numbers(struct json_object *obj, struct xengt_bvgpu *v)
{
	uint64_t n[NUMBERS_ALL] = { 0 };
	int r = 0;

#define LOAD(name, member)						       \
	r = r < 0 ? r : load_number(obj, #name, &n[NUMBER_##name]);
	NUMBERS(LOAD)
#undef LOAD
	if (r < 0)
		return r;
	if (!is_limit_valid(n[NUMBER_ram_limit], n[NUMBER_ram_limit_ours]) ||
	    !is_limit_valid(n[NUMBER_ram_before], n[NUMBER_ram_before_ours]))
		return -EPROTO;
#define TAKE(name, member) v->member = n[NUMBER_##name];
	NUMBERS(TAKE)
#undef TAKE
	v->info.domid = v->domid;
	return 0;
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
	int r;

	if (!json_object_object_get_ex(obj, "version", &value) ||
	    json_object_get_int(value) != FILE_VERSION)
		return -EPROTONOSUPPORT;
	if (!name || (!log_name &&
		      json_object_object_get_ex(obj, "log_name", &value)))
		return -EPROTO;
	snprintf(v->req.domain, sizeof(v->req.domain), "%s", name);
	/*
	 * A broker of this version always writes log_name. If a file has no
	 * log_name, use the domain's name.
	 */
	snprintf(v->log_name, sizeof(v->log_name), "%s",
		 log_name ? log_name : name);
	r = load_numbers(obj, v);
	if (r == 0)
		r = load_ram(obj, &v->ram);
	if (r == 0)
		r = load_pieces(obj, v);
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
