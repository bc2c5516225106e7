/* SPDX-License-Identifier: GPL-2.0-only */
/* See complaints.h. */
#include "complaints.h"

#include "xengt/log.h"

int complaints;

void __wrap_xengt_log(enum xengt_log_level level, const char *fmt, ...);
void __wrap_xengt_log(enum xengt_log_level level, const char *fmt, ...)
{
	(void)fmt;
	complaints += level <= XENGT_LOG_WARN;
}
