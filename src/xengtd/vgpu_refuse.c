/* SPDX-License-Identifier: GPL-2.0-only */
/* See vgpu_refuse.h. */
#include <stdarg.h>
#include <stdio.h>

#include "xengtd/vgpu_refuse.h"

int xengt_bvgpu_refuse(struct xengt_bvgpu *v, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(v->error, sizeof(v->error), fmt, args);
	va_end(args);
	return error;
}
