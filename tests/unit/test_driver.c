/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests what the device reports about the guest's driver while the driver loads, works, sleeps
 * and unloads. The tests make the same accesses as Linux and i915, in the same order.
 */
#include "rig.h"

#include "core/driver.h"

#define COMMAND		0x04
#define MSI_CTL		0x92
#define PM_CTRL		0xd4
#define AF_CTRL		0xa8

#define MEM		0x0002
#define MASTER		0x0004

#define is(rig, state) \
	assert_int_equal(xengt_vgpu_driver((rig)->vgpu), XENGT_DRIVER_##state)

/* Read PVINFO's magic number, as i915 does. */
static void probe(struct rig *rig)
{
	assert_int_equal(rig_read(rig, XENGT_PVINFO_MAGIC, 8),
			 XENGT_PVINFO_MAGIC_VALUE);
}

static void msi(struct rig *rig, bool on)
{
	rig_cfg_write(rig, MSI_CTL, 2, on);
}

static void ready(struct rig *rig)
{
	rig_write(rig, REG_PVINFO_DISPLAY_READY, 4, 1);
}

static void start(struct rig *rig)
{
	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	probe(rig);
	msi(rig, true);
	ready(rig);
}

/* Write a context descriptor to an engine that has execlists enabled. */
static void submit(struct rig *rig)
{
	rig_write(rig, RCS + XENGT_RING_MODE, 4, 0x80008000);
	for (int i = 0; i < 3; i++)
		rig_write(rig, RCS + XENGT_RING_ELSP, 4, 0);
	rig_write(rig, RCS + XENGT_RING_ELSP, 4,
		  RIG_LOW_BASE | 0x119);
}

static void firmware_is_no_driver(void **state)
{
	struct rig *rig = *state;

	is(rig, NONE);
	rig_cfg_read(rig, 0, 4);
	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	rig_read(rig, REG_PVINFO_VERSION, 4);
	is(rig, NONE);
	/* the kernel enumerates the bus: it switches MSI off and sets D0 */
	msi(rig, false);
	rig_cfg_write(rig, PM_CTRL, 2, 0);
	is(rig, NONE);
}

static void a_driver_comes(void **state)
{
	struct rig *rig = *state;

	probe(rig);
	is(rig, STARTING);
	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	msi(rig, true);
	is(rig, STARTING);
	rig_write(rig, REG_PVINFO_DISPLAY_READY, 4, 0);
	is(rig, STARTING);
	ready(rig);
	is(rig, ACTIVE);
}

/*
 * A driver that has no display, or does not read PVINFO, is active from its first submission
 * on.
 */
static void work_is_enough(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	submit(rig);
	is(rig, ACTIVE);
}

static void a_descriptor_that_is_none(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	for (int i = 0; i < 4; i++)
		rig_write(rig, RCS + XENGT_RING_ELSP, 4, 0);
	is(rig, NONE);
}

static void each_reset_ends_it(void **state)
{
	struct rig *rig = *state;

	start(rig);
	rig_cfg_write(rig, AF_CTRL, 1, 1);
	is(rig, NONE);
	rig_decode(rig);
	start(rig);
	is(rig, ACTIVE);
	xengt_vgpu_reset(rig->vgpu);
	is(rig, NONE);
	/* a reset of the engines does not change the driver's state */
	rig_decode(rig);
	start(rig);
	rig_write(rig, XENGT_GDRST, 4, 1);
	is(rig, ACTIVE);
}

/* i915 is unloaded, then loaded again */
static void unloaded_and_loaded(void **state)
{
	struct rig *rig = *state;

	start(rig);
	msi(rig, false);
	is(rig, STOPPED);
	probe(rig);
	is(rig, STARTING);
	msi(rig, true);
	ready(rig);
	is(rig, ACTIVE);
}

/*
 * kexec -e: the old kernel switches bus mastering off; the new kernel first switches MSI off.
 */
static void kexec_into_another_kernel(void **state)
{
	struct rig *rig = *state;

	start(rig);
	rig_cfg_write(rig, COMMAND, 2, MEM);
	is(rig, STOPPED);
	msi(rig, false);
	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	is(rig, STOPPED);
	probe(rig);
	is(rig, STARTING);
}

/* The device does not treat an active driver that reads the magic again as a new driver. */
static void a_look_at_the_magic(void **state)
{
	struct rig *rig = *state;

	start(rig);
	probe(rig);
	is(rig, ACTIVE);
}

static void asleep_and_awake(void **state)
{
	struct rig *rig = *state;

	start(rig);
	rig_cfg_write(rig, PM_CTRL, 2, 3);
	is(rig, ASLEEP);
	rig_cfg_write(rig, PM_CTRL, 2, 0);
	is(rig, ACTIVE);
	/* the whole guest goes to sleep: i915 disables the device first */
	rig_cfg_write(rig, COMMAND, 2, MEM);
	rig_cfg_write(rig, PM_CTRL, 2, 3);
	is(rig, ASLEEP);
	rig_cfg_write(rig, PM_CTRL, 2, 0);
	msi(rig, false);
	msi(rig, true);
	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	is(rig, ACTIVE);
}

static void one_that_polls(void **state)
{
	struct rig *rig = *state;

	rig_cfg_write(rig, COMMAND, 2, MEM | MASTER);
	probe(rig);
	ready(rig);
	is(rig, ACTIVE);
	rig_cfg_write(rig, COMMAND, 2, MEM);
	is(rig, STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		rig_test(firmware_is_no_driver),
		rig_test(a_driver_comes),
		rig_test(work_is_enough),
		rig_test(a_descriptor_that_is_none),
		rig_test(each_reset_ends_it),
		rig_test(unloaded_and_loaded),
		rig_test(kexec_into_another_kernel),
		rig_test(a_look_at_the_magic),
		rig_test(asleep_and_awake),
		rig_test(one_that_polls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
