/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the window of xengt-view, with SDL's own driver that needs no display: what SDL has
 * drawn is read back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <SDL2/SDL.h>

#include "xengt-view/window.h"
#include "xengt/log.h"

static void *library;

#define CALL(name) ((__typeof__(&name))dlsym(library, #name))

static SDL_Window *the_window(void)
{
	SDL_Window *window = NULL;

	for (uint32_t id = 1; id < 20 && !window; id++)
		window = CALL(SDL_GetWindowFromID)(id);
	assert_non_null(window);
	return window;
}

static void assert_drawn(const struct xengt_frame *frame)
{
	SDL_Renderer *renderer = CALL(SDL_GetRenderer)(the_window());
	uint32_t *pixels = calloc(frame->height, 4 * (size_t)frame->width);

	assert_int_equal(CALL(SDL_RenderReadPixels)(renderer, NULL, SDL_PIXELFORMAT_RGB888, pixels,
						    (int)(4 * frame->width)), 0);
	for (uint32_t i = 0; i < frame->width * frame->height; i++)
		assert_int_equal(pixels[i] & 0xffffff, frame->pixels[i]);
	free(pixels);
}

static struct xengt_frame picture(uint32_t width, uint32_t height, uint32_t seed)
{
	struct xengt_frame frame = { .width = width, .height = height };

	frame.pixels = calloc(height, 4 * (size_t)width);
	for (uint32_t i = 0; i < width * height; i++)
		frame.pixels[i] = (i * 0x01030507u + seed) & 0xffffff;
	return frame;
}

static void pictures_are_drawn(void **state)
{
	static const uint32_t modes[][2] = { { 64, 48 }, { 64, 48 }, { 320, 200 }, { 33, 17 } };
	struct xengt_frame none = { 0 };
	struct xengt_window *window;

	(void)state;
	assert_int_equal(xengt_window_create(&window), 0);
	assert_int_equal(xengt_window_show(window, &none, ""), 0);
	for (uint32_t i = 0; i < 4; i++) {
		struct xengt_frame frame = picture(modes[i][0], modes[i][1], i);
		int width, height;

		assert_int_equal(xengt_window_show(window, &frame, "one"), 0);
		CALL(SDL_GetWindowSize)(the_window(), &width, &height);
		assert_int_equal(width, modes[i][0]);
		assert_int_equal(height, modes[i][1]);
		assert_true(xengt_window_handle(window));
		assert_int_equal(xengt_window_show(window, &frame, "one"), 0);
		assert_string_equal(CALL(SDL_GetWindowTitle)(the_window()), "one - xengt-view");
		free(frame.pixels);
	}
	assert_int_equal(xengt_window_show(window, &none, "one"), 0);
	assert_string_equal(CALL(SDL_GetWindowTitle)(the_window()), "one (no picture) - xengt-view");
	xengt_window_destroy(window);
	xengt_window_destroy(NULL);
}

static void pixels_are_right(void **state)
{
	struct xengt_frame frame = picture(64, 48, 9);
	struct xengt_window *window;

	(void)state;
	assert_int_equal(xengt_window_create(&window), 0);
	assert_int_equal(xengt_window_show(window, &frame, "one"), 0);
	assert_true(xengt_window_handle(window));
	assert_int_equal(xengt_window_show(window, &frame, "one"), 0);
	assert_drawn(&frame);
	free(frame.pixels);
	xengt_window_destroy(window);
}

static void the_user_closes_it(void **state)
{
	SDL_Event event = { .type = SDL_QUIT };
	struct xengt_window *window;

	(void)state;
	assert_int_equal(xengt_window_create(&window), 0);
	assert_true(xengt_window_handle(window));
	assert_int_equal(CALL(SDL_PushEvent)(&event), 1);
	assert_false(xengt_window_handle(window));
	xengt_window_destroy(window);
}

static void no_display(void **state)
{
	struct xengt_window *window = NULL;

	(void)state;
	setenv("SDL_VIDEODRIVER", "no such driver", 1);
	assert_int_equal(xengt_window_create(&window), -EIO);
	assert_null(window);
	setenv("SDL_VIDEODRIVER", "dummy", 1);
}

static int load(void **state)
{
	(void)state;
	xengt_log_set_level(XENGT_LOG_ERR);
	setenv("SDL_VIDEODRIVER", "dummy", 1);
	setenv("SDL_RENDER_DRIVER", "software", 1);
	library = dlopen("libSDL2-2.0.so.0", RTLD_NOW | RTLD_GLOBAL);
	return !library;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_are_drawn),
		cmocka_unit_test(pixels_are_right),
		cmocka_unit_test(the_user_closes_it),
		cmocka_unit_test(no_display),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
