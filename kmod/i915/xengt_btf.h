/* SPDX-License-Identifier: GPL-2.0-only */
/* Layouts of structs in a module's BTF, compared with a table. */
#ifndef XENGT_KMOD_BTF_H
#define XENGT_KMOD_BTF_H

#include <linux/types.h>

/*
 * One fact about a struct: without a member the struct's size in bytes, with a
 * member this member's offset in bytes. Facts about one struct are next to each
 * other, the size first. If 'type' is NULL, the value of the constant 'member'
 * of an enum.
 */
struct xengt_btf_fact {
	const char *type;
	const char *member;
	u32 value;
};

/* A file of /sys/kernel/btf. */
struct xengt_btf_file {
	const u8 *data;
	size_t bytes;
};

/*
 * Compare the facts with the BTF of a module. 'base' is the BTF of the kernel,
 * whose numbers of types and offsets of strings the module's BTF continues.
 * Returns 0: all are equal; -ENOEXEC: one differs, or the BTF does not have it;
 * -EINVAL: this is no BTF that the function can read; -ENOMEM. After an error
 * 'text' says why. May sleep.
 */
int xengt_btf_compare(const struct xengt_btf_file *base,
		      const struct xengt_btf_file *module,
		      const struct xengt_btf_fact *facts, u32 count,
		      char *text, size_t text_bytes);

#endif /* XENGT_KMOD_BTF_H */
