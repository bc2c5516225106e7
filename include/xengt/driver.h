/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of the guest's driver as the device sees it, for the administrator. */
#ifndef XENGT_DRIVER_H
#define XENGT_DRIVER_H

/*
 * The worker sends these numbers to the broker. core/driver.h says what each number
 * means.
 */
enum xengt_driver_state {
	XENGT_DRIVER_NONE,
	XENGT_DRIVER_STARTING,
	XENGT_DRIVER_ACTIVE,
	XENGT_DRIVER_ASLEEP,
	XENGT_DRIVER_STOPPED,
	XENGT_DRIVER_STATES,
};

#endif /* XENGT_DRIVER_H */
