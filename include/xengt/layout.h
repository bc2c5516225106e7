/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of the layout of a struct that another program, another build or the
 * module reads: the compiler compares the struct's size and the offset of each
 * member with a number of bytes. A struct without gaps needs no other check.
 * The kernel and user space include this header; the including file provides
 * offsetof().
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
