/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/display.h"
#include "core/vgpu.h"
#include "hv/hv_xen.h"
#include "loop_rig.h"
#include "made_time.h"
#include "xengt/log.h"
#include "xengt-vgpu/edid_file.h"
#include "xengt-vgpu/picture.h"

struct loop_device device;

int xengt_hv_xen_poll_fd(const struct xengt_hv *hv)
{
	(void)hv;
	return device.guest_fd;
}

void xengt_hv_xen_ack(struct xengt_hv *hv)
{
	char byte;

	(void)hv;
	device.acks++;
	(void)!read(device.guest_fd, &byte, 1);
}

uint16_t xengt_hv_xen_server_id(const struct xengt_hv *hv)
{
	(void)hv;
	return 5;
}

uint32_t xengt_hv_xen_vcpus(const struct xengt_hv *hv)
{
	(void)hv;
	return 2;
}

int xengt_vgpu_serve(struct xengt_vgpu *vgpu, uint32_t max)
{
	(void)vgpu;
	(void)max;
	device.served++;
	if (device.serve_error) {
		int error = device.serve_error;

		device.serve_error = 0;
		return error;
	}
	if (!device.busy)
		return 0;
	made_ns += (uint64_t)device.serve_msec * MADE_MSEC;
	device.counters.hangs += 1000;
	device.counters.images_other += device.images;
	if (device.is_driver_loaded)
		device.driver = XENGT_DRIVER_ACTIVE;
	if (!--device.busy)
		device.flood_ends();
	return 1;
}

void xengt_vgpu_note_dropped(struct xengt_vgpu *vgpu, uint64_t lines)
{
	(void)vgpu;
	device.counters.log_dropped = lines;
}

void xengt_vgpu_map_again(struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	device.mapped_again++;
}

bool xengt_vgpu_next_unknown(struct xengt_vgpu *vgpu, char *ret_row,
			     size_t size)
{
	(void)vgpu;
	if (!device.news)
		return false;
	device.news--;
	snprintf(ret_row, size, "row");
	return true;
}

void xengt_vgpu_unplug(struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	device.unplugged++;
}

bool xengt_vgpu_handle_events(struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	if (device.on_events)
		device.on_events();
	return device.is_gone;
}

int xengt_vgpu_host_error(const struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	return device.host_error;
}

uint64_t xengt_vgpu_deadline(const struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	return device.has_deadline ? device.deadline_ns : UINT64_MAX;
}

void xengt_vgpu_tick(struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	device.on_tick();
}

const struct xengt_counters *xengt_vgpu_counters(const struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	return &device.counters;
}

enum xengt_driver_state xengt_vgpu_driver(const struct xengt_vgpu *vgpu)
{
	(void)vgpu;
	return device.driver;
}

uint32_t xengt_vgpu_faults(const struct xengt_vgpu *vgpu,
			   struct xengt_fault *ret, uint32_t max)
{
	(void)vgpu;
	(void)ret;
	(void)max;
	return 0;
}

uint32_t xengt_vgpu_regs(const struct xengt_vgpu *vgpu, enum xengt_reg_list list,
			 uint32_t from, struct xengt_reg_view *ret, uint32_t max)
{
	(void)vgpu;
	(void)list;
	(void)from;
	(void)ret;
	(void)max;
	return device.regs_left;
}

void xengt_display_set_edid(struct xengt_vgpu *vgpu, const uint8_t *edid,
			    uint32_t bytes)
{
	(void)vgpu;
	(void)edid;
	device.edid_sets++;
	device.edid_set_bytes = bytes;
}

int xengt_edid_file_read(int fd, uint8_t ret_edid[XENGT_EDID_MAX_BYTES],
			 uint32_t *ret_bytes)
{
	(void)fd;
	if (!device.edid_bytes)
		return -EINVAL;
	memset(ret_edid, 0, device.edid_bytes);
	*ret_bytes = device.edid_bytes;
	return 0;
}

int xengt_picture_draw(struct xengt_vgpu *vgpu, int fd,
		       struct xengt_wp_picture *ret_picture)
{
	(void)vgpu;
	(void)fd;
	(void)ret_picture;
	return -ENODATA;
}

/* Print nothing, and count the lines about a register without a row and about images. */
void __wrap_xengt_log(enum xengt_log_level level, const char *fmt, ...);
void __wrap_xengt_log(enum xengt_log_level level, const char *fmt, ...)
{
	device.complaints += level <= XENGT_LOG_WARN;
	device.lines += !strcmp(fmt, "a register without a row: %s");
	device.ends += !strncmp(fmt, "further registers", 17);
	device.image_lines += !strncmp(fmt, "images of contexts:", 19);
}
