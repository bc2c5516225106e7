/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a struct that another program, another build or the module
 * reads: its size and where each member stands, in bytes, for the compiler to
 * check. A struct without gaps needs no other rule. For the kernel and user
 * space; offsetof() is the includer's.
 */
#ifndef XENGT_LAYOUT_H
#define XENGT_LAYOUT_H

#define XENGT_LAYOUT_SIZE(name, bytes)					\
	_Static_assert(sizeof(struct name) == (bytes),			\
		       "struct " #name " has another size")
#define XENGT_LAYOUT_AT(name, member, off)				\
	_Static_assert(offsetof(struct name, member) == (off),		\
		       #name "." #member " stands elsewhere")

#endif /* XENGT_LAYOUT_H */
