/* SPDX-License-Identifier: GPL-2.0-only */
/* Declares the functions that the files of xengt-replay share. */
#ifndef XENGT_REPLAY_TOOL_H
#define XENGT_REPLAY_TOOL_H

#include <stdio.h>

enum { REPLAY_SAME = 0, REPLAY_DIFFERS = 1, REPLAY_USAGE = 2, REPLAY_BROKEN = 3 };

/*
 * Replays a session of a vGPU (xengtd --record), and prints the result. Returns the
 * exit status.
 */
int replay_session(FILE *file, const char *name);

#endif /* XENGT_REPLAY_TOOL_H */
