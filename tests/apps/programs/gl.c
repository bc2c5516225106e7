// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that uses the rarer parts of OpenGL 4.6 (Mesa's iris): tessellation, geometry
 * shaders, stream output, multisampling and its resolve, indirect draws and dispatches,
 * conditional drawing, queries of all kinds, stencil, scissor, many targets, images,
 * copies. The simulator does not draw, so the program does not check the pixels.
 */
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE		64

static GLuint target, samples;

static void die(const char *what)
{
	printf("%s: EGL error 0x%x, GL error 0x%x\n", what, eglGetError(), glGetError());
	exit(1);
}

static void begin(void)
{
	static const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, 4,
					  EGL_CONTEXT_MINOR_VERSION, 6, EGL_NONE };
	EGLDisplay d = eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA,
					     EGL_DEFAULT_DISPLAY, NULL);
	EGLContext c;

	if (!eglInitialize(d, NULL, NULL) || !eglBindAPI(EGL_OPENGL_API))
		die("eglInitialize");
	c = eglCreateContext(d, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
	if (c == EGL_NO_CONTEXT || !eglMakeCurrent(d, EGL_NO_SURFACE, EGL_NO_SURFACE, c))
		die("eglCreateContext");
	printf("%s\n", (const char *)glGetString(GL_RENDERER));
}

/* ---- programs ---- */

#define HEAD	"#version 450\n"

static const char vertex[] = HEAD
	"layout(location = 0) in vec2 at; out vec4 kept;"
	"void main() { gl_Position = vec4(at, 0, 1); kept = gl_Position; }";
static const char control[] = HEAD
	"layout(vertices = 3) out;"
	"void main() { gl_out[gl_InvocationID].gl_Position = gl_in[gl_InvocationID].gl_Position;"
	"gl_TessLevelOuter[0] = gl_TessLevelOuter[1] = gl_TessLevelOuter[2] = 4;"
	"gl_TessLevelInner[0] = 4; }";
static const char evaluation[] = HEAD
	"layout(triangles) in;"
	"void main() { gl_Position = gl_TessCoord.x * gl_in[0].gl_Position +"
	"gl_TessCoord.y * gl_in[1].gl_Position + gl_TessCoord.z * gl_in[2].gl_Position; }";
static const char geometry[] = HEAD
	"layout(triangles) in; layout(triangle_strip, max_vertices = 3) out;"
	"void main() { for (int i = 0; i < 3; i++) { gl_Position = gl_in[i].gl_Position;"
	"gl_Layer = 0; EmitVertex(); } EndPrimitive(); }";
static const char fragment[] = HEAD
	"layout(location = 0) out vec4 a; layout(location = 1) out vec4 b;"
	"layout(binding = 0, rgba8) uniform image2D i; uniform vec4 tint;"
	"void main() { a = tint; b = imageLoad(i, ivec2(0)) + vec4(gl_FragCoord.z);"
	"imageStore(i, ivec2(gl_FragCoord.xy), a); }";
static const char kernel[] = HEAD
	"layout(local_size_x = 32) in; layout(std430, binding = 0) buffer B { uint v[]; };"
	"shared uint s[32]; void main() { s[gl_LocalInvocationIndex] = v[0]; barrier();"
	"atomicAdd(v[1], s[31 - gl_LocalInvocationIndex]); }";

static GLuint shader(GLenum type, const char *text)
{
	GLuint s = glCreateShader(type);

	glShaderSource(s, 1, &text, NULL);
	glCompileShader(s);
	return s;
}

static GLuint link_all(GLuint p)
{
	GLint is_linked;

	glLinkProgram(p);
	glGetProgramiv(p, GL_LINK_STATUS, &is_linked);
	if (!is_linked)
		die("a shader is wrong");
	return p;
}

