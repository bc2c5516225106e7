// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several contexts of OpenGL ES 3.1 (Mesa's iris), which draw and compute in turn. Each has
 * state of its own: viewport, scissor, depth, stencil, blending, samples, shaders. So
 * the state that one context leaves in the engine is not the state of the next context.
 * The simulator does not draw, so the program does not check the pixels; the stand-in
 * compares the contexts' images (XENGT_APPS_COMPARE).
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE		64
#define CONTEXTS	4
#define ROUNDS		3

static void die(const char *what)
{
	printf("%s: EGL error 0x%x, GL error 0x%x\n", what, eglGetError(), glGetError());
	exit(1);
}

static EGLContext make_context(EGLDisplay d)
{
	static const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, 3,
					  EGL_CONTEXT_MINOR_VERSION, 1, EGL_NONE };
	EGLContext c = eglCreateContext(d, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);

	if (c == EGL_NO_CONTEXT)
		die("eglCreateContext");
	return c;
}

static GLuint program(const GLenum *types, const char *const *texts, int n)
{
	GLuint p = glCreateProgram();
	GLint is_linked;

	for (int i = 0; i < n; i++) {
		GLuint s = glCreateShader(types[i]);

		glShaderSource(s, 1, &texts[i], NULL);
		glCompileShader(s);
		glAttachShader(p, s);
	}
	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &is_linked);
	if (!is_linked)
		die("a shader");
	return p;
}

/* Makes the shaders, the picture and the vertices of context n. */
static void begin(int n)
{
	static const GLenum types[] = { GL_VERTEX_SHADER, GL_FRAGMENT_SHADER };
	static const char *const texts[][2] = {
		{ "#version 310 es\nin vec2 at; void main() { gl_Position = vec4(at, 0, 1); }",
		  "#version 310 es\nprecision mediump float; out vec4 c;"
		  "void main() { c = vec4(1, 0, 0, 1); }" },
		{ "#version 310 es\nin vec2 at; out vec2 to;"
		  "void main() { to = at; gl_Position = vec4(at, 0.5, 1); }",
		  "#version 310 es\nprecision mediump float; in vec2 to; out vec4 c;"
		  "void main() { if (to.x > 0.5) discard; c = vec4(to, 0, 0.5); }" },
	};
	static const float corners[] = { -1, -1, 1, -1, 0, 1 };
	GLuint frame, color, depth, buffer;

	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glGenRenderbuffers(1, &color);
	glBindRenderbuffer(GL_RENDERBUFFER, color);
	glRenderbufferStorageMultisample(GL_RENDERBUFFER, n % 2 ? 4 : 0, GL_RGBA8, SIZE, SIZE);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, color);
	glGenRenderbuffers(1, &depth);
	glBindRenderbuffer(GL_RENDERBUFFER, depth);
	glRenderbufferStorageMultisample(GL_RENDERBUFFER, n % 2 ? 4 : 0, GL_DEPTH24_STENCIL8,
					 SIZE, SIZE);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER,
				  depth);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		die("glCheckFramebufferStatus");
	glUseProgram(program(types, texts[n % 2], 2));
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
}

/* Sets the pipeline state of context n for this round. */
static void set_state(int n, int round)
{
	static const GLenum tests[] = { GL_LESS, GL_ALWAYS, GL_GREATER, GL_EQUAL };
	static const GLenum factors[] = { GL_ONE, GL_SRC_ALPHA, GL_DST_COLOR, GL_ZERO };

	glViewport(n, round, SIZE - 8 * n, SIZE - 4 * round);
	glScissor(n, n, 8 + n, 8 + round);
	glEnable(n & 1 ? GL_SCISSOR_TEST : GL_DEPTH_TEST);
	glDepthFunc(tests[(n + round) % 4]);
	glEnable(GL_STENCIL_TEST);
	glStencilFunc(tests[n], 0x10 * n + round, 0xff - n);
	glStencilOp(GL_KEEP, n & 1 ? GL_INCR : GL_DECR, GL_INVERT);
	glEnable(GL_BLEND);
	glBlendColor(0.25f * (float)n, 0.125f * (float)round, 0.5f, 1);
	glBlendFunc(factors[n], factors[(n + round) % 4]);
	glEnable(GL_POLYGON_OFFSET_FILL);
	glPolygonOffset((float)(n + 1), (float)round);
	glLineWidth((float)(n + 1));
	glCullFace(n & 2 ? GL_FRONT : GL_BACK);
	glEnable(GL_CULL_FACE);
	glSampleCoverage(0.25f * (float)n, round & 1);
}

static void compute(void)
{
	static const GLenum type = GL_COMPUTE_SHADER;
	static const char *const text =
		"#version 310 es\nlayout(local_size_x = 16) in; shared uint s[16];\n"
		"layout(std430, binding = 0) buffer B { uint v[]; };\n"
		"void main() { s[gl_LocalInvocationIndex] = v[0]; barrier();"
		"v[gl_GlobalInvocationID.x] = s[15u - gl_LocalInvocationIndex]; }";
	GLint old;
	GLuint buffer;

	glGetIntegerv(GL_CURRENT_PROGRAM, &old);
	glUseProgram(program(&type, &text, 1));
	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 4096, NULL, GL_DYNAMIC_COPY);
	glDispatchCompute(64, 1, 1);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
	glUseProgram((GLuint)old);
}

int main(void)
{
	EGLDisplay d = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA,
					     EGL_DEFAULT_DISPLAY, NULL);
	EGLContext contexts[CONTEXTS];

	if (!eglInitialize(d, NULL, NULL))
		die("eglInitialize");
	for (int n = 0; n < CONTEXTS; n++) {
		contexts[n] = make_context(d);
		if (!eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, contexts[n]))
			die("eglMakeCurrent");
		begin(n);
	}
	printf("%s\n", (const char *)glGetString(GL_RENDERER));
	for (int round = 0; round < ROUNDS; round++)
		for (int n = 0; n < CONTEXTS; n++) {
			if (!eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, contexts[n]))
				die("eglMakeCurrent");
			set_state(n, round);
			glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT);
			glDrawArrays(GL_TRIANGLES, 0, 3);
			if (n != round)
				compute();
			glFinish();
			if (glGetError() != GL_NO_ERROR)
				die("OpenGL");
		}
	printf("drew\n");
	return 0;
}
