/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last resort against a test that hangs (docs/testing.md): the program ends
 * and fails if nothing happens for XENGT_TEST_PATIENCE seconds (600 by
 * default).
 */
#ifndef XENGT_PATIENCE_H
#define XENGT_PATIENCE_H

/*
 * Call this whenever something happened, or is about to happen: the time in
 * which the program may do nothing begins anew.
 */
void patience_renew(void);

/* Call this when the program waits for nothing any more. */
void patience_end(void);

#endif /* XENGT_PATIENCE_H */
