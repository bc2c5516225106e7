// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads BTF (Documentation/bpf/btf.rst of Linux). The kernel has such a reader, but does
 * not export it to modules.
 *
 * BTF has a header, then types, then strings. A type has a number, which is its
 * position in the file, from 1 on. In the file of a module, numbers and offsets
 * of strings continue those of the kernel's file.
 */
#include <linux/btf.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "xengt_btf.h"

/* Newer kernels' headers have more members, which the file may lack. */
#define HEADER_MIN	offsetofend(struct btf_header, str_len)
/* Members without a name may have such members themselves. */
#define DEPTH_MAX	8

struct part {
	const u8 *types, *strings;
	u32 types_bytes, strings_bytes;
};

struct reader {
	struct part parts[2];		/* the kernel's, the module's */
	const struct btf_type **types;	/* by number; types[0] is NULL */
	u32 count;
	const struct xengt_btf_fact *facts;
	u32 facts_count;
	bool *is_found;			/* for each fact */
	char *text;
	size_t text_bytes;
};

static int open_part(struct part *part, const struct xengt_btf_file *file)
{
	const struct btf_header *head = (const void *)file->data;
	u64 bytes = file->bytes;

	if (bytes < HEADER_MIN || head->magic != BTF_MAGIC ||
	    head->hdr_len < HEADER_MIN || head->hdr_len > bytes)
		return -EINVAL;
	bytes -= head->hdr_len;
	if ((u64)head->type_off + head->type_len > bytes ||
	    (u64)head->str_off + head->str_len > bytes || !head->str_len ||
	    head->type_off % 4 || head->hdr_len % 4)
		return -EINVAL;
	part->types = file->data + head->hdr_len + head->type_off;
	part->types_bytes = head->type_len;
	part->strings = file->data + head->hdr_len + head->str_off;
	part->strings_bytes = head->str_len;
	/* so each string ends within the part */
	return part->strings[part->strings_bytes - 1] ? -EINVAL : 0;
}

/* The bytes behind a type: always, and for each of its btf_type_vlen() members. */
struct kind {
	bool is_known;
	u8 bytes, each;
};

