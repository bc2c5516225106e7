/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a struct that another program, another build or the module
 * reads: the compiler checks its size and the offset of each member, in bytes.
 * A struct without gaps needs no other check. For the kernel and user space;
 * the file that includes this header provides offsetof().
 */
#ifndef XENGT_LAYOUT_H
#define XENGT_LAYOUT_H

#define XENGT_LAYOUT_SIZE(name, bytes)					\
	_Static_assert(sizeof(struct name) == (bytes),			\
		       "struct " #name " has another size")
#define XENGT_LAYOUT_AT(name, member, off)				\
	_Static_assert(offsetof(struct name, member) == (off),		\
		       #name "." #member " has another offset")

#endif /* XENGT_LAYOUT_H */