static GLuint program(int has_tess, int has_geometry, const char *kept)
{
	GLuint p = glCreateProgram();

	glAttachShader(p, shader(GL_VERTEX_SHADER, vertex));
	if (has_tess) {
		glAttachShader(p, shader(GL_TESS_CONTROL_SHADER, control));
		glAttachShader(p, shader(GL_TESS_EVALUATION_SHADER, evaluation));
	}
	if (has_geometry)
		glAttachShader(p, shader(GL_GEOMETRY_SHADER, geometry));
	glAttachShader(p, shader(GL_FRAGMENT_SHADER, fragment));
	if (kept)
		glTransformFeedbackVaryings(p, 1, &kept, GL_INTERLEAVED_ATTRIBS);
	return link_all(p);
}

/* ---- targets and buffers ---- */

static GLuint frame(GLsizei n_samples)
{
	static const GLenum all[] = { GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1 };
	GLuint f, color[2], depth;

	glGenFramebuffers(1, &f);
	glBindFramebuffer(GL_FRAMEBUFFER, f);
	glGenRenderbuffers(2, color);
	for (int i = 0; i < 2; i++) {
		glBindRenderbuffer(GL_RENDERBUFFER, color[i]);
		glRenderbufferStorageMultisample(GL_RENDERBUFFER, n_samples, GL_RGBA8, SIZE, SIZE);
		glFramebufferRenderbuffer(GL_FRAMEBUFFER, all[i], GL_RENDERBUFFER, color[i]);
	}
	glGenRenderbuffers(1, &depth);
	glBindRenderbuffer(GL_RENDERBUFFER, depth);
	glRenderbufferStorageMultisample(GL_RENDERBUFFER, n_samples, GL_DEPTH24_STENCIL8, SIZE,
					 SIZE);
	glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_DEPTH_STENCIL_ATTACHMENT, GL_RENDERBUFFER,
				  depth);
	glDrawBuffers(2, all);
	if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
		die("glCheckFramebufferStatus");
	return f;
}

static void make_buffers(void)
{
	static const float corners[] = { -1, -1, 1, -1, 0, 1 };
	static const GLuint work[16] = { 3, 1, 0, 0, 0, 3, 1, 0 };
	static const GLenum kinds[] = { GL_DRAW_INDIRECT_BUFFER, GL_DISPATCH_INDIRECT_BUFFER,
					GL_ELEMENT_ARRAY_BUFFER, GL_PARAMETER_BUFFER };
	GLuint array, b[3], image;

	glGenVertexArrays(1, &array);
	glBindVertexArray(array);
	glGenBuffers(3, b);
	glBindBuffer(GL_ARRAY_BUFFER, b[0]);
	glBufferData(GL_ARRAY_BUFFER, sizeof(corners), corners, GL_STATIC_DRAW);
	glVertexAttribPointer(0, 2, GL_FLOAT, GL_FALSE, 0, NULL);
	glEnableVertexAttribArray(0);
	glBindBuffer(GL_DRAW_INDIRECT_BUFFER, b[1]);
	glBufferData(GL_DRAW_INDIRECT_BUFFER, sizeof(work), work, GL_STATIC_DRAW);
	for (int i = 1; i < 4; i++)
		glBindBuffer(kinds[i], b[1]);
	glBindBuffer(GL_TRANSFORM_FEEDBACK_BUFFER, b[2]);
	glBufferData(GL_TRANSFORM_FEEDBACK_BUFFER, 4096, NULL, GL_DYNAMIC_COPY);
	glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, b[2]);
	glGenTextures(1, &image);
	glBindTexture(GL_TEXTURE_2D, image);
	glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIZE, SIZE);
	glBindImageTexture(0, image, 0, GL_FALSE, 0, GL_READ_WRITE, GL_RGBA8);
}

/* ---- the work ---- */

