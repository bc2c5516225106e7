/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmstest: draws known pictures through KMS, with ioctls only. kms_scene.c
 * computes the pictures without a device, so on any machine kmstest --expect
 * writes the picture that the screen must show.
 */
#ifndef KMSTEST_H
#define KMSTEST_H

#include <stdbool.h>
#include <stdint.h>

#include <libdrm/drm.h>
#include <libdrm/drm_mode.h>

/* --- kms_scene.c: the pictures ------------------------------------ */

enum kms_tiling { KMS_LINEAR, KMS_TILE_X, KMS_TILE_Y };

struct kms_rect {
	int32_t x, y;
	uint32_t w, h;			/* width 0: this part does not exist */
};

struct kms_scene {
	const char *name;
	bool is_hdmi;			/* true: HDMI; false: DisplayPort */
	uint32_t width, height, hz;
	uint32_t bpp;			/* 32: XRGB8888, 16: RGB565 */
	enum kms_tiling tiling;
	bool is_card;			/* the scene is the test card, which is
					 * the same for each seed */
	struct kms_rect sprite;		/* a plane over the primary plane:
					 * XRGB8888, linear */
	struct kms_rect cursor;		/* a square, w by w pixels */
};

/* Returns scene number i, or NULL if there are no more than i scenes. */
const struct kms_scene *kms_scene_at(unsigned int i);
const struct kms_scene *kms_scene_find(const char *name);

/* Returns the offset of byte x of row y from the start of a surface. */
uint64_t kms_tiled(enum kms_tiling tiling, uint32_t pitch, uint32_t x,
		   uint32_t y);

/* Returns a pixel as 0x00RRGGBB. The pattern is different for every seed. */
uint32_t kms_pattern(uint32_t seed, uint32_t x, uint32_t y);

/* Draw the parts of a scene into memory. */
void kms_draw_primary(const struct kms_scene *s, uint32_t seed, uint8_t *map,
		      uint32_t pitch);
void kms_draw_sprite(const struct kms_scene *s, uint32_t seed, uint8_t *map,
		     uint32_t pitch);
void kms_draw_cursor(const struct kms_scene *s, uint32_t seed, uint8_t *map);

/*
 * Write a PPM file with the picture that the screen must show. Returns -1 and
 * sets errno on an error.
 */
int kms_write_expected(const struct kms_scene *s, uint32_t seed,
		       const char *path);

/* --- kms_card.c: the test card -------------------------------------------- */

/* Texts on the card, at most 16 characters: letters, digits, '-' and '.'. */
void kms_card_set_name(const char *name);
void kms_card_set_nonce(const char *nonce);
/* Returns the card's pixel as 0x00RRGGBB. */
uint32_t kms_card_pixel(const struct kms_scene *s, uint32_t x, uint32_t y);

/* --- kms_dev.c: the device ------------------------------------------------ */

/* A buffer object, mapped; fb is 0 until kms_add_fb(). */
struct kms_buffer {
	uint32_t handle;
	uint32_t pitch;
	uint64_t size;
	uint8_t *map;
	uint32_t fb;
};

/* The connector, CRTC and pipe that show a scene. */
struct kms_output {
	uint32_t connector;
	uint32_t crtc;
	uint32_t crtc_index;
	uint32_t pipe;			/* pipe number; 0 is pipe A */
	struct drm_mode_modeinfo mode;
};

/* Prints what failed, and ends the program. */
void kms_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));
int kms_ioctl(int fd, unsigned long request, void *arg);
/*
 * If the request fails, ends the program with a message that has the request's
 * name.
 */
#define KMS_DO(fd, request, arg)					\
	do {								\
		if (kms_ioctl(fd, request, arg))			\
			kms_die(#request);				\
	} while (0)

int kms_open(const char *path);
/*
 * Ends the program if the monitor is not there or does not have the scene's
 * mode.
 */
void kms_find_output(int fd, const struct kms_scene *s, struct kms_output *o);
/* Asks the hardware for the connector's status: is a monitor connected? */
bool kms_is_connected(int fd, bool is_hdmi);
void kms_make_buffer(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		     enum kms_tiling tiling, struct kms_buffer *b);
void kms_add_fb(int fd, uint32_t width, uint32_t height, uint32_t bpp,
		enum kms_tiling tiling, struct kms_buffer *b);
void kms_show(int fd, const struct kms_output *o, uint32_t fb);
void kms_show_sprite(int fd, const struct kms_output *o,
		     const struct kms_rect *r, uint32_t fb);
void kms_show_cursor(int fd, const struct kms_output *o,
		     const struct kms_rect *r, uint32_t handle);
/* Flips, waits for the flip's event, and returns the values in the event. */
void kms_flip(int fd, const struct kms_output *o, uint32_t fb,
	      uint32_t *ret_frame, uint64_t *ret_us);

/* --- kms_fence.c ---------------------------------------------------------- */

/*
 * Reads tiled objects through the aperture and through the CPU's own mapping.
 * Returns 0 if both ways give the same bytes.
 */
int kms_fence_test(int fd, uint32_t seed);

#endif /* KMSTEST_H */
