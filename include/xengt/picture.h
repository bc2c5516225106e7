/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of a screenshot, which is sent as a file with three bytes for each
 * pixel: red, green and blue.
 */
#ifndef XENGT_PICTURE_H
#define XENGT_PICTURE_H

#define XENGT_PICTURE_MAX_SIDE	4096u	/* pixels */
#define XENGT_PICTURE_MAX_BYTES						\
	(3u * XENGT_PICTURE_MAX_SIDE * XENGT_PICTURE_MAX_SIDE)

#endif /* XENGT_PICTURE_H */
