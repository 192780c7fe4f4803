// All lengths are device pixels, from the top left, unless a name says otherwise.

/** One triangle that covers the view. */
export const SHEET_VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/**
 * The table, the sheet's shadow and edge, the cells and the lines between them. Each pixel asks
 * which cell its middle lies in, so that cells are crisp at any scale. With less than a pixel a
 * cell it takes the mean of some samples; these hang on the sheet, whose corner is on a whole
 * pixel, so that panning moves the very same picture and nothing shimmers.
 */
export const SHEET_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D board;
uniform sampler2D palette;
uniform vec2 view;
uniform vec2 origin;
uniform ivec2 size;
uniform float scale;
uniform int samples;
uniform float dotSpacing;
uniform float dotRadius;
uniform float shadowReach;
uniform float shadowDrop;
uniform float edgeWidth;
uniform vec4 tableColor;
uniform vec4 dotColor;
uniform vec4 edgeColor;
uniform vec4 shadowColor;
uniform vec4 lineColor;
out vec4 color;

vec3 over(vec3 below, vec4 above, float amount) {
  return mix(below, above.rgb, above.a * amount);
}

vec3 cellColor(ivec2 cell) {
  int index = int(texelFetch(board, clamp(cell, ivec2(0), size - 1), 0).r);
  return texelFetch(palette, ivec2(index, 0), 0).rgb;
}

vec3 sheet(vec2 at) {
  if (samples == 1) {
    ivec2 cell = ivec2(at / scale);
    vec3 result = cellColor(cell);
    ivec2 before = ivec2(floor((at - 1.0) / scale));
    bool line = (before.x != cell.x && cell.x > 0) || (before.y != cell.y && cell.y > 0);
    return line ? over(result, lineColor, 1.0) : result;
  }
  vec3 sum = vec3(0.0);
  float n = float(samples);
  for (int j = 0; j < samples; j++) {
    for (int i = 0; i < samples; i++) {
      vec2 shift = (vec2(i, j) + 0.5) / n - 0.5;
      sum += cellColor(ivec2((at + shift) / scale));
    }
  }
  return sum / (n * n);
}

float outside(vec2 at, vec2 end) {
  return length(max(max(-at, at - end), vec2(0.0)));
}

vec3 table(vec2 at, vec2 end) {
  vec2 toDot = abs(fract(at / dotSpacing) - 0.5) * dotSpacing;
  float inDot = clamp(dotRadius + 0.5 - length(toDot), 0.0, 1.0);
  vec3 result = over(tableColor.rgb, dotColor, inDot);
  float depth = 1.0 - outside(at - vec2(0.0, shadowDrop), end) / shadowReach;
  // Right at the edge a blurred shadow has half its darkness.
  result = over(result, shadowColor, 0.5 * pow(clamp(depth, 0.0, 1.0), 2.0));
  vec2 beyond = max(-at, at - end);
  return over(result, edgeColor, max(beyond.x, beyond.y) <= edgeWidth ? 1.0 : 0.0);
}

void main() {
  vec2 at = vec2(gl_FragCoord.x, view.y - gl_FragCoord.y) - origin;
  vec2 end = vec2(size) * scale;
  bool inside = all(greaterThanEqual(at, vec2(0.0))) && all(lessThan(at, end));
  color = vec4(inside ? sheet(at) : table(at, end), 1.0);
}`;

/** A filled rectangle for each instance. */
export const QUAD_VERTEX = `#version 300 es
uniform vec2 view;
layout(location = 0) in vec4 rect;
layout(location = 1) in vec4 fill;
out vec4 tint;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 at = (rect.xy + rect.zw * corner) / view * 2.0 - 1.0;
  gl_Position = vec4(at.x, -at.y, 0.0, 1.0);
  tint = fill;
}`;

export const QUAD_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 tint;
out vec4 color;
void main() {
  color = tint;
}`;

/** Slanting lines, dark and light side by side; they hang on the sheet, so that they move with it. */
export const HATCH_FRAGMENT = `#version 300 es
precision highp float;
uniform vec2 view;
uniform vec2 origin;
uniform float spacing;
uniform float lineWidth;
uniform vec4 dark;
uniform vec4 light;
out vec4 color;
void main() {
  vec2 at = vec2(gl_FragCoord.x, view.y - gl_FragCoord.y) - origin;
  float along = fract((at.x + at.y) / spacing) * spacing;
  // A slanting line is as wide across as its width on the axes, by the root of two.
  float width = lineWidth * 1.4142;
  if (along >= 2.0 * width) discard;
  color = along < width ? dark : light;
}`;
