/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests persist.c: a saved record is read back completely, and bad records are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "complaints.h"
#include "xengt/log.h"
#include "xengtd/persist.h"
#include "xengtd/xengtd.h"

#define DOMID	12

static char dir[] = "/tmp/test-persist-XXXXXX";
static char path[64];
static struct xengtd broker;

/* A record in which all numbers differ and each has its largest value. */
static const struct xengt_bvgpu full = {
	.d = &broker,
	.domid = DOMID,
	.uuid = { 0x00, 0x01, 0x7f, 0x80, 0xff, 0x10, 0x20, 0x30,
		  0x40, 0x50, 0x60, 0x70, 0x81, 0x92, 0xa3, 0xb4 },
	.log_name = "as it was",
	.req = { .domain = "a \"guest\"", .low_mib = 64, .high_mib = 384,
		 .fences = 4,
		 .share = { .cap = 55, .weight = 256, .timeslice_ms = 7,
			    .timeout_ms = 1234, .stop = 9 },
		 .is_primary = true, .is_aperture_lazy = true },
	.slot = 31,
	.aperture_phys = 0x3fe0000000,
	.aperture_bytes = 1ull << 39,
	.info = { .vgpu_id = UINT32_MAX, .domid = DOMID,
		  .low_base = 0x4000000, .low_bytes = 0x4000001,
		  .high_base = 0x1c0000000, .high_bytes = 0x1c0000002 },
	.has_server = true,
	.server_id = UINT16_MAX,
	.has_iomem = true,
	.has_aperture = true,
	.aperture_gfn = (1ull << 40) - 1,
	.piece_count = 3,
	.pieces = { [0] = true, [7] = true, [XENGT_PIECES_MAX - 1] = true },
	.ram = { .count = 3, .limit = { 1ull << 41, 4096 },
		 .before = { (1ull << 41) - 79, 4017 },
		 .ranges = { { 0xf0000, 1 }, { (1ull << 40) - 2, 4096 },
			     { 0, 17 } } },
	.is_script_added = true,
	.is_accepted = true,
};

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	broker.opt.run_dir = dir;
	snprintf(path, sizeof(path), "%s/vgpu-%d.json", dir, DOMID);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static int load(struct xengt_bvgpu *v)
{
	memset(v, 0, sizeof(*v));
	v->d = &broker;
	return xengt_bvgpu_load(v, path);
}

static char *text_of_file(void)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 8192);

	assert_non_null(f);
	assert_true(fread(text, 1, 8191, f) > 0);
	fclose(f);
	return text;
}

