#version 450
layout(local_size_x = 16) in;
layout(std430, binding = 0) buffer B { uint v[]; };
shared uint s[16];
void main()
{
	s[gl_LocalInvocationIndex] = gl_GlobalInvocationID.x;
	barrier();
	v[gl_GlobalInvocationID.x] = s[15 - gl_LocalInvocationIndex];
}
