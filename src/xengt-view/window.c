/* SPDX-License-Identifier: GPL-2.0-only */
/* A window with a guest's picture; see window.h. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <SDL2/SDL.h>

#include "xengt-view/window.h"
#include "xengt-view/frame.h"
#include "xengt/log.h"

#define LIBRARY		"libSDL2-2.0.so.0"

/* The functions of SDL that are used. */
#define FUNCTIONS(X)							       \
	X(SDL_Init) X(SDL_Quit) X(SDL_GetError) X(SDL_PollEvent)	       \
	X(SDL_CreateWindow) X(SDL_DestroyWindow) X(SDL_SetWindowSize)	       \
	X(SDL_SetWindowTitle) X(SDL_CreateRenderer) X(SDL_DestroyRenderer)     \
	X(SDL_RenderSetLogicalSize) X(SDL_RenderClear) X(SDL_RenderCopy)       \
	X(SDL_RenderPresent) X(SDL_CreateTexture) X(SDL_UpdateTexture)	       \
	X(SDL_DestroyTexture)

struct xengt_window {
	void *library;
#define MEMBER(name) __typeof__(&name) name;
	FUNCTIONS(MEMBER)
#undef MEMBER
	SDL_Window *window;
	SDL_Renderer *renderer;
	SDL_Texture *texture;		/* NULL: no picture */
	uint32_t width, height;		/* of the texture */
};

static int load(struct xengt_window *w)
{
	bool is_whole = true;

	w->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!w->library) {
		xengt_err("cannot open a window: %s (install libsdl2-2.0-0, or use --png)",
			  dlerror());
		return -ENOENT;
	}
#define LOAD(name)							       \
	w->name = (__typeof__(&name))dlsym(w->library, #name);		       \
	is_whole &= w->name != NULL;
	FUNCTIONS(LOAD)
#undef LOAD
	if (!is_whole)
		xengt_err("cannot open a window: " LIBRARY " lacks a function");
	return is_whole ? 0 : -ENOENT;
}

static int fail(struct xengt_window *w, const char *what)
{
	xengt_err("cannot %s: %s", what, w->SDL_GetError());
	return -EIO;
}

int xengt_window_create(struct xengt_window **ret_window)
{
	struct xengt_window *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	r = load(w);
	if (r < 0) {
		if (w->library)
			dlclose(w->library);
		free(w);
		return r;
	}
	if (w->SDL_Init(SDL_INIT_VIDEO) < 0)
		r = fail(w, "open a window");
	if (r == 0) {
		w->window = w->SDL_CreateWindow("xengt-view", SDL_WINDOWPOS_UNDEFINED,
						SDL_WINDOWPOS_UNDEFINED, 640, 480,
						SDL_WINDOW_RESIZABLE);
		if (w->window)
			w->renderer = w->SDL_CreateRenderer(w->window, -1, 0);
		if (!w->renderer)
			r = fail(w, "open a window");
	}
	if (r < 0) {
		xengt_window_destroy(w);
		return r;
	}
	*ret_window = w;
	return 0;
}

static void forget_texture(struct xengt_window *w)
{
	if (w->texture)
		w->SDL_DestroyTexture(w->texture);
	w->texture = NULL;
	w->width = 0;
	w->height = 0;
}

void xengt_window_destroy(struct xengt_window *w)
{
	if (!w)
		return;
	forget_texture(w);
	if (w->renderer)
		w->SDL_DestroyRenderer(w->renderer);
	if (w->window)
		w->SDL_DestroyWindow(w->window);
	w->SDL_Quit();
	dlclose(w->library);
	free(w);
}

static int paint(struct xengt_window *w)
{
	if (w->SDL_RenderClear(w->renderer) < 0 ||
	    (w->texture &&
	     w->SDL_RenderCopy(w->renderer, w->texture, NULL, NULL) < 0))
		return fail(w, "draw");
	w->SDL_RenderPresent(w->renderer);
	return 0;
}

static int change_size(struct xengt_window *w, const struct xengt_frame *frame)
{
	forget_texture(w);
	if (!frame->width)
		return 0;
	w->texture = w->SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888,
					  SDL_TEXTUREACCESS_STREAMING, (int)frame->width,
					  (int)frame->height);
	if (!w->texture)
		return fail(w, "make a picture");
	w->SDL_SetWindowSize(w->window, (int)frame->width, (int)frame->height);
	if (w->SDL_RenderSetLogicalSize(w->renderer, (int)frame->width,
					(int)frame->height) < 0)
		return fail(w, "scale the picture");
	w->width = frame->width;
	w->height = frame->height;
	return 0;
}

int xengt_window_show(struct xengt_window *w, const struct xengt_frame *frame,
		      const char *name)
{
	char title[160];
	int r = 0;

	if (frame->width != w->width || frame->height != w->height)
		r = change_size(w, frame);
	if (r == 0 && w->texture &&
	    w->SDL_UpdateTexture(w->texture, NULL, frame->pixels,
				 (int)(4 * frame->width)) < 0)
		r = fail(w, "show the picture");
	snprintf(title, sizeof(title), "%s%sxengt-view", name,
		 !*name ? "" : frame->width ? " - " : " (no picture) - ");
	w->SDL_SetWindowTitle(w->window, title);
	return r < 0 ? r : paint(w);
}

bool xengt_window_handle(struct xengt_window *w)
{
	bool is_open = true, must_paint = false;
	SDL_Event event;

	while (w->SDL_PollEvent(&event)) {
		is_open &= event.type != SDL_QUIT;
		must_paint |= event.type == SDL_WINDOWEVENT;
	}
	if (must_paint)
		paint(w);
	return is_open;
}