static void write_text(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* Saves the full record, and returns the file's content as JSON. */
static struct json_object *saved(void)
{
	struct json_object *obj;

	assert_int_equal(xengt_bvgpu_save(&full), 0);
	obj = json_object_from_file(path);
	assert_non_null(obj);
	return obj;
}

/*
 * Compares member by member, because the struct has members that are not saved.
 */
static void assert_same(const struct xengt_bvgpu *a, const struct xengt_bvgpu *b)
{
#define SAME(member) assert_memory_equal(&a->member, &b->member, sizeof(a->member))
	SAME(domid);
	SAME(uuid);
	SAME(slot);
	assert_string_equal(a->req.domain, b->req.domain);
	assert_string_equal(a->log_name, b->log_name);
	SAME(req.low_mib);
	SAME(req.high_mib);
	SAME(req.fences);
	SAME(req.share.cap);
	SAME(req.share.weight);
	SAME(req.share.timeslice_ms);
	SAME(req.share.timeout_ms);
	SAME(req.share.stop);
	SAME(req.is_primary);
	SAME(req.is_aperture_lazy);
	SAME(piece_count);
	SAME(pieces);
	SAME(info);
	SAME(aperture_phys);
	SAME(aperture_bytes);
	SAME(has_server);
	SAME(server_id);
	SAME(has_iomem);
	SAME(has_aperture);
	SAME(aperture_gfn);
	SAME(ram.count);
	SAME(ram.limit.pages);
	SAME(ram.limit.ours);
	SAME(ram.before.pages);
	SAME(ram.before.ours);
	for (uint32_t i = 0; i < a->ram.count; i++) {
		SAME(ram.ranges[i].gfn);
		SAME(ram.ranges[i].frames);
	}
	SAME(is_script_added);
	SAME(is_accepted);
#undef SAME
}

static void saved_and_loaded(void **state)
{
	const struct xengt_bvgpu empty = {
		.d = &broker, .domid = DOMID, .info = { .domid = DOMID },
	};
	struct xengt_bvgpu v;
	char *first, *second;
	struct stat st;

	(void)state;
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	assert_int_equal(load(&v), 0);
	assert_same(&v, &full);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	/* saving the loaded record again must give the same file */
	first = text_of_file();
	assert_int_equal(xengt_bvgpu_save(&v), 0);
	second = text_of_file();
	assert_string_equal(first, second);
	free(first);
	free(second);

	/* the new file replaces the old file, and has nothing of the old record */
	assert_int_equal(xengt_bvgpu_save(&empty), 0);
	assert_int_equal(load(&v), 0);
	assert_same(&v, &empty);

	xengt_bvgpu_unsave(&v);
	assert_int_equal(access(path, F_OK), -1);
	xengt_bvgpu_unsave(&v);
}

/* A record with the largest number of RAM ranges. */
static void as_much_ram_as_there_is(void **state)
{
	struct xengt_bvgpu v = full, got;

	(void)state;
	v.ram.count = XENGT_RAM_RANGES;
	for (uint32_t i = 0; i < XENGT_RAM_RANGES; i++)
		v.ram.ranges[i] = (struct xengt_ram_range){
			0x1000 * i, XENGT_RAM_FRAMES_MAX - i,
		};
	assert_int_equal(xengt_bvgpu_save(&v), 0);
	assert_int_equal(load(&got), 0);
	assert_same(&got, &v);
}

/* A record in which all pieces of the aperture may be mapped. */
static void as_many_pieces_as_there_are(void **state)
{
	struct xengt_bvgpu v = full, got;

	(void)state;
	v.piece_count = XENGT_PIECES_MAX;
	for (uint32_t i = 0; i < XENGT_PIECES_MAX; i++)
		v.pieces[i] = true;
	assert_int_equal(xengt_bvgpu_save(&v), 0);
	assert_int_equal(load(&got), 0);
	assert_same(&got, &v);
}

/*
 * A broker that died while it saved a record left a long temporary file. The next record is
 * not mixed with this file.
 */
static void a_broker_died_while_it_saved(void **state)
{
	char temp[512], *first, *second;
	FILE *f;

	(void)state;
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	first = text_of_file();
	snprintf(temp, sizeof(temp), "%s.new", path);
	f = fopen(temp, "w");
	assert_non_null(f);
	for (int i = 0; i < 5000; i++)
		fputc('x', f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	assert_int_equal(access(temp, F_OK), -1);
	second = text_of_file();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

/* If the new file cannot be written, the old file stays, and the log says why. */
static void cannot_be_saved(void **state)
{
	struct xengt_bvgpu v = full;
	char temp[80];

	(void)state;
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	snprintf(temp, sizeof(temp), "%s.new", path);
	assert_int_equal(mkdir(temp, 0700), 0);
	v.slot = 3;
	assert_int_equal(complaints, 0);
	assert_true(xengt_bvgpu_save(&v) < 0);
	assert_int_equal(complaints, 1);
	rmdir(temp);
	assert_int_equal(load(&v), 0);
	assert_int_equal(v.slot, full.slot);
}

/* Returns the version of the records that this build writes. */
static int version_now(void)
{
	struct json_object *obj = saved(), *value;
	int version;

	assert_true(json_object_object_get_ex(obj, "version", &value));
	version = json_object_get_int(value);
	json_object_put(obj);
	return version;
}

static void no_file_of_ours(void **state)
{
	static const char *const texts[] = {
		"", " ", "null", "[]", "7", "\"version\"", "{", "{}",
		"\177ELF",
	};
	struct xengt_bvgpu v;
	char text[64];

	(void)state;
	unlink(path);
	assert_int_equal(load(&v), -EPROTO);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(texts); i++) {
		write_text(texts[i]);
		assert_true(load(&v) < 0);
	}
	snprintf(text, sizeof(text), "{\"version\": %d}", version_now());
	write_text(text);
	assert_int_equal(load(&v), -EPROTO);
	snprintf(text, sizeof(text), "{\"version\": %d, \"domid\": %u}",
		 version_now(), DOMID);
	write_text(text);
	assert_int_equal(load(&v), -EPROTO);
}

static void another_version(void **state)
{
	static const char *const texts[] = { "\"three\"", "null", "[]" };
	const int now = version_now();
	const int numbers[] = { now - 1, now + 1, 0, -now, now + 256 };
	struct json_object *obj = saved();
	struct xengt_bvgpu v;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(numbers); i++) {
		json_object_object_add(obj, "version",
				       json_object_new_int(numbers[i]));
		write_text(json_object_to_json_string(obj));
		assert_int_equal(load(&v), -EPROTONOSUPPORT);
	}
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(texts); i++) {
		json_object_object_add(obj, "version",
				       json_tokener_parse(texts[i]));
		write_text(json_object_to_json_string(obj));
		assert_int_equal(load(&v), -EPROTONOSUPPORT);
	}
	json_object_put(obj);
}