static const struct kind kinds[] = {
	[BTF_KIND_INT] = { true, sizeof(u32), 0 },
	[BTF_KIND_PTR] = { true, 0, 0 },
	[BTF_KIND_ARRAY] = { true, sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { true, 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { true, 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { true, 0, sizeof(struct btf_enum) },
	[BTF_KIND_FWD] = { true, 0, 0 },
	[BTF_KIND_TYPEDEF] = { true, 0, 0 },
	[BTF_KIND_VOLATILE] = { true, 0, 0 },
	[BTF_KIND_CONST] = { true, 0, 0 },
	[BTF_KIND_RESTRICT] = { true, 0, 0 },
	[BTF_KIND_FUNC] = { true, 0, 0 },
	[BTF_KIND_FUNC_PROTO] = { true, 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { true, sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { true, 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_FLOAT] = { true, 0, 0 },
	[BTF_KIND_DECL_TAG] = { true, sizeof(struct btf_decl_tag), 0 },
	[BTF_KIND_TYPE_TAG] = { true, 0, 0 },
	[BTF_KIND_ENUM64] = { true, 0, sizeof(struct btf_enum64) },
};

/* The bytes behind a type; -EINVAL: the kind is not known. */
static int bytes_behind(const struct btf_type *t)
{
	u32 kind = BTF_INFO_KIND(t->info);

	if (kind >= ARRAY_SIZE(kinds) || !kinds[kind].is_known)
		return -EINVAL;
	return kinds[kind].bytes + btf_type_vlen(t) * kinds[kind].each;
}

/* Number the types of a part; to->types may be NULL, to count them only. */
static int number_types(struct reader *to, const struct part *part)
{
	const struct btf_type *t;
	u32 at = 0;
	int r;

	while (part->types_bytes - at >= sizeof(*t)) {
		t = (const void *)(part->types + at);
		r = bytes_behind(t);
		if (r < 0 || part->types_bytes - at - sizeof(*t) < r)
			return -EINVAL;
		if (to->types)
			to->types[to->count] = t;
		to->count++;
		at += sizeof(*t) + r;
	}
	return at == part->types_bytes ? 0 : -EINVAL;
}

static int number_all(struct reader *to)
{
	int r;

	to->count = 1;
	r = number_types(to, &to->parts[0]);
	return r ? r : number_types(to, &to->parts[1]);
}

static const char *string_at(const struct reader *r, u32 at)
{
	const struct part *part = &r->parts[0];

	if (at >= part->strings_bytes) {
		at -= part->strings_bytes;
		part++;
	}
	return at < part->strings_bytes ? (const char *)part->strings + at : "";
}

/* The type behind const and volatile; NULL: there is none. */
static const struct btf_type *plain(const struct reader *r, u32 id)
{
	const struct btf_type *t;
	u32 i;

	for (i = 0; i < DEPTH_MAX && id < r->count; i++) {
		t = r->types[id];
		if (!t || (BTF_INFO_KIND(t->info) != BTF_KIND_CONST &&
			   BTF_INFO_KIND(t->info) != BTF_KIND_VOLATILE))
			return t;
		id = t->type;
	}
	return NULL;
}

/*
 * Find a member of a struct, or of its members without a name. Returns true,
 * and the offset in bits.
 */
static bool find_member(const struct reader *r, const struct btf_type *t,
			const char *name, u32 depth, u32 *ret_bits)
{
	const struct btf_member *m = (const void *)(t + 1);
	const struct btf_type *inner;
	u32 i, at;

	for (i = 0; i < btf_type_vlen(t); i++) {
		at = BTF_INFO_KFLAG(t->info) ?
			BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset;
		if (m[i].name_off) {
			if (strcmp(string_at(r, m[i].name_off), name))
				continue;
			*ret_bits = at;
			return true;
		}
		inner = plain(r, m[i].type);
		if (!inner || depth == DEPTH_MAX ||
		    (BTF_INFO_KIND(inner->info) != BTF_KIND_STRUCT &&
		     BTF_INFO_KIND(inner->info) != BTF_KIND_UNION) ||
		    !find_member(r, inner, name, depth + 1, ret_bits))
			continue;
		*ret_bits += at;
		return true;
	}
	return false;
}

__printf(2, 3)
static int differs(struct reader *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(r->text, r->text_bytes, fmt, args);
	va_end(args);
	return -ENOEXEC;
}

/* Compare the facts about a struct, which begin at 'first'. */
static int compare_struct(struct reader *r, const struct btf_type *t, u32 first)
{
	const struct xengt_btf_fact *f = &r->facts[first];
	const char *name = f->type;
	u32 i, bits;

	if (t->size != f->value)
		return differs(r, "struct %s has %u bytes there, and %u bytes here",
			       name, t->size, f->value);
	r->is_found[first] = true;
	for (i = first + 1; i < r->facts_count; i++) {
		f = &r->facts[i];
		if (!f->member || !f->type || strcmp(f->type, name))
			return 0;
		if (!find_member(r, t, f->member, 0, &bits))
			return differs(r, "struct %s has no member %s there",
				       name, f->member);
		if (bits != f->value * 8)
			return differs(r, "the member %s of struct %s is at byte %u there, and at byte %u here",
				       f->member, name, bits / 8, f->value);
		r->is_found[i] = true;
	}
	return 0;
}

static int compare_structs(struct reader *r, const struct btf_type *t)
{
	const char *name = string_at(r, t->name_off);
	const struct xengt_btf_fact *f;
	u32 i;

	for (i = 0; i < r->facts_count; i++) {
		f = &r->facts[i];
		if (f->type && !f->member && !strcmp(f->type, name))
			return compare_struct(r, t, i);
	}
	return 0;
}

static int compare_enum(struct reader *r, const struct btf_type *t)
{
	const struct btf_enum *e = (const void *)(t + 1);
	const struct xengt_btf_fact *f;
	const char *name;
	u32 i, n;

	for (n = 0; n < btf_type_vlen(t); n++) {
		name = string_at(r, e[n].name_off);
		for (i = 0; i < r->facts_count; i++) {
			f = &r->facts[i];
			if (f->type || strcmp(f->member, name))
				continue;
			if (e[n].val != (s32)f->value)
				return differs(r, "the constant %s is %d there, and %d here",
					       name, e[n].val, (s32)f->value);
			r->is_found[i] = true;
		}
	}
	return 0;
}

static int compare_all(struct reader *r)
{
	const struct btf_type *t;
	u32 i, kind;
	int e = 0;

	for (i = 1; i < r->count && !e; i++) {
		t = r->types[i];
		kind = BTF_INFO_KIND(t->info);
		if (kind == BTF_KIND_STRUCT && btf_type_vlen(t) && t->name_off)
			e = compare_structs(r, t);
		else if (kind == BTF_KIND_ENUM)
			e = compare_enum(r, t);
	}
	for (i = 0; i < r->facts_count && !e; i++) {
		if (r->is_found[i])
			continue;
		e = differs(r, "%s%s is not there",
			    r->facts[i].type ? "struct " : "the constant ",
			    r->facts[i].type ?: r->facts[i].member);
	}
	return e;
}

int xengt_btf_compare(const struct xengt_btf_file *base,
		      const struct xengt_btf_file *module,
		      const struct xengt_btf_fact *facts, u32 count,
		      char *text, size_t text_bytes)
{
	struct reader r = {
		.facts = facts, .facts_count = count,
		.text = text, .text_bytes = text_bytes,
	};
	int e = open_part(&r.parts[0], base);

	if (!e)
		e = open_part(&r.parts[1], module);
	if (!e)
		e = number_all(&r);
	if (e) {
		snprintf(text, text_bytes, "this BTF is not of a known form");
		return e;
	}
	r.types = kvcalloc(r.count, sizeof(*r.types), GFP_KERNEL);
	r.is_found = kvcalloc(count, sizeof(*r.is_found), GFP_KERNEL);
	if (r.types && r.is_found) {
		e = number_all(&r);
		if (!e)
			e = compare_all(&r);
	} else {
		e = -ENOMEM;
		snprintf(text, text_bytes, "there is no memory");
	}
	kvfree(r.types);
	kvfree(r.is_found);
	return e;
}