static void draw_all(void)
{
	static const GLenum queries[] = {
		GL_SAMPLES_PASSED, GL_TIME_ELAPSED, GL_PRIMITIVES_GENERATED,
		GL_TRANSFORM_FEEDBACK_PRIMITIVES_WRITTEN, GL_VERTICES_SUBMITTED,
		GL_FRAGMENT_SHADER_INVOCATIONS,
	};
	const PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC draw_counted =
		(PFNGLMULTIDRAWARRAYSINDIRECTCOUNTPROC)eglGetProcAddress(
			"glMultiDrawArraysIndirectCount");
	const int n = sizeof(queries) / sizeof(queries[0]);
	GLuint q[8], stamp;

	glGenQueries(n, q);
	for (int i = 0; i < n; i++)
		glBeginQuery(queries[i], q[i]);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glDrawArraysIndirect(GL_TRIANGLES, NULL);
	glMultiDrawElementsIndirect(GL_TRIANGLES, GL_UNSIGNED_SHORT, NULL, 2, 0);
	draw_counted(GL_TRIANGLES, NULL, 0, 2, 0);
	for (int i = 0; i < n; i++)
		glEndQuery(queries[i]);
	glBeginConditionalRender(q[0], GL_QUERY_NO_WAIT);
	glDrawArrays(GL_TRIANGLES, 0, 3);
	glEndConditionalRender();
	glGenQueries(1, &stamp);
	glQueryCounter(stamp, GL_TIMESTAMP);
}

static void stream_out(void)
{
	GLuint feedback;

	glUseProgram(program(0, 0, "kept"));
	glGenTransformFeedbacks(1, &feedback);
	glBindTransformFeedback(GL_TRANSFORM_FEEDBACK, feedback);
	glBindBufferBase(GL_TRANSFORM_FEEDBACK_BUFFER, 0, 3);
	glBeginTransformFeedback(GL_TRIANGLES);
	draw_all();
	glPauseTransformFeedback();
	glResumeTransformFeedback();
	glEndTransformFeedback();
	glDrawTransformFeedback(GL_TRIANGLES, feedback);
}

static void shapes(void)
{
	glUseProgram(program(0, 1, NULL));
	draw_all();
	glUseProgram(program(1, 1, NULL));
	glPatchParameteri(GL_PATCH_VERTICES, 3);
	glDrawArrays(GL_PATCHES, 0, 3);
	glEnable(GL_STENCIL_TEST);
	glStencilOp(GL_KEEP, GL_INCR, GL_INVERT);
	glEnable(GL_SCISSOR_TEST);
	glScissor(1, 1, 8, 8);
	glPolygonMode(GL_FRONT_AND_BACK, GL_LINE);
	glEnable(GL_LINE_SMOOTH);
	glDrawArrays(GL_PATCHES, 0, 3);
	glDisable(GL_SCISSOR_TEST);
	glPolygonMode(GL_FRONT_AND_BACK, GL_FILL);
}

static void dispatch(void)
{
	GLuint p = glCreateProgram();

	glAttachShader(p, shader(GL_COMPUTE_SHADER, kernel));
	glUseProgram(link_all(p));
	glDispatchCompute(4, 2, 1);
	glMemoryBarrier(GL_ALL_BARRIER_BITS);
	glDispatchComputeIndirect(0);
}

int main(void)
{
	static GLubyte pixels[SIZE * SIZE * 4];

	begin();
	make_buffers();
	target = frame(0);
	samples = frame(4);
	glViewport(0, 0, SIZE, SIZE);
	for (int i = 0; i < 2; i++) {
		glBindFramebuffer(GL_FRAMEBUFFER, i ? samples : target);
		glClear(GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT);
		shapes();
		stream_out();
	}
	glBindFramebuffer(GL_READ_FRAMEBUFFER, samples);
	glBindFramebuffer(GL_DRAW_FRAMEBUFFER, target);
	glBlitFramebuffer(0, 0, SIZE, SIZE, 0, 0, SIZE, SIZE,
			  GL_COLOR_BUFFER_BIT | GL_DEPTH_BUFFER_BIT | GL_STENCIL_BUFFER_BIT,
			  GL_NEAREST);
	dispatch();
	glCopyBufferSubData(GL_TRANSFORM_FEEDBACK_BUFFER, GL_ARRAY_BUFFER, 0, 0, 8);
	glBindFramebuffer(GL_FRAMEBUFFER, target);
	glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
	glReadPixels(0, 0, SIZE, SIZE, GL_DEPTH_STENCIL, GL_UNSIGNED_INT_24_8, pixels);
	glFinish();
	if (glGetError() != GL_NO_ERROR)
		die("OpenGL");
	printf("drew\n");
	return 0;
}