/*
 * A file that is cut off at any place, for instance by a full disk, is refused. (This
 * should not happen, because the file is not written in place.)
 */
static void cut_off(void **state)
{
	struct xengt_bvgpu v;
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	text = text_of_file();
	len = strrchr(text, '}') - text;
	for (; len > 0; len -= len > 7 ? 7 : len) {
		text[len] = '\0';
		write_text(text);
		assert_true(load(&v) < 0);
	}
	free(text);
}

/* May a record of this version lack this member? */
static bool may_miss(const char *name)
{
	return !strcmp(name, "log_name");
}

/* Each member that may not be missing must exist and have the right type. */
static void members(void **state)
{
	static const char *const wrong[] = {
		NULL, "\"x\"", "1.5", "true", "null", "[[7]]", "{}",
	};
	struct json_object *model = saved();
	struct xengt_bvgpu v;

	(void)state;
	json_object_object_foreach(model, name, value) {
		(void)value;
		if (!strcmp(name, "version"))
			continue;
		for (size_t i = 0; i < XENGT_ARRAY_SIZE(wrong); i++) {
			struct json_object *obj = saved();
			bool is_missing = !wrong[i] ||
				(i == 1 && strstr(name, "name"));
			int want = is_missing && may_miss(name) ? 0 : -EPROTO;

			if (is_missing)
				json_object_object_del(obj, name);
			else
				json_object_object_add(obj, name,
					json_tokener_parse(wrong[i]));
			write_text(json_object_to_json_string(obj));
			if (load(&v) != want)
				fail_msg("%s = %s is accepted", name,
					 wrong[i] ? wrong[i] : "nothing");
			json_object_put(obj);
		}
	}
	json_object_put(model);
}

