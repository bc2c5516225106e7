// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with OpenGL ES 3 and no window (Mesa's iris): clears and draws to a texture,
 * copies it, runs a compute shader, reads the pixels back. The simulator does not draw, so
 * the program does not check the pixels.
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES3/gl31.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE		64

static void die(const char *what)
{
	printf("%s: EGL error 0x%x\n", what, eglGetError());
	exit(1);
}

static void begin(void)
{
	static const EGLint want[] = { EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE,
				       EGL_OPENGL_ES3_BIT, EGL_NONE };
	static const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, 3,
					  EGL_CONTEXT_MINOR_VERSION, 1, EGL_NONE };
	EGLDisplay d = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA,
					     EGL_DEFAULT_DISPLAY, NULL);
	EGLContext c;
	EGLConfig config;
	EGLint n = 0;

	if (!eglInitialize(d, NULL, NULL))
		die("eglInitialize");
	eglChooseConfig(d, want, &config, 1, &n);
	c = eglCreateContext(d, n ? config : EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
	if (c == EGL_NO_CONTEXT || !eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, c))
		die("eglCreateContext");
	printf("%s\n", (const char *)glGetString(GL_RENDERER));
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
	if (!is_linked) {
		printf("a shader is wrong\n");
		exit(1);
	}
	return p;
}

static void draw(void)
{
	static const GLenum types[] = { GL_VERTEX_SHADER, GL_FRAGMENT_SHADER };
	static const char *const texts[] = {
		"#version 310 es\nin vec2 at; void main() { gl_Position = vec4(at, 0, 1); }",
		"#version 310 es\nprecision mediump float; uniform sampler2D t; out vec4 c;\n"
		"void main() { c = texture(t, vec2(0.5)) + vec4(1, 0, 0, 1); }",
	};
	static const float corners[] = { -1, -1, 1, -1, 0, 1 };
	GLuint buffer;

	glUseProgram(program(types, texts, 2));
	glGenBuffers(1, &buffer);
	glBindBuffer(GL_ARRAY_BUFFER, buffer);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glEnable(GL_DEPTH_TEST);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glDrawArraysInstanced(GL_TRIANGLES, 0, 3, 4);
}

static void compute(void)
{
	static const GLenum type = GL_COMPUTE_SHADER;
	static const char *const text =
		"#version 310 es\nlayout(local_size_x = 16) in;\n"
		"layout(std430, binding = 0) buffer B { uint v[]; };\n"
		"void main() { v[gl_GlobalInvocationID.x] = gl_GlobalInvocationID.x; }";
	GLuint buffer;

	glUseProgram(program(&type, &text, 1));
	glGenBuffers(1, &buffer);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, buffer);
	glBufferData(GL_SHADER_STORAGE_BUFFER, 4096, NULL, GL_DYNAMIC_COPY);
	glDispatchCompute(64, 1, 1);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
}

static void make_target(void)
{
	GLuint texture[2], depth, frame;

	glGenTextures(2, texture);
	for (int i = 0; i < 2; i++) {
		glBindTexture(GL_TEXTURE_2D, texture[i]);
		glTexStorage2D(GL_TEXTURE_2D, 3, GL_RGBA8, SIZE, SIZE);
	}
	glGenRenderbuffers(1, &depth);
	glBindRenderbuffer(GL_RENDERBUFFER, depth);
	glRenderbufferStorage(GL_RENDERBUFFER, GL_DEPTH24_STENCIL8, SIZE, SIZE);
	glGenFramebuffers(1, &frame);
	glBindFramebuffer(GL_FRAMEBUFFER, frame);
	glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture[0], 0);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER,
				  depth);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		die("glCheckFramebufferStatus");
	glViewport(0, 0, SIZE, SIZE);
}

int main(void)
{
	static uint8_t pixels[SIZE * SIZE * 4];
	GLuint query;

	begin();
	make_target();
	glClearColor(0, 1, 0, 1);
	glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
	glGenQueries(1, &query);
	glBeginQuery(GL_ANY_SAMPLES_PASSED, query);
	draw();
	glEndQuery(GL_ANY_SAMPLES_PASSED);
	glGenerateMipmap(GL_TEXTURE_2D);
	compute();
	glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glFinish();
	if (glGetError() != GL_NO_ERROR)
		die("OpenGL");
	printf("drew\n");
	return 0;
}