static void ram_and_uuid(void **state)
{
	static const struct {
		const char *name, *value;
	} wrong[] = {
		{ "ram", "[7]" }, { "ram", "[[]]" }, { "ram", "[[1]]" },
		{ "ram", "[[1, 2, 3]]" }, { "ram", "[[1, 0]]" },
		{ "ram", "[[1, 4097]]" }, { "ram", "[[1, 4294967297]]" },
		{ "ram", "[[1, 1], [1, 0]]" },
		{ "ram", "[[1,1],[2,1],[3,1],[4,1],[5,1],[6,1],[7,1],[8,1],[9,1]]" },
		{ "ram_limit_ours", "4097" }, { "ram_before_ours", "4097" },
		{ "ram_limit", "4095" }, { "ram_before", "4016" },
		{ "pieces", "[true]" }, { "pieces", "[\"1\"]" }, { "pieces", "[0, 5, 0]" },
		{ "pieces", "[[1]]" }, { "held", "7" }, { "held", "null" },
		{ "uuid", "\"\"" }, { "uuid", "\"00\"" },
		{ "uuid", "\"0001020304050607080910111213141\"" },
		{ "uuid", "\"000102030405060708091011121314150\"" },
		{ "uuid", "\"g0010203040506070809101112131415\"" },
	};
	struct xengt_bvgpu v;

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(wrong); i++) {
		struct json_object *obj = saved();

		json_object_object_add(obj, wrong[i].name,
				       json_tokener_parse(wrong[i].value));
		write_text(json_object_to_json_string(obj));
		if (load(&v) != -EPROTO)
			fail_msg("%s is accepted", wrong[i].value);
		json_object_put(obj);
	}
}

/* Loads the full record, in which a member has another value. */
static int load_with(const char *name, struct json_object *value)
{
	struct json_object *obj = saved();
	struct xengt_bvgpu v;
	int r;

	json_object_object_add(obj, name, value);
	write_text(json_object_to_json_string(obj));
	r = load(&v);
	json_object_put(obj);
	return r;
}

/* The largest numbers that a record may have, and the next ones. */
static void limits_of_numbers(void **state)
{
	for (int more = 0; more < 2; more++) {
		struct json_object *list = json_object_new_array();
		const int want = more ? -EPROTO : 0;

		(void)state;
		json_object_array_add(list, json_object_new_int(XENGT_PIECES_MAX - 1 + more));
		assert_int_equal(load_with("pieces", list), want);
		/* more pieces than there are, of which no two are the same */
		list = json_object_new_array();
		for (int i = 0; i < (int)XENGT_PIECES_MAX + more; i++)
			json_object_array_add(list, json_object_new_int(i));
		assert_int_equal(load_with("pieces", list), want);
		/* the limit has no page but those of the vGPU */
		assert_int_equal(load_with("ram_limit", json_object_new_int(4096 - more)),
				 want);
		assert_int_equal(load_with("ram_before", json_object_new_int(4017 - more)),
				 want);
		assert_int_equal(load_with("ram_before_ours", json_object_new_int(4096 + more)),
				 want);
	}
}

/*
 * The record says that the vGPU is held, and why it ended. A record that could not be read
 * is not overwritten.
 */
static void one_that_is_held(void **state)
{
	struct xengt_bvgpu held = full, v;

	(void)state;
	assert_int_equal(xengt_bvgpu_save(&full), 0);
	assert_int_equal(load(&v), 0);
	assert_int_equal(v.state, XENGT_BVGPU_ASKING);
	held.state = XENGT_BVGPU_HELD;
	strcpy(held.error, "it \"died\"");
	assert_int_equal(xengt_bvgpu_save(&held), 0);
	assert_int_equal(load(&v), 0);
	assert_int_equal(v.state, XENGT_BVGPU_HELD);
	assert_string_equal(v.error, held.error);
	assert_same(&v, &held);
	v.is_unread = true;
	v.state = XENGT_BVGPU_CONNECTED;
	assert_int_equal(xengt_bvgpu_save(&v), 0);
	assert_int_equal(load(&v), 0);
	assert_int_equal(v.state, XENGT_BVGPU_HELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saved_and_loaded),
		cmocka_unit_test(one_that_is_held),
		cmocka_unit_test(as_much_ram_as_there_is),
		cmocka_unit_test(as_many_pieces_as_there_are),
		cmocka_unit_test(a_broker_died_while_it_saved),
		cmocka_unit_test(cannot_be_saved),
		cmocka_unit_test(no_file_of_ours),
		cmocka_unit_test(another_version),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(members),
		cmocka_unit_test(ram_and_uuid),
		cmocka_unit_test(limits_of_numbers),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
